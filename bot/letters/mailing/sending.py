"""What sends letters, as the settings and the facts ask for it: their writers, and what lets them go."""

from bot.letters.following_up.reminding import FollowUp
from bot.letters.mailing.hours import LetterHours
from bot.letters.mailing.releasing import Releaser
from bot.letters.mailing.troubled import Office
from bot.letters.mailing.writer import LetterWriter, written_by
from bot.letters.opening import open_forms, open_letter_links, open_letter_post, open_suppression
from bot.notices import NoticeScheme, sign_in_mail
from bot.outbox.writer import Writer
from bot.settings import Settings
from bot.store.database import Database


def open_writers(settings: Settings, scheme: NoticeScheme) -> dict[str, Writer]:
    """What writes mails that are written when they leave, by their kinds. Raises SettingsError and FactsError."""
    forms, links, hours = open_forms(settings), open_letter_links(settings), LetterHours.parse(settings.letter_hours)
    letters = written_by(
        LetterWriter(forms, links, open_suppression(settings), hours, f"{scheme.short_name}-letter.pdf")
    )
    return letters | {sign_in_mail.KIND: sign_in_mail.SignInWriter(scheme, settings.public_url)}


def open_releaser(settings: Settings, database: Database, scheme: NoticeScheme) -> Releaser:
    """What lets the letters of mailings go. Raises SettingsError."""
    office = Office(scheme, settings.office_email or scheme.email)
    hours = LetterHours.parse(settings.letter_hours)
    return Releaser(database, open_letter_post(settings, scheme), open_suppression(settings), hours, office)


def open_follow_up(settings: Settings, scheme: NoticeScheme) -> FollowUp:
    """How letters are followed up. Raises SettingsError."""
    hours = LetterHours.parse(settings.letter_hours)
    return FollowUp(
        settings.reminder_days,
        settings.last_reminder_days,
        settings.letter_rate,
        open_suppression(settings),
        lambda now: not hours.are_on(now),
        open_letter_post(settings, scheme),
    )
