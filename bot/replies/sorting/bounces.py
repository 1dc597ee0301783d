"""Reads what a mail server says about a mail that it could not deliver."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.replies.reading.arrived import Arrived
from bot.replies.reading.headers import addresses_in, ids_in
from bot.replies.sorting.words import words

_READ = 50_000
"""Characters of a report that are read."""
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_SMTP_CODE = re.compile(r"(?<![\d.#-])([45])\d\d(?=[ \-,:])")
_ADDRESS = re.compile(r"(?<![\w.+'/=&-])[\w.+'/=&-]+@[\w.-]+\.\w+")
_ORIGINAL_ID = re.compile(r"^[>\s]*Message-ID:\s*<([^<>\s]+)>", re.IGNORECASE | re.MULTILINE)
_DELAYED = words(
    r"\bdelayed\b",
    r"\bdelivery (?:incomplete|delay)",
    r"\bnot yet been delivered\b",
    r"\bhas not been delivered yet\b",
    r"\bwill (?:keep|continue) (?:to )?try",
    r"\bwarning message only\b",
    r"\btemporary (?:problem|failure|error) delivering\b",
    r"\bdo not need to resend\b",
)
_FULL = words(r"\bquota\b", r"\bmailbox (?:is )?full\b", r"\bover (?:its|his|her|their)? ?(?:storage|limit)\b")
_NOT_THE_ADDRESS = re.compile(r"5\.(?:2\.[234]|3\.\d+|4\.[1257]|5\.[1-9]\d*|6\.\d+|7\.\d+)$")
"""Failures that are no fault of the address (RFC 3463, 3): its mailbox is full, the mail too large or not wanted, a server in
trouble or strict. The next mail may arrive."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What became of a mail of ours.

    ``permanent``: no mail will arrive at the address. ``given_up``: this one will not; otherwise the server still tries.
    ``status``: as in RFC 3463, such as 5.1.1; "" where the report has none. ``original_message_id``: our mail's, without
    angle brackets.
    """

    permanent: bool
    given_up: bool
    recipient: str | None
    status: str
    original_message_id: str | None


def bounce(arrived: Arrived) -> Bounce:
    """Reads a report, whether it has the fields of RFC 3464 or only words."""
    arrived = replace(arrived, text=arrived.text[:_READ])
    fields = _recipient_fields(arrived)
    if fields:
        status = _status(fields.get("status", "")) or _status(fields.get("diagnostic-code", ""))
        given_up = fields.get("action", "failed").lower().startswith("failed")
        recipient = _recipient(fields)
    else:
        status = _status(arrived.text) or _from_words(arrived.text)
        given_up = not _still_tries(arrived)
        recipient = _failed_recipient(arrived)
    return Bounce(
        permanent=given_up and _permanent(status),
        given_up=given_up,
        recipient=recipient,
        status=status,
        original_message_id=_original_message_id(arrived),
    )


def _recipient_fields(arrived: Arrived) -> Mapping[str, str]:
    """The fields about a recipient: of several the first for whom delivery failed, else the first."""
    groups = [group for group in arrived.report if "action" in group or "final-recipient" in group]
    failed = [group for group in groups if group.get("action", "").lower().startswith("failed")]
    return next(iter(failed or groups), {})


def _recipient(fields: Mapping[str, str]) -> str | None:
    for name in ("original-recipient", "final-recipient"):
        address = fields.get(name, "").rpartition(";")[2].strip().strip("<>").lower()
        if _ADDRESS.fullmatch(address):
            return address
    return None


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return found[1] if found else ""


def _from_words(text: str) -> str:
    found = _SMTP_CODE.search(text)
    if _FULL.search(text):
        return f"{found[1] if found else 5}.2.2"
    return f"{found[1]}.0.0" if found else ""


def _permanent(status: str) -> bool:
    return not status.startswith(("4", "2")) and not _NOT_THE_ADDRESS.match(status)


def _still_tries(arrived: Arrived) -> bool:
    return _DELAYED.search(f"{arrived.subject}\n{arrived.text[:3000]}") is not None


def _failed_recipient(arrived: Arrived) -> str | None:
    for _, address in addresses_in(arrived.header("x-failed-recipients")):
        return address
    not_meant = {arrived.sender, *arrived.recipients, _original_message_id(arrived)}
    above = re.split(r"^-+ (?:Below|This is a copy|Original message|The header)", arrived.text, flags=re.MULTILINE)[0]
    return next((found.lower() for found in _ADDRESS.findall(above) if found.lower() not in not_meant), None)


def _original_message_id(arrived: Arrived) -> str | None:
    kept = ids_in(arrived.returned.get("message-id", "")) or _ORIGINAL_ID.findall(arrived.text)
    return next(iter([*kept, *([arrived.in_reply_to] if arrived.in_reply_to else []), *arrived.references]), None)
