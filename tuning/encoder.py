"""all-MiniLM-L6-v2 in JAX, with low-rank corrections of its weights that can be learned.

The corrections are LoRA's (Hu et al. 2021, arXiv:2106.09685): each linear layer's weights W become W + B A with B and A of
rank ``RANK``, of which only B and A are learned.
"""

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file

LAYERS = 6
HEADS = 12
RANK = 16
_EPSILON = 1e-12  # of layer normalisation, as in the model's config.json
# The linear layers of each transformer layer, in the order in which they compute.
LINEAR = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)

type Weights = dict[str, jax.Array]
type Adapter = dict[str, dict[str, jax.Array]]
"""``a`` of shape (RANK, inputs) and ``b`` of shape (outputs, RANK) by the name of the linear layer."""


def linear_layers() -> list[str]:
    """The names of all linear layers that have a correction."""
    return [f"encoder.layer.{layer}.{name}" for layer in range(LAYERS) for name in LINEAR]


def load_weights(path: Path) -> Weights:
    """Reads the model's weights from its safetensors file."""
    return {name: jnp.asarray(value) for name, value in load_file(path).items() if value.dtype == np.float32}


def new_adapter(weights: Weights, key: jax.Array) -> Adapter:
    """A correction that changes nothing yet."""
    adapter: Adapter = {}
    for name, subkey in zip(linear_layers(), jax.random.split(key, LAYERS * len(LINEAR)), strict=True):
        outputs, inputs = weights[f"{name}.weight"].shape
        a = jax.random.normal(subkey, (RANK, inputs)) / jnp.sqrt(inputs)
        adapter[name] = {"a": a, "b": jnp.zeros((outputs, RANK))}
    return adapter


def encode(weights: Weights, adapter: Adapter, ids: jax.Array, mask: jax.Array, keep: Any = None) -> jax.Array:
    """Sentence vectors of unit length, shape (texts, 384).

    ``ids`` and ``mask`` (1 for a token, 0 for padding) have the shape (texts, tokens). ``keep`` drops a tenth of what each
    layer adds, while learning: a function of a name and an array.
    """
    keep = keep or (lambda _name, value: value)

    def linear(name: str, value: jax.Array) -> jax.Array:
        part = adapter[name]
        plain = value @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
        return plain + (value @ part["a"].T) @ part["b"].T

    def normed(name: str, value: jax.Array) -> jax.Array:
        centred = value - value.mean(axis=-1, keepdims=True)
        spread = jnp.sqrt((centred**2).mean(axis=-1, keepdims=True) + _EPSILON)
        return centred / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    texts, tokens = ids.shape
    hidden = weights["embeddings.word_embeddings.weight"][ids]
    hidden += weights["embeddings.position_embeddings.weight"][:tokens]
    hidden += weights["embeddings.token_type_embeddings.weight"][0]
    hidden = keep("embeddings", normed("embeddings.LayerNorm", hidden))
    unseen = jnp.where(mask, 0.0, -1e9)[:, None, None, :]
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}"
        query, key, value = (
            linear(f"{prefix}.attention.self.{part}", hidden).reshape(texts, tokens, HEADS, -1).swapaxes(1, 2)
            for part in ("query", "key", "value")
        )
        attention = jax.nn.softmax(query @ key.swapaxes(2, 3) / jnp.sqrt(query.shape[-1]) + unseen)
        seen = (attention @ value).swapaxes(1, 2).reshape(texts, tokens, -1)
        added = keep(f"{prefix}.attention", linear(f"{prefix}.attention.output.dense", seen))
        hidden = normed(f"{prefix}.attention.output.LayerNorm", hidden + added)
        inner = jax.nn.gelu(linear(f"{prefix}.intermediate.dense", hidden), approximate=False)
        added = keep(f"{prefix}.output", linear(f"{prefix}.output.dense", inner))
        hidden = normed(f"{prefix}.output.LayerNorm", hidden + added)
    weight = mask[..., None]
    return unit((hidden * weight).sum(axis=1) / weight.sum(axis=1))


def unit(vectors: jax.Array) -> jax.Array:
    """``vectors`` with length 1 in each row."""
    return vectors / jnp.linalg.norm(vectors, axis=-1, keepdims=True)
