"""Who of a file gets the letter, who does not, and why; and what a hub needs before it may write."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from bot.hubs.problems import HubProblem
from bot.letters.mailing.area import metres, middle, schools_within, to_complete
from bot.letters.mailing.planning import Round, plan
from bot.letters.mailing.recipients import Recipient, RecipientsRefused, read_recipients
from bot.letters.mailing.status import in_all, standings
from bot.letters.opening import open_forms
from bot.letters.problems import LetterProblem
from bot.letters.suppression import Suppression
from bot.registrations.application import ApplyingSchool
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tables import CohortRow, HubLetterRow, HubRow, LetterRow
from tests.mailings import NOW, SUPPRESSION, TODAY, FewWords, a_ready_mailing, begun, people, planned, ready_hub
from tests.registering import application, register
from tests.school_register import import_path, school, write_register


@pytest.fixture
async def cohort_id(database: Database) -> str:
    async with database.writing() as session:
        cohort_id = await ready_hub(session)
        await session.commit()
    return cohort_id


async def write(database: Database, statement: Any) -> None:
    async with database.writing() as session:
        await session.execute(statement)
        await session.commit()


async def why_left_out(database: Database, cohort_id: str, *recipients: Recipient, **chosen: Any) -> list[str]:
    return [each.why for each in (await planned(database, cohort_id, recipients, **chosen)).left_out]


async def test_whoever_can_be_written_to_is(database: Database, cohort_id: str) -> None:
    made = await planned(database, cohort_id, people(3))
    assert made.recipients == tuple(people(3))
    assert made.left_out == ()
    assert (made.place.hub_name, made.is_open) == ("Northfield", True)


async def test_each_reason_to_leave_somebody_out_is_told_apart(
    database: Database, database_url: str, cohort_id: str, tmp_path: Path
) -> None:
    register_file = write_register(
        tmp_path / "register.csv", school(100001, "Old Primary", status="closed"), school(100002, "Elm Primary")
    )
    await import_path(database_url, register_file)
    await begun(database, cohort_id, people(1))
    async with database.writing() as session:
        await SUPPRESSION.add(session, "head1@school1.example", "bounced", NOW)
        await session.commit()
    await register(database, application("School 2", email="head2@school2.example"))
    await register(database, application(ApplyingSchool("Elm Primary", "", "", 100002), email="x@y.example"))
    had, stopped, registered, fresh = people(4)
    same_school = Recipient(20, "deputy@elm.example", "", 100002, None)
    closed = Recipient(21, "head@old.example", "", 100001, None)
    nobody = replace(fresh, line=22, email="")
    reserved = Recipient(23, "head@example.org", "", None, None)
    everybody = (had, stopped, registered, fresh, replace(fresh, line=19), same_school, closed, nobody, reserved)
    assert await why_left_out(database, cohort_id, *everybody) == [
        "had", "suppressed", "registered", "twice", "registered", "school_closed", "no_address", "example"
    ]  # fmt: skip
    assert await why_left_out(database, cohort_id, reserved, reaches_people=False) == []
    assert await why_left_out(database, cohort_id, had, fresh, urns={100002}) == ["elsewhere", "elsewhere"]


async def test_last_years_letter_and_a_withdrawn_registration_keep_nobody_out(
    database: Database, cohort_id: str
) -> None:
    await begun(database, cohort_id, people(1))
    await write(database, update(LetterRow).values(year=2025))
    assert await why_left_out(database, cohort_id, *people(1)) == []


async def test_a_urn_fills_in_the_school_as_the_register_has_it(
    database: Database, database_url: str, cohort_id: str, tmp_path: Path
) -> None:
    row = school(100002, "Elm Primary", Street="1 Elm Row", Locality="Upper End", town="Otley", postcode="LS21 1AA")
    await import_path(database_url, write_register(tmp_path / "register.csv", row))
    recipients = read_recipients(b"email,urn,school\nann@elm.sch.uk,100002,The Elms\n")
    (ann,) = (await planned(database, cohort_id, recipients)).recipients
    assert ann.school
    assert (ann.school.name, ann.school.address, ann.school.postcode) == (
        "Elm Primary", ("1 Elm Row", "Upper End"), "LS21 1AA"
    )  # fmt: skip


async def test_a_urn_that_no_school_has_is_named_with_its_line(database: Database, cohort_id: str) -> None:
    with pytest.raises(RecipientsRefused, match="line 5: the register has no school with the URN 999999"):
        await planned(database, cohort_id, [Recipient(5, "a@b.sch.uk", "", 999999, None)])


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (update(CohortRow).values(session_on=None), "first session"),
        (update(CohortRow).values(session_on=TODAY.replace(year=2025)), "first session"),
        (delete(HubLetterRow), "sender's address"),
        (update(HubLetterRow).values(wording="# Hello\n\nDear {nobody},\n"), "nobody"),
        (update(HubRow).values(is_example=True), "is an example and writes to nobody"),
    ],
)
async def test_a_hub_that_may_not_write_yet_is_told_what_it_needs(
    database: Database, cohort_id: str, statement: Any, why: str
) -> None:
    await write(database, statement)
    with pytest.raises(LetterProblem, match=why) as problem:
        async with database.reading() as session:
            await plan(session, Round(cohort_id, TODAY, True), people(1), open_forms(Settings()), SUPPRESSION)
    assert "\n" not in str(problem.value)


async def test_a_suppression_list_of_another_key_is_said_before_anything_is_planned(
    database: Database, cohort_id: str
) -> None:
    async with database.writing() as session:
        await Suppression("the key before this one, long enough").add(session, "x@y.example", "erased", NOW)
        await session.commit()
    with pytest.raises(LetterProblem, match="PSQM_SECRET_KEY"):
        await planned(database, cohort_id, people(1))


async def test_what_keeps_a_letter_from_being_composed_is_said_before_anything_is_written(
    database: Database, cohort_id: str
) -> None:
    with pytest.raises(LetterProblem, match="no wording"):
        await planned(database, cohort_id, people(1), forms=FewWords(wrong="there is no wording"))


async def test_an_area_is_the_open_primary_schools_around_a_hub_or_postcode(
    database: Database, database_url: str, cohort_id: str, tmp_path: Path
) -> None:
    await import_path(
        database_url,
        write_register(
            tmp_path / "register.csv",
            school(100002, "Far", Easting="509000", Northing="200000"),
            school(100001, "Near", Easting="500000", Northing="200900", postcode="LS21 1AA"),
            school(100003, "At the corner", Easting="507500", Northing="207500"),
            school(100004, "Closing", status="closing", Easting="500000", Northing="201000"),
            school(100005, "Closed", status="closed", Easting="500000", Northing="200000"),
            school(100006, "Not yet", status="proposed", Easting="500000", Northing="200000"),
            school(100007, "Big", phase="Secondary", Easting="500000", Northing="200000"),
            school(100008, "Nowhere"),
        ),
    )
    async with database.reading() as session:
        assert await middle(session, "northfield") == (500_000, 200_000)
        assert await middle(session, "ls211aa") == (500_000, 200_900)
        with pytest.raises(HubProblem, match="no hub named"):
            await middle(session, "Southfield")
        with pytest.raises(LetterProblem, match="near TR21 0AA: name a hub or another postcode"):
            await middle(session, "tr210aa")
        found = await schools_within(session, 500_000, 200_000, metres("10 km"))
    assert [each.name for each in found] == ["Near", "Closing", "Far"]
    assert [each.urn for each in read_recipients(to_complete(found))] == [100001, 100004, 100002]


@pytest.mark.parametrize(
    ("said", "far"), [("15km", 15_000), ("1.5 KM", 1500), ("10miles", 16_093.44), ("1 mi", 1609.344)]
)
def test_a_distance_is_said_in_kilometres_or_miles(said: str, far: float) -> None:
    assert metres(said) == pytest.approx(far)


@pytest.mark.parametrize("said", ["", "15", "km", "0km", "-5km", "1000km", "15 m", "fifteen km"])
def test_what_is_no_distance_is_refused(said: str) -> None:
    with pytest.raises(LetterProblem):
        metres(said)


async def test_the_standing_counts_what_came_of_letters(database: Database) -> None:
    mailing = await a_ready_mailing(database, 6)
    moments = {"visited_at": 0, "replied_at": 1, "bounced_at": 2, "stopped_at": 3}
    for column, n in moments.items():
        await write(
            database, update(LetterRow).where(LetterRow.email == f"head{n}@school{n}.example").values(**{column: NOW})
        )
    await register(database, application("School 4", email="head4@school4.example"))
    async with database.reading() as session:
        (standing,) = await standings(session, year=2026)
        assert await standings(session, year=2025) == []
        assert await standings(session, mailing_id=mailing.mailing_id) == [standing]
    came = standing.came
    assert (standing.hub, standing.state, standing.rate) == ("Northfield", "sending", 6000)
    assert (came.letters, came.planned, came.sent) == (6, 6, 0)
    assert (came.visited, came.replied, came.bounced, came.unsubscribed, came.registered) == (1, 1, 1, 1, 1)
    assert in_all([standing, standing]).letters == 12
