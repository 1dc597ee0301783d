"""The mails that an assistant without a mail server has written to its folder."""

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path


def mails_to(data_dir: Path, address: str) -> list[EmailMessage]:
    """Those to ``address`` (a part of it is enough), the first one first."""
    paths = sorted((data_dir / "mail").glob("*.eml"))
    mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]
    return [mail for mail in mails if address in str(mail["To"])]


def text_of(mail: EmailMessage) -> str:
    """Its plain text."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""
