"""The signed, short addresses by which somebody comes back to a letter: a link, and an address to reply to."""

import hashlib
import hmac
from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from bot.letters.problems import LinkExpired, LinkForged

_FIRST_DAY = date(2020, 1, 1)
_SIGNATURE_BYTES = 10
"""80 bits, the least to which RFC 2104, 5 lets a signature be cut, and more than anybody can try out over the network."""
_DAY_BYTES = 2
_ID_BYTES = 16


class LetterLinks:
    """Makes and reads the links of letters; what it signed with ``secret`` holds for ``days`` from the letter's date."""

    def __init__(self, secret: str, public_url: str, days: int) -> None:
        self._key = hmac.digest(secret.encode(), b"psqm letter link", hashlib.sha256)
        self._public_url = public_url
        self._days = days

    def href(self, letter_id: str, dated: date, more: str = "") -> str:
        """The address of the letter's page, or of what is below it: ``/stop``, ``/letter.pdf``, ``/report.pdf``."""
        return f"{self._public_url}/letters/{self.token(letter_id, dated)}{more}"

    def token(self, letter_id: str, dated: date) -> str:
        """The last part of the address: 38 letters, digits, ``-`` and ``_``; the same letter always has the same."""
        day = (dated - _FIRST_DAY).days.to_bytes(_DAY_BYTES)
        signed = UUID(letter_id).bytes + day
        return urlsafe_b64encode(signed + _signature(self._key, signed)).decode("ascii").rstrip("=")

    def read(self, token: str, today: date) -> str:
        """The letter's id; raises LinkForged or LinkExpired."""
        try:
            content = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except ValueError:
            raise LinkForged from None
        signed, signature = content[:-_SIGNATURE_BYTES], content[-_SIGNATURE_BYTES:]
        right = hmac.compare_digest(signature, _signature(self._key, signed))
        if len(signed) != _ID_BYTES + _DAY_BYTES or not right:
            raise LinkForged
        letter_id = str(UUID(bytes=signed[:_ID_BYTES]))
        dated = _FIRST_DAY + timedelta(days=int.from_bytes(signed[_ID_BYTES:]))
        if token != self.token(
            letter_id, dated
        ):  # base64 can spell the same bytes in several ways; ours is only one of them
            raise LinkForged
        if today > dated + timedelta(days=self._days):
            raise LinkExpired
        return letter_id


SubjectKind = Literal["letter", "thread", "question"]
_KINDS: dict[bytes, SubjectKind] = {b"l": "letter", b"t": "thread", b"q": "question"}
"""By the letter that stands for them in an address."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a reply is about: a letter, a conversation by mail (a ``mail_thread``), or a question that a person has to answer."""

    kind: SubjectKind
    id: str


class ReplyAddresses:
    """Makes and reads addresses such as ``letters+abc@host`` of the mailbox at ``address``.

    They are in small letters, since some mail programs write addresses so.
    """

    def __init__(self, secret: str, address: str) -> None:
        self._key = hmac.digest(secret.encode(), b"psqm reply address", hashlib.sha256)
        self._local, _, self._host = address.lower().rpartition("@")

    def of(self, subject: Subject) -> str:
        """The address for replies about ``subject``."""
        signed = subject.kind[0].encode() + UUID(subject.id).bytes
        token = b32encode(signed + _signature(self._key, signed)).decode("ascii").rstrip("=").lower()
        return f"{self._local}+{token}@{self._host}"

    def read(self, address: str) -> Subject | None:
        """What mail to ``address`` is about, None where it does not say; raises LinkForged for one that we never made."""
        local, _, host = address.strip().lower().rpartition("@")
        base, plus, token = local.partition("+")
        if base != self._local or host != self._host or not plus:
            return None
        try:
            content = b32decode(token.upper() + "=" * (-len(token) % 8))
        except ValueError:
            raise LinkForged from None
        signed, signature = content[:-_SIGNATURE_BYTES], content[-_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, _signature(self._key, signed)) or len(signed) != 1 + _ID_BYTES:
            raise LinkForged
        return Subject(_KINDS[signed[:1]], str(UUID(bytes=signed[1:])))


def _signature(key: bytes, signed: bytes) -> bytes:
    return hmac.digest(key, signed, hashlib.sha256)[:_SIGNATURE_BYTES]
