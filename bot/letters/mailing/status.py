"""What came of letters: of each mailing, and of those that people asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.following_up.registered import of_letter
from bot.store.tables import CohortRow, HubRow, LetterRow, MailingRow, OutboxRow

COUNTED = (
    "planned", "leaving", "sent", "failed", "withheld", "bounced", "visited", "replied", "registered", "unsubscribed"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Came:
    """How many letters there are and what came of them; one may be counted in several.

    ``planned``: not let go yet. ``leaving``: in the outbox. ``sent``: the mail server took it. ``failed``: it refused it.
    ``withheld``: not sent, for a reason that came up since. ``bounced``: a report came back. ``registered``: the school, or a
    school of this reader, is registered for that year.
    """

    letters: int = 0
    planned: int = 0
    leaving: int = 0
    sent: int = 0
    failed: int = 0
    withheld: int = 0
    bounced: int = 0
    visited: int = 0
    replied: int = 0
    registered: int = 0
    unsubscribed: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A mailing and what came of it; ``mailing_id`` None: the letters of a hub and year that were asked for. ``hub`` may be empty
    for these. ``state``: sending, paused (``why`` says why), done; or asked."""

    mailing_id: str | None
    hub: str
    year: int
    state: str
    why: str
    rate: int
    created_at: datetime | None
    came: Came


async def standings(
    session: AsyncSession, *, hub_id: str | None = None, year: int | None = None, mailing_id: str | None = None
) -> list[Standing]:
    """The mailings, the newest first, then what was asked for; each argument that is given narrows."""
    mail = _first_mails()
    group = (
        LetterRow.mailing_id, HubRow.name, LetterRow.year, MailingRow.state, MailingRow.why, MailingRow.rate,
        MailingRow.created_at,
    )  # fmt: skip
    wanted = (
        select(
            *group, func.count().label("letters"), *(_count(name, holds) for name, holds in _conditions(mail).items())
        )
        .select_from(LetterRow)
        .outerjoin(mail, mail.c.letter_id == LetterRow.id)
        .outerjoin(MailingRow, MailingRow.id == LetterRow.mailing_id)
        .outerjoin(CohortRow, CohortRow.id == LetterRow.cohort_id)
        .outerjoin(HubRow, HubRow.id == CohortRow.hub_id)
        .group_by(*group)
        .order_by(MailingRow.created_at.desc().nulls_last(), LetterRow.year.desc(), HubRow.name)
    )
    if hub_id is not None:
        wanted = wanted.where(HubRow.id == hub_id)
    if year is not None:
        wanted = wanted.where(LetterRow.year == year)
    if mailing_id is not None:
        wanted = wanted.where(LetterRow.mailing_id == mailing_id)
    return [_standing(row) for row in await session.execute(wanted)]


def in_all(standings: list[Standing]) -> Came:
    """What came of all of them together."""
    return Came(**{name: sum(getattr(each.came, name) for each in standings) for name in ("letters", *COUNTED)})


def _first_mails() -> Any:
    """The state of each letter's own mail, reminders apart."""
    kinds = ("letter", "letter_attached", "letter_asked")
    return select(OutboxRow.letter_id, OutboxRow.state).where(OutboxRow.kind.in_(kinds)).subquery()


def _conditions(mail: Any) -> dict[str, ColumnElement[bool]]:
    row = LetterRow
    conditions: dict[str, ColumnElement[bool]] = {
        "planned": row.state == "planned",
        "leaving": mail.c.state.in_(("queued", "in_flight", "waiting")),
        "sent": mail.c.state == "sent",
        "failed": mail.c.state == "failed",
        "withheld": (mail.c.state == "withheld") | (row.state == "dropped"),
        "bounced": row.bounced_at.is_not(None),
        "visited": row.visited_at.is_not(None),
        "replied": row.replied_at.is_not(None),
        "registered": of_letter(),
        "unsubscribed": row.stopped_at.is_not(None),
    }
    return {name: conditions[name] for name in COUNTED}


def _count(name: str, holds: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(case((holds, 1), else_=0)), 0), Integer).label(name)


def _standing(row: Any) -> Standing:
    return Standing(
        mailing_id=row.mailing_id,
        hub=row.name or "",
        year=row.year,
        state=row.state or "asked",
        why=row.why or "",
        rate=row.rate or 0,
        created_at=row.created_at,
        came=Came(letters=row.letters, **{name: getattr(row, name) for name in COUNTED}),
    )
