"""What `psqm hubs set` changes, in one transaction."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands.errors import UsageProblem
from bot.commands.notices import notices
from bot.hubs import changing, entry
from bot.hubs.adding import add_cohort
from bot.registrations.offering import offer_places
from bot.registrations.rows import lock_cohort
from bot.settings import Settings

NO_DATE = "none"


@dataclass(frozen=True)
class Changes:
    """What to change; what is empty or None stays as it is. ``session_on`` may be "none"."""

    rename: str
    leader: str
    new_year: bool
    capacity: int | None
    is_open: bool | None
    session_on: str
    session_at: str
    session_venue: str

    @property
    def concern_a_year(self) -> bool:
        """Whether anything of one year's places changes."""
        session = self.session_on or self.session_at or self.session_venue
        return bool(self.new_year or self.capacity is not None or self.is_open is not None or session)


async def change(
    session: AsyncSession, settings: Settings, name: str, year: int, changes: Changes, usual_capacity: int
) -> int:
    """Changes the hub; returns how many places were offered to schools that wait. Raises HubProblem, UsageProblem."""
    hub_id = await changing.hub_named(session, name)
    if not (changes.rename or changes.leader or changes.concern_a_year):
        raise UsageProblem("say what to change: psqm hubs set --help lists it")
    if changes.rename:
        await changing.rename(session, hub_id, changes.rename)
    if changes.leader:
        await changing.give_leader(session, hub_id, changes.leader)
    if not changes.concern_a_year:
        return 0
    if changes.new_year:
        cohort_id = await add_cohort(session, hub_id, year=year, capacity=changes.capacity or usual_capacity)
    else:
        cohort_id = await changing.cohort_of(session, hub_id, year)
    await lock_cohort(session, cohort_id)
    return await _change_places(session, settings, cohort_id, changes)


async def _change_places(session: AsyncSession, settings: Settings, cohort_id: str, changes: Changes) -> int:
    if changes.capacity is not None:
        await changing.set_capacity(session, cohort_id, changes.capacity)
    if changes.is_open is not None:
        await changing.set_open(session, cohort_id, changes.is_open)
    now_fixed = await changing.first_session(session, cohort_id)
    fixed = _first_session(changes, now_fixed)
    if fixed != now_fixed:
        await changing.set_first_session(session, cohort_id, fixed)
    now = datetime.now(UTC)
    return await offer_places(session, cohort_id, now, notices(settings), offer_days=settings.offer_days)


def _first_session(changes: Changes, fixed: changing.Session) -> changing.Session:
    if changes.session_on == NO_DATE:
        return changing.Session(None, None, "")
    given = entry.read_session(changes.session_on, changes.session_at, changes.session_venue)
    return changing.Session(
        given.session_on or fixed.on, given.session_at or fixed.at, given.session_venue or fixed.venue
    )
