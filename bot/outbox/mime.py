"""Makes of a mail in the outbox the message that goes over the wire; the same mail always makes the same bytes."""

from binascii import b2a_qp
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import format_datetime
from typing import Any

from bot.outbox.leasing import Leased
from bot.outbox.mail import Attachment
from bot.outbox.retry import NotSent

_OF_WORDS = {"list-unsubscribe", "list-unsubscribe-post", "in-reply-to", "references"}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who mails are from: in the From header, and in the envelope where no other address is set for reports, so that both are
    aligned (RFC 7489, 3.1)."""

    name: str
    email: str


class _Policy(EmailPolicy):
    """Breaks the lines of addresses and identifiers between them only. The library's own way makes encoded words (RFC 2047) of
    those that are longer than a line, which no mail program reads there."""

    def fold(self, name: str, value: Any) -> str:
        return _folded(name, value) if name.lower() in _OF_WORDS else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return _folded(name, value).encode("ascii") if name.lower() in _OF_WORDS else super().fold_binary(name, value)


# Bodies of seven bits pass every server; the policy's own default needs 8BITMIME.
_ASCII = _Policy(linesep=SMTP.linesep, cte_type="7bit")
_UTF8 = _Policy(linesep=SMTPUTF8.linesep, utf8=True, cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Composed:
    """A message and its envelope; ``needs_utf8``: an address can only be said with SMTPUTF8 (RFC 6531)."""

    id: int
    kind: str
    sender: str
    recipient: str
    content: bytes
    needs_utf8: bool
    moment: str


def compose(mail: Leased, sender: Sender) -> Composed:
    """The message of ``mail``; raises NotSent when it cannot be made."""
    try:
        return _composed(mail, sender)
    except (ValueError, LookupError, TypeError) as error:
        raise NotSent("never", f"the message cannot be made ({type(error).__name__})", str(error)) from error


def _composed(mail: Leased, sender: Sender) -> Composed:
    from_address, recipient, reply_to = (_on_the_wire(it) for it in (sender.email, mail.recipient, mail.reply_to))
    bounce_to = _on_the_wire(mail.bounce_to) if mail.bounce_to else from_address
    needs_utf8 = not (from_address + recipient + reply_to + bounce_to).isascii()
    message = EmailMessage(policy=_UTF8 if needs_utf8 else _ASCII)
    message["From"] = _header(mail.from_name or sender.name, from_address)
    message["To"] = _header(mail.recipient_name, recipient)
    message["Reply-To"] = _header("", reply_to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.message_id}@{from_address.rpartition('@')[2]}>"
    # RFC 3834: answering machines stay silent; the second is Exchange's own.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["MIME-Version"] = "1.0"
    for name, value in mail.headers.items():
        del message[name]
        message[name] = value
    _set_text(message, mail.text, "plain")
    message.make_alternative()
    html = EmailMessage(policy=message.policy)
    _set_text(html, mail.html, "html")
    message.attach(html)
    for kept in mail.attachments:
        _attach(message, Attachment.from_json(kept))
    _fix_boundaries(message, mail.message_id)
    moment = f"{mail.created_at:%Y%m%dT%H%M%SZ}"
    return Composed(mail.id, mail.kind, bounce_to, recipient, message.as_bytes(), needs_utf8, moment)


def _folded(name: str, value: str) -> str:
    return f"{name}: {'\r\n '.join(value.split())}\r\n"


def _set_text(part: EmailMessage, text: str, subtype: str) -> None:
    """The same as ``set_content`` with quoted-printable, whose encoder takes longer than everything else in a letter's mail."""
    lines = "\n".join(text.splitlines()) + "\n"
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(b2a_qp(lines.encode()).decode("ascii"))


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    kind, _, subtype = attachment.type.partition("/")
    if attachment.type == "text/calendar":
        # A mail reader offers to add a calendar only when the part itself says its method (RFC 6047, 2.4).
        method = {"method": "PUBLISH"}
        text = attachment.content.decode("utf-8")
        message.add_attachment(text, subtype=subtype, filename=attachment.filename, params=method, cte="base64")
    else:
        message.add_attachment(attachment.content, kind, subtype, filename=attachment.filename)


def _header(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")  # as addr_spec, a local part beyond ASCII would be refused
    return Address(name, local, domain)


def _on_the_wire(address: str) -> str:
    """``address`` with its domain in ASCII, which every server understands."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    for n, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"={n}.{message_id}=")
