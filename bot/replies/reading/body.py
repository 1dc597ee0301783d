"""Finds in a mail's parts what a person wrote, and what a machine reports."""

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from functools import partial

from bot.replies.reading.charsets import text_of_bytes
from bot.replies.reading.headers import decoded, headers_of
from bot.replies.reading.html_text import text_of_html

_SEEN = ("text/plain", "text/html")


@dataclass(frozen=True, slots=True)
class Body:
    """The parts of a mail; see ``Arrived``."""

    text: str
    html: str
    attachments: tuple[str, ...]
    report: tuple[Mapping[str, str], ...]
    returned: Mapping[str, str]
    calendar: str


def body_of(message: Message) -> Body:
    """Reads the parts of a mail."""
    shown = list(_shown(message))
    plain = "\n".join(text for kind, text in shown if kind == "text/plain").strip()
    html = "\n".join(text for kind, text in shown if kind == "text/html").strip()
    return Body(
        text=plain or text_of_html(html),
        html=html,
        attachments=tuple(_attachments(message)),
        report=tuple(_report(message)),
        returned=_returned(message),
        calendar=_calendar(message),
    )


def _shown(part: Message) -> Iterator[tuple[str, str]]:
    """Media type and text of what a mail program shows, in order; not of a mail inside this one."""
    kind = part.get_content_type()
    if kind in _SEEN and not part.is_multipart() and not _is_attachment(part):
        yield kind, _text(part)
    elif part.get_content_maintype() == "multipart" and not part.is_multipart():
        yield "text/plain", _text(part)  # without a boundary, so never divided
    elif part.get_content_maintype() == "multipart":
        for inner in _parts(part):
            yield from _shown(inner)


def _is_attachment(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_parameter(part.get_filename))


def _parameter(read: Callable[[], object]) -> str:
    """A parameter, such as a file's name; "" where there is none, or none that the standard library can read (RFC 2231)."""
    try:
        return str(read() or "")
    except (TypeError, ValueError, LookupError):
        return ""


def _attachments(message: Message) -> Iterator[str]:
    for part in _leaves(message):
        name = decoded(_parameter(part.get_filename))
        if part.get_content_maintype() == "multipart" and not name:
            continue  # its parts were not fetched, or cannot be told apart
        if part.get_content_type() not in _SEEN or _is_attachment(part):
            yield name or part.get_content_type()


def _leaves(part: Message) -> Iterator[Message]:
    """The parts that are not divided further, a whole mail inside this one being one of them."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for inner in _parts(part):
            yield from _leaves(inner)
    else:
        yield part


def _parts(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _text(part: Message) -> str:
    label = _parameter(part.get_content_charset) or "utf-8"
    return text_of_bytes(_content(part), label).replace("\r\n", "\n").replace("\r", "\n")


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return b""
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64":
        # Cut off within a character's four letters it is not decoded at all: what came whole is.
        letters = b"".join(str(part.get_payload()).encode("ascii", "ignore").split())
        if b"".join(content.split()) == letters:
            return b64decode(letters[: len(letters) // 4 * 4])
    return content


def _report(message: Message) -> Iterator[Mapping[str, str]]:
    """The groups of fields of a message/delivery-status part (RFC 3464, 2.1), which Python parses as messages."""
    for part in _leaves(message):
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            for group in _parts(part):
                if fields := {name: values[0] for name, values in headers_of(group).items()}:
                    yield fields


def _returned(message: Message) -> Mapping[str, str]:
    for part in _leaves(message):
        kind = part.get_content_type()
        if kind in ("message/rfc822", "message/global") and _parts(part):
            return {name: values[0] for name, values in headers_of(_parts(part)[0]).items()}
        if kind in ("text/rfc822-headers", "message/global-headers", "message/rfc822-headers"):
            return _fields(_text(part))
    return {}


def _fields(text: str) -> Mapping[str, str]:
    """Headers that came as text."""
    unfolded = text.replace("\n ", " ").replace("\n\t", " ").splitlines()
    pairs = (line.partition(":") for line in unfolded if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in reversed(list(pairs))}


def _calendar(message: Message) -> str:
    for part in _leaves(message):
        if part.get_content_type() == "text/calendar":
            return _parameter(partial(part.get_param, "method")).upper() or "PUBLISH"
    return ""
