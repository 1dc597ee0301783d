"""A mail that must leave, as the rest of the service hands it over."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, as its erratum 1690 reads it
_LONGEST_SUBJECT = 200
_LONGEST_NAME = 100
_ADDRESS = re.compile(r"""[^\s@<>()\[\],;:"\\\x00-\x1f\x7f-\x9f]+@[^\s@<>()\[\],;:"\\\x00-\x1f\x7f-\x9f]+""")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s]+")


def is_address(text: str) -> bool:
    """Whether ``text`` is an email address alone, and one that a header can hold."""
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


class BadMail(ValueError):
    """A mail that cannot be addressed; the text says what is wrong and holds nothing personal."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail; ``type`` is its media type, such as ``text/calendar``."""

    filename: str
    type: str
    content: bytes

    def to_json(self) -> dict[str, str]:
        """As the outbox keeps it."""
        return {"filename": self.filename, "type": self.type, "content": b64encode(self.content).decode("ascii")}

    @classmethod
    def from_json(cls, kept: dict[str, str]) -> Self:
        """Reverses ``to_json``; raises KeyError or ValueError for what it did not make."""
        return cls(kept["filename"], kept["type"], b64decode(kept["content"]))


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person. ``key`` says what it is (unique for ever); ``kind`` is the name of its sort, such as ``registered``.

    ``headers`` come beside the usual ones, or in their place; ``from_name`` is who it is from where that is not the scheme;
    ``bounce_to`` is the envelope's sender. A mail of a letter (``letter_id``) is written when it leaves: by the ``Writer`` of its
    kind. Subject and name are made one line, because a line break in a header starts another header. Raises BadMail for an
    address that is none, and for a ``key`` or ``kind`` that is too long.
    """

    key: str
    kind: str
    recipient: str
    recipient_name: str
    reply_to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    registration_id: str | None = None
    letter_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    from_name: str = ""
    bounce_to: str = ""

    def __post_init__(self) -> None:
        if len(self.key) > 200 or not re.fullmatch(r"[a-z_]{1,40}", self.kind):
            raise BadMail("a mail's key has at most 200 characters, its kind at most 40 small letters")
        addresses = (("recipient", self.recipient), ("reply_to", self.reply_to), ("bounce_to", self.bounce_to))
        for what, address in addresses:
            if not is_address(address) and (address or what != "bounce_to"):
                raise BadMail(f"the {what} of a mail is not an email address")
        object.__setattr__(self, "subject", one_line(self.subject, _LONGEST_SUBJECT))
        object.__setattr__(self, "from_name", one_line(self.from_name, _LONGEST_NAME))
        object.__setattr__(self, "recipient_name", one_line(self.recipient_name, _LONGEST_NAME))


def one_line(text: str, longest: int) -> str:
    """``text`` without line breaks and control characters, cut to ``longest`` characters."""
    line = _CONTROL.sub(" ", text).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
