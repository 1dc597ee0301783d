"""Learns the encoder's corrections: texts of one topic come to lie together, away from the others'."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from tokenizers import Tokenizer

from tuning.encoder import Adapter, Weights, encode, new_adapter, unit

_LENGTHS = (8, 16, 24, 32, 48, 64)  # tokens that texts are filled up to: one compilation each
_BATCH = 32
_SMOOTHING = 0.1  # of the topics' labels: some questions could as well bear another
_DROPPED = 0.1
_LOWER_CASE = 0.3  # share of texts that are learned without capitals, as typed on a phone


@dataclass(frozen=True)
class Plan:
    """How often the examples are gone through, and the steepest steps of the corrections and of the topics' directions."""

    epochs: int = 3
    rate: float = 1e-3
    head_rate: float = 5e-3
    seed: int = 0


def learn(
    weights: Weights,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    topics: Sequence[str],
    plan: Plan,
    say: Callable[[str], object],
) -> Adapter:
    """The corrections learned from ``texts`` and their ``topics``; ``say`` hears of the progress."""
    random = np.random.default_rng(plan.seed)
    names, labels = np.unique(np.asarray(topics), return_inverse=True)
    key = jax.random.key(plan.seed)
    learned = {
        "adapter": new_adapter(weights, key),
        "head": {
            "directions": jax.random.normal(key, (len(names), 384)) * 0.05,
            "bias": jnp.zeros(len(names)),
            "scale": jnp.asarray(16.0),
        },
    }
    steps = plan.epochs * (len(texts) // _BATCH + len(_LENGTHS))
    optimiser = _optimiser(plan, steps)
    state = optimiser.init(learned)

    def loss(learned: Any, ids: jax.Array, mask: jax.Array, wanted: jax.Array, key: jax.Array) -> jax.Array:
        vectors = encode(weights, learned["adapter"], ids, mask, _dropping(key))
        head = learned["head"]
        scores = head["scale"] * vectors @ unit(head["directions"]).T + head["bias"]
        smooth = optax.smooth_labels(jax.nn.one_hot(wanted, len(names)), _SMOOTHING)
        return optax.softmax_cross_entropy(scores, smooth).mean()

    @jax.jit
    def step(learned: Any, state: Any, batch: Any, key: jax.Array) -> Any:
        value, slope = jax.value_and_grad(loss)(learned, *batch, key)
        update, state = optimiser.update(slope, state, learned)
        return optax.apply_updates(learned, update), state, value

    for epoch in range(plan.epochs):
        losses = []
        for batch in _batches(tokenizer, texts, labels, random):
            key, subkey = jax.random.split(key)
            learned, state, value = step(learned, state, batch, subkey)
            losses.append(value)
            if len(losses) % 100 == 0:
                say(f"round {epoch + 1} of {plan.epochs}, step {len(losses)}")
        say(f"round {epoch + 1} of {plan.epochs} done: loss {float(np.mean(losses)):.3f}")
    return learned["adapter"]


def _optimiser(plan: Plan, steps: int) -> optax.GradientTransformation:
    def falling(rate: float) -> optax.Schedule:
        return optax.join_schedules(
            [optax.linear_schedule(0, rate, 100), optax.linear_schedule(rate, 0, max(1, steps - 100))], [100]
        )

    parts = {"adapter": optax.adamw(falling(plan.rate), weight_decay=0.01), "head": optax.adam(falling(plan.head_rate))}
    return optax.chain(
        optax.clip_by_global_norm(1.0), optax.multi_transform(parts, {"adapter": "adapter", "head": "head"})
    )


def _dropping(key: jax.Array) -> Callable[[str, jax.Array], jax.Array]:
    def keep(name: str, value: jax.Array) -> jax.Array:
        subkey = jax.random.fold_in(key, sum(name.encode()))
        return jnp.where(jax.random.bernoulli(subkey, 1 - _DROPPED, value.shape), value / (1 - _DROPPED), 0.0)

    return keep


def _batches(
    tokenizer: Tokenizer, texts: Sequence[str], labels: np.ndarray, random: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The examples in a new order, those of about the same length together."""
    typed = [text.lower() if random.random() < _LOWER_CASE else text for text in texts]
    ids = [encoding.ids[: _LENGTHS[-1]] for encoding in tokenizer.encode_batch(typed)]
    room = np.searchsorted(_LENGTHS, [len(row) for row in ids])
    groups = []
    for number, length in enumerate(_LENGTHS):
        members = random.permutation(np.flatnonzero(room == number))
        groups += [(length, members[start : start + _BATCH]) for start in range(0, len(members), _BATCH)]
    for index in random.permutation(len(groups)):
        length, members = groups[index]
        if len(members) == _BATCH:  # a rest would be one more shape to compile
            filled = np.zeros((_BATCH, length), np.int32)
            for row, member in enumerate(members):
                filled[row, : len(ids[member])] = ids[member]
            mask = np.array([[float(column < len(ids[member])) for column in range(length)] for member in members])
            yield filled, mask.astype(np.float32), labels[members]
