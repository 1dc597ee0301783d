"""The letter's funnel: of those that were planned, how many left, were opened, answered, and led to a registration."""

from collections import Counter
from dataclasses import dataclass, fields

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.figures.questions import is_of_hubs
from bot.letters.mailing.status import Came, Standing, in_all, standings
from bot.staff.member import Member
from bot.store.tables import HubRow, LetterRow

ONE_AT_A_TIME = "one at a time"
"""The state of a row that stands for mailings of one letter, together."""


@dataclass(frozen=True, slots=True)
class Funnel:
    """``mailings``: the newest first; those of one letter are one row a hub and year. ``years``: those that letters were of."""

    year: int | None
    years: tuple[int, ...]
    mailings: tuple[Standing, ...]
    came: Came


async def funnel(session: AsyncSession, member: Member, year: int | None = None) -> Funnel:
    """The letters of a leader's hubs, or all; of one school year where it is given."""
    years = await session.scalars(select(LetterRow.year).group_by(LetterRow.year).order_by(LetterRow.year.desc()))
    if member.is_office:
        found = await standings(session, year=year)
    else:
        found = [
            each for hub_id in sorted(member.hub_ids) for each in await standings(session, hub_id=hub_id, year=year)
        ]
    together = _together(found)
    return Funnel(year, tuple(years), tuple(together), in_all(found))


async def hubs(session: AsyncSession, member: Member) -> list[tuple[str, str]]:
    """Ids and names of the hubs whose letter the member may send, by name."""
    row = HubRow
    found = await session.execute(
        select(row.id, row.name).where(*is_of_hubs(member, row.id)).order_by(func.lower(row.name))
    )
    return [(hub.id, hub.name) for hub in found]


async def all_hubs(session: AsyncSession) -> list[tuple[str, str]]:
    """Ids and names of all hubs, by name: to whom a question may be passed on."""
    found = await session.execute(select(HubRow.id, HubRow.name).order_by(func.lower(HubRow.name)))
    return [(hub.id, hub.name) for hub in found]


def _together(found: list[Standing]) -> list[Standing]:
    """The mailings, those of one letter joined: a leader who writes to forty schools one by one has no forty mailings."""
    whole = [each for each in found if each.mailing_id is None or each.came.letters > 1]
    single: dict[tuple[str, int], Counter[str]] = {}
    for each in found:
        if each.mailing_id is not None and each.came.letters == 1:
            counts = single.setdefault((each.hub, each.year), Counter())
            counts.update({field.name: getattr(each.came, field.name) for field in fields(Came)})
    joined = [
        Standing(None, hub, year, ONE_AT_A_TIME, "", 0, None, Came(**counts)) for (hub, year), counts in single.items()
    ]
    return [*whole, *joined]
