"""Whether letters can leave, and come back: what whoever runs the service should know before the first one does."""

from datetime import date
from ipaddress import ip_address
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.year import school_year
from bot.letters.mailing.hours import LetterHours
from bot.letters.problems import LetterProblem
from bot.letters.suppression import Suppression
from bot.settings import Settings, SettingsError
from bot.store.tables import CohortRow, HubLetterRow, HubRow, SuppressionRow

_MOST_NAMED = 5


class Remark(NamedTuple):
    """One thing about letters: what, how it is, and a sentence that says more."""

    what: str
    state: Literal["ok", "note", "broken"]
    says: str


def remarks_on_settings(settings: Settings, mail_from: str) -> list[Remark]:
    """``mail_from``: the address that mail is from."""
    found = [_hours(settings), _links(settings), _reminders(settings), *_reply_address(settings, mail_from)]
    return [remark for remark in found if remark]


async def remarks_on_hubs(session: AsyncSession, suppression: Suppression, today: date) -> list[Remark]:
    """About the hubs that take schools this year, and those who want no letters."""
    return [await _suppressed(session, suppression), *await _hubs(session, school_year(today))]


def _hours(settings: Settings) -> Remark:
    try:
        LetterHours.parse(settings.letter_hours)
    except SettingsError as error:
        return Remark("letters", "broken", str(error))
    days = f"reminders after {settings.reminder_days} days and {settings.last_reminder_days} more"
    return Remark("letters", "ok", f"leave {settings.letter_hours}, {settings.letter_rate} a minute; {days}")


def _links(settings: Settings) -> Remark | None:
    """RFC 8058, 3.1 wants the link by which a mail program unsubscribes to be https."""
    if not settings.smtp_url:
        return None
    if _is_this_machine(settings.public_url):
        says = f"lead to {settings.public_url}, where nobody else gets: set PSQM_PUBLIC_URL before mail is sent"
        return Remark("links in mail", "broken", says)
    if not settings.is_https:
        says = f"lead to {settings.public_url}: mail programs unsubscribe at one click only where it is https"
        return Remark("links in mail", "note", says)
    return Remark("links in mail", "ok", f"lead to {settings.public_url}")


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")  # RFC 6761, 6.3
    return address.is_loopback or address.is_unspecified


def _reminders(settings: Settings) -> Remark | None:
    last_after = settings.reminder_days + settings.last_reminder_days
    if last_after < settings.link_days:
        return None
    says = (
        f"the last leaves {last_after} days after the letter, whose links work for {settings.link_days}:"
        " make PSQM_LINK_DAYS longer, or PSQM_REMINDER_DAYS or PSQM_LAST_REMINDER_DAYS shorter"
    )
    return Remark("reminders", "note", says)


def _reply_address(settings: Settings, mail_from: str) -> list[Remark]:
    """SPF lets a mail pass DMARC only where the envelope's domain is that of the From header: RFC 7489, 3.1.2."""
    if not settings.reply_address:
        return []
    if not settings.imap_url:
        says = "replies to letters go to PSQM_REPLY_ADDRESS, and nobody reads them: set PSQM_IMAP_URL too, or neither"
        return [Remark("reply address", "broken", says)]
    reply, sender = (address.rpartition("@")[2].lower() for address in (settings.reply_address, mail_from))
    if reply == sender or reply.endswith(f".{sender}") or sender.endswith(f".{reply}"):
        return [Remark("reply address", "ok", settings.reply_address)]
    says = (
        f"letters are from {sender}, and reports about them go to {reply}: sign mail with DKIM for {sender}, or give"
        " PSQM_MAIL_FROM and PSQM_REPLY_ADDRESS one domain, or mail servers may take letters for forged (DMARC)"
    )
    return [Remark("reply address", "note", says)]


async def _suppressed(session: AsyncSession, suppression: Suppression) -> Remark:
    try:
        await suppression.check(session)
    except LetterProblem as problem:
        return Remark("unsubscribed", "broken", str(problem))
    count = await session.scalar(select(func.count()).select_from(SuppressionRow)) or 0
    said = "nobody has asked for no letters" if not count else f"no letter goes to {count} of the addresses"
    return Remark("unsubscribed", "ok", said)


async def _hubs(session: AsyncSession, year: int) -> list[Remark]:
    """A hint, since a hub may never want to send letters."""
    rows = await session.execute(
        select(HubRow.name, CohortRow.session_on, HubLetterRow.sender_address)
        .join(CohortRow, CohortRow.hub_id == HubRow.id)
        .outerjoin(HubLetterRow, HubLetterRow.hub_id == HubRow.id)
        .where(CohortRow.year == year, CohortRow.is_open, HubRow.is_example.is_(False))
        .order_by(HubRow.name)
    )
    lacking = []
    for name, session_on, address in rows:
        lacks = [
            what for what, there in (("a sender's address", address), ("a first session", session_on)) if not there
        ]
        if lacks:
            lacking.append(f"{name} ({' and '.join(lacks)})")
    if not lacking:
        return []
    more = f" and {len(lacking) - _MOST_NAMED} more" if len(lacking) > _MOST_NAMED else ""
    says = f"cannot send letters yet, as something is missing: {', '.join(lacking[:_MOST_NAMED])}{more}"
    return [Remark("hubs", "note", f"{says}; see psqm letters address and psqm hubs set")]
