"""Tuning in miniature, and that the engine computes what was tuned."""

import json
import subprocess
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tokenizers import Tokenizer

from bot.engine.held_out import is_held_out
from tuning.__main__ import PACKAGE, examples
from tuning.encoder import Adapter, Weights, encode, linear_layers, load_weights, new_adapter
from tuning.learning import Plan, learn

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ["what does it cost", "who leads our local hub?", "can you recommend a good film", "is that per year"]
ENGINE = """
import json, sys, tempfile
from pathlib import Path
from bot.engine.encoder import SentenceEncoder, write_compact_model
path = Path(tempfile.mkdtemp()) / "encoder.onnx"
write_compact_model(path)
print(json.dumps(SentenceEncoder(path).encode(json.loads(sys.argv[1])).tolist()))
"""


@pytest.fixture(scope="module")
def weights() -> Weights:
    return load_weights(PACKAGE / "model.safetensors")


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(PACKAGE / "tokenizer.json"))
    tokenizer.no_padding()
    return tokenizer


def vectors(weights: Weights, tokenizer: Tokenizer, adapter: Adapter, texts: list[str]) -> np.ndarray:
    rows = [jnp.asarray([tokenizer.encode(text).ids]) for text in texts]
    return np.concatenate([encode(weights, adapter, row, jnp.ones(row.shape)) for row in rows])


def test_padding_changes_nothing(weights: Weights, tokenizer: Tokenizer) -> None:
    adapter = new_adapter(weights, jax.random.key(0))
    ids = tokenizer.encode(TEXTS[0]).ids
    filled = jnp.asarray([[*ids, *[0] * 9]])
    mask = jnp.asarray([[*[1.0] * len(ids), *[0.0] * 9]])
    alone = vectors(weights, tokenizer, adapter, TEXTS[:1])
    assert np.allclose(encode(weights, adapter, filled, mask), alone, atol=1e-5)


def test_the_engine_computes_what_was_tuned(weights: Weights, tokenizer: Tokenizer) -> None:
    kept = np.load(ROOT / "bot" / "engine" / "adapter.npz")
    tuned = {
        name: {part: jnp.asarray(kept[f"{name}.{part}"], jnp.float32) for part in "ab"} for name in linear_layers()
    }
    done = subprocess.run(
        [ROOT / ".venv-engine/bin/python", "-c", ENGINE, json.dumps(TEXTS)], cwd=ROOT, capture_output=True, check=True
    )
    engine = np.array(json.loads(done.stdout.splitlines()[-1]))
    here = vectors(weights, tokenizer, tuned, TEXTS)
    untuned = vectors(weights, tokenizer, new_adapter(weights, jax.random.key(0)), TEXTS)
    agreement = (engine * here).sum(axis=1)
    assert agreement.min() > 0.95  # what computing in int8 leaves
    assert agreement.min() > (engine * untuned).sum(axis=1).max()


def test_learning_corrects_every_layer_and_lowers_the_loss(weights: Weights, tokenizer: Tokenizer) -> None:
    pairs = [
        ("what does it cost", "cost"),
        ("the price please", "cost"),
        ("who leads the hub", "hub"),
        ("a film", "no"),
    ] * 640
    said: list[str] = []
    adapter = learn(
        weights, tokenizer, [text for text, _ in pairs], [topic for _, topic in pairs], Plan(2), said.append
    )
    assert sorted(adapter) == sorted(linear_layers())
    assert all(float(jnp.abs(part["b"]).max()) > 1e-4 for part in adapter.values())
    first, last = (float(line.rpartition(" ")[2]) for line in said[:: len(said) - 1])
    assert len(said) == 2 and last < first


def test_held_out_examples_are_never_learned_from() -> None:
    found = examples()
    assert len(found) > 10_000
    assert not any(is_held_out(text) for text, _ in found)
    assert not any('"entity"' in text for text, _ in found), "a clause's mark was learned as its words"
