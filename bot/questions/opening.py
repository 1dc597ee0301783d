"""Questions as the settings and the facts ask for them."""

from bot.letters.opening import open_reply_addresses
from bot.notices.opening import open_scheme
from bot.notices.scheme import NoticeScheme
from bot.notices.telling import Telling
from bot.outbox.writer import Writer
from bot.questions.hours import OfficeHours
from bot.questions.mailed import ANSWER, MailedQuestions
from bot.questions.unseen import UnseenAnswers
from bot.settings import Settings


def open_hours(settings: Settings) -> OfficeHours:
    """When a person is there. Raises SettingsError."""
    return OfficeHours.parse(settings.office_hours)


def open_question_notices(
    settings: Settings, scheme: NoticeScheme | None = None, telling: Telling | None = None
) -> MailedQuestions:
    """What tells people of questions; ``scheme`` is that of the facts unless given. Raises SettingsError and FactsError.

    A reply by mail counts as an answer only where a mailbox is looked into.
    """
    known = scheme or open_scheme(settings)
    addresses = open_reply_addresses(settings) if settings.imap_url else None
    return MailedQuestions(known, settings.office_email or known.email, settings.public_url, telling, addresses)


def question_writers() -> dict[str, Writer]:
    """What has a last look at the mails of questions when they leave, by their kinds."""
    return {ANSWER: UnseenAnswers()}
