"""Which registration or hub of a member's words name: "confirm Fairview" needs no number."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.staff.member import Member
from bot.store.tables import CohortRow, RegistrationRow

MOST = 5  # to choose from: more is no choice but a list
_WORD = re.compile(r"[^\W_]+")
# In so many schools' names, and in what people say of them, that they tell none from another.
_COMMON = frozenset({
    *("a", "an", "and", "at", "for", "from", "in", "is", "it", "my", "of", "on", "our", "please", "the", "to", "us", "with"),
    *("academy", "c", "catholic", "ce", "church", "cofe", "community", "county", "e", "infant", "infants", "join", "junior"),
    *("juniors", "mixed", "nursery", "primary", "rc", "school", "schools", "st", "voluntary"),
    *("confirm", "first", "hub", "latest", "letter", "newest", "one", "place", "registration", "session", "withdraw"),
})  # fmt: skip
_NEWEST = re.compile(r"\b(?:newest|latest|last|most recent)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """A registration, as far as it takes to tell it from others."""

    id: str
    school: str
    town: str
    state: str


async def registrations_named(session: AsyncSession, member: Member, text: str, year: int) -> list[Named]:
    """The member's registrations of a school year that ``text`` may mean, ``MOST`` at most; none where it names none."""
    row = RegistrationRow
    wanted = (
        select(row.id, row.school_name, row.school_town, row.state)
        .outerjoin(CohortRow, CohortRow.id == row.cohort_id)
        .where(row.year == year)
        .order_by(row.created_at.desc(), row.id)
    )
    if not member.is_office:
        wanted = wanted.where(CohortRow.hub_id.in_(member.hub_ids))
    known = [Named(*found) for found in await session.execute(wanted)]
    if _NEWEST.search(text):
        return known[:1]
    found = best(text, ((one, f"{one.school}", one.town) for one in known))
    standing = [one for one in found if one.state != "withdrawn"]
    return (standing or found)[:MOST]


def best[Thing](text: str, things: Iterable[tuple[Thing, str, str]]) -> list[Thing]:
    """Of ``things`` (each with its name, and more that may be said of it), those that fit best; none where no name does."""
    said = words(text)
    scored: list[tuple[float, Thing]] = []
    for thing, name, more in things:
        own = words(name)
        telling = own - _COMMON or own
        if not telling & said:
            continue
        scored.append(
            (len(telling & said) / len(telling) + 0.1 * len(own & said) + 0.05 * len(words(more) & said), thing)
        )
    highest = max((score for score, _ in scored), default=0.0)
    return [thing for score, thing in scored if score >= highest - 1e-9]


def words(text: str) -> frozenset[str]:
    """The words of ``text``, in small letters and without apostrophes."""
    return frozenset(_WORD.findall(text.casefold().replace("'", "").replace("’", "")))
