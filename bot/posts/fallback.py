"""The mail that leaves in a post's place, as the post's row keeps it."""

from dataclasses import asdict
from typing import Any

from bot.outbox.mail import Attachment, Mail


def kept(mail: Mail) -> dict[str, Any]:
    """``mail``, ready for JSON."""
    values = asdict(mail)
    return values | {
        "attachments": [attachment.to_json() for attachment in mail.attachments],
        "headers": dict(mail.headers),
    }


def mail_of(values: dict[str, Any]) -> Mail:
    """Reverses ``kept``."""
    attachments = tuple(Attachment.from_json(each) for each in values["attachments"])
    return Mail(**values | {"attachments": attachments})
