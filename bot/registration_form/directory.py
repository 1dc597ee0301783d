"""What the form looks up and hands over: schools, hubs, registrations. One transaction a call."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from bot import hubs
from bot.hubs import Nearby
from bot.registration_form.draft import Draft, DraftSchool
from bot.registrations import reading
from bot.registrations.application import Applicant, Application, ApplyingSchool
from bot.registrations.notices import Notices
from bot.registrations.registering import Registered, register
from bot.registrations.registration import Place, Registration
from bot.schools import search
from bot.schools.school import School
from bot.schools.search import Found
from bot.store.database import Database

_FARTHEST = 10_000  # miles: farther than any two places of the country are apart
_OFFERED = 5  # schools or hubs in one question: more is no choice but a list


class Directory(Protocol):
    """Each raises StoreUnavailable when the database is away."""

    async def find_schools(self, words: str) -> list[Found]: ...
    async def school(self, urn: int) -> School | None: ...
    async def successor(self, school: School) -> School | None: ...
    async def hubs_near(self, school: DraftSchool) -> list[Nearby]: ...
    async def open_hub(self, cohort_id: str, school: DraftSchool) -> Nearby | None: ...
    async def place(self, cohort_id: str) -> Place | None: ...
    async def registered(self, school: DraftSchool) -> Registration | None: ...
    async def register(self, draft: Draft, hub: str | None, consent: str, conversation_id: str) -> Registered: ...


class DatabaseDirectory:
    """The directory of a database; ``miles`` is how far a hub may be."""

    def __init__(
        self,
        database: Database,
        notices: Notices,
        miles: int,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._notices = notices
        self._miles = miles
        self._clock = clock

    async def find_schools(self, words: str) -> list[Found]:
        """The schools that ``words`` may mean, best first."""
        async with self._database.reading() as session:
            return await search.find(session, words, _OFFERED)

    async def school(self, urn: int) -> School | None:
        """The school with this number."""
        async with self._database.reading() as session:
            return await search.by_urn(session, urn)

    async def successor(self, school: School) -> School | None:
        """The open school that took the place of a closed one."""
        async with self._database.reading() as session:
            return await search.successor_of(session, school)

    async def hubs_near(self, school: DraftSchool) -> list[Nearby]:
        """The open hubs of this school year near the school, nearest first; all of them where it is not known where it is."""
        return (await self._open_hubs(school, self._miles))[:_OFFERED]

    async def open_hub(self, cohort_id: str, school: DraftSchool) -> Nearby | None:
        """The hub of this cohort, however far from the school it is; None where it is not open in this school year."""
        everywhere = await self._open_hubs(school, _FARTHEST)
        return next((hub for hub in everywhere if hub.place.cohort_id == cohort_id), None)

    async def place(self, cohort_id: str) -> Place | None:
        """A hub's cohort as it is now."""
        async with self._database.reading() as session:
            return await hubs.place_of(session, cohort_id)

    async def registered(self, school: DraftSchool) -> Registration | None:
        """The school's registration of this school year, if there is one."""
        async with self._database.reading() as session:
            return await reading.of_school(session, reading.school_key(_applying(school)), self._year)

    async def register(self, draft: Draft, hub: str | None, consent: str, conversation_id: str) -> Registered:
        """Registers the finished draft; ``hub`` is a cohort's id or None where the school can only wait."""
        application = Application(
            school=_applying(draft.known_school),
            applicant=Applicant(draft.name or "", draft.role or "", draft.email or "", draft.phone or ""),
            consent=consent,
            year=self._year,
            cohort_id=hub,
            conversation_id=conversation_id,
        )
        async with self._database.writing() as session:
            registered = await register(session, application, self._clock(), self._notices)
            await session.commit()
        return registered

    async def _open_hubs(self, school: DraftSchool, miles: int) -> list[Nearby]:
        async with self._database.reading() as session:
            known = await search.by_urn(session, school.urn) if school.urn else None
            easting, northing = (known.easting, known.northing) if known else (None, None)
            return await hubs.nearest(session, easting, northing, self._year, miles)

    @property
    def _year(self) -> int:
        return hubs.school_year(self._clock().date())


def _applying(school: DraftSchool) -> ApplyingSchool:
    return ApplyingSchool(name=school.name, town=school.town, postcode=school.postcode, urn=school.urn)
