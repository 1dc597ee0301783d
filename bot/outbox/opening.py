"""The worker as the settings ask for it."""

from collections.abc import Callable, Mapping

from bot.outbox.eml_folder import EmlFolder
from bot.outbox.mail import is_address
from bot.outbox.mime import Sender
from bot.outbox.smtp import Smtp
from bot.outbox.smtp_server import SmtpServer
from bot.outbox.transport import Transport
from bot.outbox.worker import Worker
from bot.outbox.writer import Writer
from bot.settings import Settings, SettingsError
from bot.store.database import Database


def open_worker(
    settings: Settings,
    database: Database,
    scheme_name: str,
    scheme_email: str,
    count: Callable[[str], None] | None = None,
    writers: Mapping[str, Writer] | None = None,
) -> Worker:
    """A worker whose mails are from ``scheme_name``, at PSQM_MAIL_FROM or else ``scheme_email``. Raises SettingsError."""
    sender = open_sender(settings, scheme_name, scheme_email)
    return Worker(database, open_transport(settings), sender, writers=writers, count=count or (lambda _state: None))


def open_transport(settings: Settings) -> Transport:
    """The mail server of the settings, or the folder for mail where none is set. Raises SettingsError."""
    if settings.smtp_url:
        return Smtp(SmtpServer.parse(settings.smtp_url))
    return EmlFolder(settings.data_dir / "mail")


def open_sender(settings: Settings, scheme_name: str, scheme_email: str) -> Sender:
    """Who mails are from. Raises SettingsError."""
    email = settings.mail_from or scheme_email
    if not is_address(email):
        raise SettingsError("PSQM_MAIL_FROM is not an email address: write assistant@example.org, without a name.")
    return Sender(scheme_name, email)
