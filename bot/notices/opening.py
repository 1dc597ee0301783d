"""Notices and links as the settings and the facts ask for them."""

from bot.facts import load_facts
from bot.notices.fresh_links import FreshLinks
from bot.notices.mailed import MailedNotices
from bot.notices.scheme import NoticeScheme
from bot.notices.telling import Telling
from bot.registrations.links import RegistrationLinks
from bot.settings import Settings


def open_notices(
    settings: Settings, scheme: NoticeScheme | None = None, telling: Telling | None = None
) -> MailedNotices:
    """What tells people of changes; ``scheme`` is that of the facts unless given, and ``telling`` how members of staff hear:
    by mail unless given. Raises SettingsError and FactsError."""
    known = scheme or open_scheme(settings)
    office = settings.office_email or known.email
    return MailedNotices(known, office, settings.public_url, open_links(settings), telling)


def open_links(settings: Settings) -> RegistrationLinks:
    """What makes and reads the links of mails. Raises SettingsError."""
    return RegistrationLinks(settings.secret_key, settings.public_url, settings.link_days)


def open_fresh_links(settings: Settings, scheme: NoticeScheme) -> FreshLinks:
    """What sends people their links again. Raises SettingsError."""
    return FreshLinks(scheme, settings.office_email or scheme.email, open_links(settings), settings.link_days)


def open_scheme(settings: Settings) -> NoticeScheme:
    """The scheme as mails name it. Raises FactsError."""
    facts = load_facts(settings.facts_path)
    return NoticeScheme(facts.scheme_name, facts.short_name, facts.scheme_email, facts.scheme_website)
