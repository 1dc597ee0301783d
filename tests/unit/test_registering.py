"""A school is registered: it gets a place, a place on the waiting list, or is recognised."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.registrations.application import Applicant, ApplyingSchool
from bot.registrations.reading import listed, of_school, registration, school_key
from bot.store.database import Database
from bot.store.tables import ConsentRow, PersonRow, RegistrationEventRow, RegistrationRow, SchoolRow
from tests.registering import CONSENT, NOW, YEAR, Told, application, held, new_hub, register, taken


@pytest.fixture
async def cohort(database: Database) -> str:
    """A cohort with two places."""
    async with database.writing() as session:
        cohort_id = await new_hub(session)
        await session.commit()
    return cohort_id


async def count(database: Database, table: Any) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_school_gets_a_place_and_everything_is_kept(database: Database, cohort: str) -> None:
    told = Told()
    wanted = application(
        "Fairview Primary",
        cohort,
        applicant=Applicant("Ann Lee", "Headteacher", "Ann@Fairview.Example", "020 7946 0000"),
        conversation_id="c-1",
    )
    registered = await register(database, wanted, told)
    got = registered.registration
    assert (registered.outcome, got.state, told.notes) == ("held", "interested", [("registered", "Fairview Primary")])
    assert got.place is not None
    assert (got.place.cohort_id, got.place.hub_name, got.place.leader_name) == (cohort, "Northfield", "Rosa Lind")
    assert (got.place.taken, got.place.left) == (1, 1)
    assert [(person.name, person.email, person.phone) for person in got.contacts] == [
        ("Ann Lee", "ann@fairview.example", "020 7946 0000")
    ]
    assert [(change.at, change.state, change.by) for change in got.history] == [(NOW, "interested", "applicant")]
    assert (got.by_hand, got.created_at, got.year) == (True, NOW, YEAR)
    async with database.reading() as session:
        assert await registration(session, got.id) == got
        assert (await session.execute(select(ConsentRow.wording, ConsentRow.given_at))).one() == (CONSENT, NOW)
        assert await session.scalar(select(RegistrationRow.conversation_id)) == "c-1"


async def test_when_no_place_is_left_the_school_waits(database: Database, cohort: str) -> None:
    for n in range(2):
        await register(database, application(f"School {n}", cohort, email=f"{n}@x.example"))
    told = Told()
    third = await register(database, application("School 3", cohort, email="3@x.example"), told)
    assert (third.outcome, third.registration.state) == ("waiting", "waiting")
    assert third.registration.place is not None
    assert (third.registration.place.left, told.notes) == (0, [("waiting", "School 3")])
    assert await taken(database, cohort) == await held(database, cohort) == 2


async def test_a_closed_cohort_gives_no_place(database: Database) -> None:
    async with database.writing() as session:
        closed = await new_hub(session, is_open=False)
        await session.commit()
    assert (await register(database, application(cohort_id=closed))).outcome == "waiting"
    assert await taken(database, closed) == 0


async def test_without_a_hub_near_the_school_waits_without_a_place(database: Database) -> None:
    registered = await register(database, application(cohort_id=None))
    assert (registered.outcome, registered.registration.place) == ("waiting", None)


async def test_the_same_person_again_changes_nothing(database: Database, cohort: str) -> None:
    told = Told()
    first = await register(database, application(cohort_id=cohort))
    again = await register(
        database, application(cohort_id=cohort, email=" ANN@fairview.example"), told, NOW + timedelta(days=1)
    )
    assert again.outcome == "already"
    assert (again.registration, told.notes) == (first.registration, [])
    assert [await count(database, table) for table in (PersonRow, ConsentRow, RegistrationEventRow)] == [1, 1, 1]


async def test_another_person_joins_what_is_there(database: Database, cohort: str) -> None:
    told = Told()
    first = await register(database, application(cohort_id=cohort))
    second = await register(database, application(cohort_id=cohort, email="bo@fairview.example"), told)
    assert (second.outcome, second.registration.id) == ("joined", first.registration.id)
    assert [person.email for person in second.registration.contacts] == ["ann@fairview.example", "bo@fairview.example"]
    assert told.notes == [("joined", "bo@fairview.example")]
    assert await count(database, ConsentRow) == 2
    assert await taken(database, cohort) == await held(database, cohort) == 1


async def test_another_persons_email_changes_nothing_of_theirs(database: Database, cohort: str) -> None:
    await register(database, application("Fairview Primary", cohort))
    stranger = Applicant("Not Ann", "Caretaker", "ann@fairview.example", "020 7946 0999")
    second = await register(database, application("Hillside Primary", cohort, applicant=stranger))
    (person,) = second.registration.contacts
    assert (person.name, person.role) == ("Ann Lee", "Headteacher")
    assert person.phone == "020 7946 0999", "what was missing is filled in"
    third = await register(
        database, application("Brookside Primary", cohort, applicant=replace(stranger, phone="020 7946 0111"))
    )
    assert third.registration.contacts[0].phone == "020 7946 0999"


async def test_a_school_of_the_register_is_known_by_its_number(database: Database, cohort: str) -> None:
    await add_school(database, 100001)
    as_found = ApplyingSchool("St Mary's CofE Primary School", "Barnham", "XX2 3BB", 100001)
    first = await register(database, application(school=as_found, cohort_id=cohort))
    other_spelling = replace(as_found, name="Saint Marys", postcode="")
    second = await register(database, application(school=other_spelling, cohort_id=cohort, email="bo@x.example"))
    assert (second.outcome, second.registration.id, second.registration.by_hand) == (
        "joined",
        first.registration.id,
        False,
    )
    async with database.reading() as session:
        assert await of_school(session, school_key(as_found), YEAR) == second.registration
        assert await of_school(session, school_key(as_found), YEAR + 1) is None


async def test_a_number_that_the_register_does_not_have_is_refused(database: Database, cohort: str) -> None:
    unknown = ApplyingSchool("Nowhere Primary", "Barnham", "XX2 3BB", 999999)
    with pytest.raises(IntegrityError):
        await register(database, application(school=unknown, cohort_id=cohort))
    assert await taken(database, cohort) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. Mary's C of E Primary School", "Saint Marys Church of England School"),
        ("Ysgol Llanfair-yng-Nghornwy", "ysgol llanfair yng nghornwy"),
        ("Ste Thérèse R.C. School", "STE THERESE Catholic Primary"),
        ("The Bishop & King Academy", "Bishop and King"),
    ],
)
def test_spellings_of_one_school_by_hand_are_one_school(one: str, other: str) -> None:
    assert school_key(ApplyingSchool(one, "Barnham", "XX2 3BB", None)) == school_key(
        ApplyingSchool(other, "elsewhere", "xx23bb", None)
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Fairview Infant School", "XX2 3BB"), ("Fairview Junior School", "XX2 3BB")),
        (("Fairview Primary", "XX2 3BB"), ("Fairview Primary", "XX2 3BC")),
        (("Primary School", "XX2 3BB"), ("Fairview", "XX2 3BB")),
    ],
)
def test_different_schools_stay_different(one: tuple[str, str], other: tuple[str, str]) -> None:
    keys = {school_key(ApplyingSchool(name, "Barnham", postcode, None)) for name, postcode in (one, other)}
    assert len(keys) == 2


async def test_a_school_may_come_back_after_withdrawing_and_in_another_year(database: Database, cohort: str) -> None:
    from bot.registrations.changing import withdraw

    first = await register(database, application(cohort_id=cohort))
    async with database.writing() as session:
        await withdraw(session, first.registration.id, "applicant", "no time", NOW, Told(), offer_days=7)
        next_year = await new_hub(session, "Northfield again", year=YEAR + 1)
        await session.commit()
    back = await register(database, application(cohort_id=cohort))
    later = await register(database, application(cohort_id=next_year, year=YEAR + 1))
    assert (back.outcome, later.outcome) == ("held", "held")
    assert len({first.registration.id, back.registration.id, later.registration.id}) == 3


async def test_a_school_that_waits_gets_the_place_that_it_asks_for_later(database: Database, cohort: str) -> None:
    told = Told()
    waiting = await register(database, application(cohort_id=None), told)
    held_now = await register(database, application(cohort_id=cohort), told)
    assert (held_now.outcome, held_now.registration.id) == ("held", waiting.registration.id)
    assert (held_now.registration.state, await taken(database, cohort)) == ("interested", 1)
    assert [kind for kind, _ in told.notes] == ["waiting", "registered"]


@pytest.mark.parametrize("which", ["unknown", "of another year"])
async def test_a_cohort_that_does_not_fit_is_refused(database: Database, cohort: str, which: str) -> None:
    wanted = application(cohort_id="none") if which == "unknown" else application(cohort_id=cohort, year=YEAR + 1)
    with pytest.raises(ValueError, match="no cohort"):
        await register(database, wanted)
    assert await count(database, RegistrationRow) == 0


async def test_what_goes_wrong_later_takes_the_place_back(database: Database, cohort: str) -> None:
    class Failing(Told):
        async def registered(self, *_: object) -> None:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await register(database, application(cohort_id=cohort), Failing())
    assert await taken(database, cohort) == await held(database, cohort) == 0
    assert [await count(database, table) for table in (RegistrationRow, PersonRow)] == [0, 0]


@pytest.mark.parametrize(
    ("field", "wrong"), [("name", "  "), ("name", "x" * 101), ("role", ""), ("email", "x" * 255), ("phone", "0" * 31)]
)
def test_what_has_no_room_is_refused_before_it_reaches_a_database(field: str, wrong: str) -> None:
    details = {"name": "Ann Lee", "role": "Headteacher", "email": "ann@fairview.example", "phone": ""}
    with pytest.raises(ValueError, match=f"The {field} has {len(wrong)} characters"):
        Applicant(**(details | {field: wrong}))


async def test_the_list_can_be_narrowed(database: Database, cohort: str) -> None:
    await add_school(database, 100001)
    in_register = ApplyingSchool("Hillside Primary", "Barnham", "XX2 3BB", 100001)
    await register(database, application("Fairview Primary", cohort), now=NOW)
    await register(database, application(school=in_register, cohort_id=cohort), now=NOW + timedelta(minutes=1))
    await register(database, application("Brookside Primary", None), now=NOW + timedelta(minutes=2))
    async with database.reading() as session:

        async def names(**narrowed: Any) -> list[str]:
            wanted = {"hub": None, "state": None, "year": None} | narrowed
            return [found.school_name.split()[0] for found in await listed(session, **wanted)]

        assert await names() == ["Fairview", "Hillside", "Brookside"]
        assert await names(hub="Northfield") == ["Fairview", "Hillside"]
        assert await names(state="waiting") == ["Brookside"]
        assert await names(year=YEAR + 1) == []
        assert await names(by_hand=True) == ["Fairview", "Brookside"]


async def add_school(database: Database, urn: int) -> None:
    texts = ("street", "locality", "county", "phase", "type")
    async with database.writing() as session:
        row = {"urn": urn, "name": "School", "town": "Barnham", "postcode": "XX2 3BB", "la": "Barnham"}
        row |= dict.fromkeys(texts, "") | {"status": "open", "teaches_primary": True}
        await session.execute(insert(SchoolRow).values(**row))
        await session.commit()
