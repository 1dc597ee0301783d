"""A mail that arrived, read from its bytes: whatever they are, the outcome is either an ``Arrived`` or ``Unreadable``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime

from bot.replies.reading.body import Body, body_of
from bot.replies.reading.headers import addresses_in, decoded, headers_of, ids_in

LARGEST = 10_000_000
"""Bytes that a mail may have. A reply with photos of a classroom fits; reading takes about ten times as much memory."""

_MOST_MULTIPARTS, _MOST_BOUNDARIES = 50, 2_000
"""Each makes reading slower; a reply has three of the one and ten of the other."""

_RECIPIENT_HEADERS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-forwarded-to")


class Unreadable(Exception):
    """A mail that cannot be read; the text is one line that says why, with nothing of the mail in it."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What of a mail matters for handling it. Addresses are in lower case, ids without their angle brackets.

    ``return_path``: "" is the null path of a bounce, None where no server noted one. ``text`` is plain; where the mail has
    none, it is made from ``html``. ``headers``: all values of each, by its name in lower case. ``report``: the groups of
    fields of an RFC 3464 report. ``returned``: headers of the mail that a report is about. ``calendar``: the method of an
    iCalendar part, such as REPLY.
    """

    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    sender: str
    sender_name: str
    reply_to: str
    recipients: tuple[str, ...]
    return_path: str | None
    subject: str
    sent_at: datetime | None
    text: str
    html: str
    attachments: tuple[str, ...]
    type: str = "text/plain"
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    report: tuple[Mapping[str, str], ...] = ()
    returned: Mapping[str, str] = field(default_factory=dict)
    calendar: str = ""

    def header(self, name: str) -> str:
        """The first value of a header, "" where there is none."""
        return next(iter(self.headers.get(name.lower(), ())), "")


def parse(raw: bytes) -> Arrived:
    """Reads a mail; raises Unreadable, and nothing else."""
    if len(raw) > LARGEST:
        raise Unreadable(f"larger than {LARGEST // 1_000_000} MB")
    if not raw.strip(b"\0\r\n\t "):
        raise Unreadable("empty")
    if raw.lower().count(b"multipart/") > _MOST_MULTIPARTS or raw.count(b"\n--") > _MOST_BOUNDARIES:
        raise Unreadable("too many parts")
    try:
        # The newer policies parse a header when it is read, and raise for some malformed ones.
        message = BytesParser(policy=compat32).parsebytes(raw.replace(b"\0", b""))
        return _arrived(message)
    except RecursionError:
        raise Unreadable("its parts are nested too deeply") from None
    except (HeaderParseError, ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise Unreadable(f"malformed ({type(error).__name__})") from None


def _arrived(message: Message) -> Arrived:
    headers = headers_of(message)

    def first(name: str) -> str:
        return next(iter(headers.get(name, ())), "")

    body: Body = body_of(message)
    sender_name, sender = next(iter(addresses_in(first("from") or first("sender"))), ("", ""))
    return Arrived(
        message_id=next(iter(ids_in(first("message-id"))), ""),
        in_reply_to=next(iter(ids_in(first("in-reply-to"))), ""),
        references=ids_in(first("references")),
        sender=sender,
        sender_name=sender_name,
        reply_to=next((address for _, address in addresses_in(first("reply-to"))), ""),
        recipients=_recipients(headers),
        return_path=_return_path(headers.get("return-path", ())),
        subject=decoded(first("subject")),
        sent_at=_date(first("date")),
        text=body.text,
        html=body.html,
        attachments=body.attachments,
        type=message.get_content_type(),
        headers=headers,
        report=body.report,
        returned=body.returned,
        calendar=body.calendar,
    )


def _recipients(headers: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    values = [value for name in _RECIPIENT_HEADERS for value in headers.get(name, ())]
    return tuple(dict.fromkeys(address for value in values for _, address in addresses_in(value)))


def _return_path(values: tuple[str, ...]) -> str | None:
    """The last server's, which is the first of them."""
    if not values:
        return None
    return next((address for _, address in addresses_in(values[0])), "")


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
