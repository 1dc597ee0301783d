"""Reads the headers of a mail, however they are written: folded, encoded, in eight bits, broken."""

import re
from collections.abc import Mapping
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from bot.replies.reading.charsets import text_of_bytes

_LONGEST = 20_000
"""Characters of a header that are read; RFC 5322 sets no limit, and the parsing of addresses takes more than linear time."""
_LONGEST_SHOWN = 2_000
"""Characters of a subject or name that are decoded."""
_ID = re.compile(r"<\s*([^<>\s]+)\s*>")
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")


def headers_of(message: Message) -> Mapping[str, tuple[str, ...]]:
    """Every value of each header, on one line, by the header's name in lower case; encoded words are left as they are."""
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        found.setdefault(name.strip().lower(), []).append(_line(str(value)))
    return {name: tuple(values) for name, values in found.items()}


def decoded(value: str) -> str:
    """``value`` with its encoded words (RFC 2047) read, on one line."""
    try:
        parts = decode_header(value[:_LONGEST_SHOWN])
    except (HeaderParseError, ValueError):  # such as base64 that is cut off: as it came
        parts = [(value[:_LONGEST_SHOWN], None)]
    text = "".join(
        part if isinstance(part, str) else text_of_bytes(part, charset or "ascii") for part, charset in parts
    )
    return _SPACE.sub(" ", _CONTROL.sub(" ", text)).strip()


def addresses_in(value: str) -> list[tuple[str, str]]:
    """The names and addresses of a header, the addresses in lower case; what is no address is left out."""
    try:
        found = getaddresses([value], strict=False)
    except RecursionError:  # comments within comments
        return []
    return [(decoded(name), address.lower()) for name, address in found if _ADDRESS.fullmatch(address)]


def ids_in(value: str) -> tuple[str, ...]:
    """The message ids of a header, without angle brackets. Some programs leave the brackets out."""
    ids = _ID.findall(value)
    return tuple(ids or [word for word in value.split() if "@" in word])


def _line(value: str) -> str:
    in_bytes = value.encode("utf-8", "surrogateescape")
    return _SPACE.sub(" ", text_of_bytes(in_bytes, "utf-8")).strip()[:_LONGEST]
