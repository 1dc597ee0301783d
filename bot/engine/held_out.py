"""Which examples the encoder was never tuned to, so that scores on them are those of new questions."""

import hashlib

_ONE_IN = 10


def is_held_out(text: str) -> bool:
    """Whether ``text`` is one of the tenth that tuning leaves out: the same ones on every machine."""
    return hashlib.sha256(text.encode("utf-8")).digest()[0] % _ONE_IN == 0
