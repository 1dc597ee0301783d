"""Who is told what, by which mail, when something happens to a registration."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.notices import MailedNotices
from bot.registrations.notices import Notices
from bot.registrations.registration import Change, Registration
from bot.store.database import Database
from bot.store.tables import CohortRow, HubRow, LeaderRow, OutboxRow, RegistrationRow
from tests.a_registration import ANN, BO, EXAMPLE, HELD, NOW, OFFICE, PLACE, SCHEME, WAITS
from tests.html_reading import Reading
from tests.mails import rows


class Links:
    def href(self, registration_id: str, person_id: str) -> str:
        return f"https://assistant.tqm.example/r/{registration_id}.{person_id}"


NOTICES = MailedNotices(SCHEME, OFFICE, "https://assistant.tqm.example", Links())


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database in which the registration is."""
    database = Database(database_url)
    async with database.writing() as session:
        session.add(LeaderRow(id="l1", name="Jo Marsh", email="jo@riverside.example"))
        await session.flush()
        session.add(
            HubRow(
                id="h1",
                name="Riverside",
                leader_id="l1",
                postcode="LS21 1AB",
                easting=1,
                northing=1,
                is_example=False,
                created_at=NOW,
            )
        )
        await session.flush()
        session.add(CohortRow(id="c1", hub_id="h1", year=2026, capacity=10, taken=4, is_open=True, session_venue=""))
        await session.flush()
        session.add(
            RegistrationRow(
                id="r1",
                year=2026,
                school_key="100001",
                school_name="Fairview Primary School",
                school_town="Otley",
                school_postcode="LS21 1AA",
                by_hand=False,
                cohort_id="c1",
                state="interested",
                created_at=NOW,
                updated_at=NOW,
            )  # fmt: skip
        )
        await session.commit()
    yield database
    await database.close()


async def told(
    database: Database, what: str, registration: Registration, *more: Any, now: datetime = NOW
) -> dict[str, OutboxRow]:
    """Calls the notice ``what``; the mails in the outbox afterwards by kind."""
    async with database.writing() as session:
        await getattr(NOTICES, what)(session, registration, now, *more)
        await session.commit()
    return {f"{row.kind} → {row.recipient}": row for row in await rows(database)}


def test_the_notices_are_what_registrations_call() -> None:
    notices: Notices = NOTICES
    assert notices


@pytest.mark.parametrize(
    ("what", "registration", "mails"),
    [
        ("registered", HELD, ["registered → ann@fairview.example", "leader_registered → jo@riverside.example"]),
        (
            "registered",
            replace(HELD, by_hand=True, urn=None),
            ["registered → ann@fairview.example", "leader_registered → jo@riverside.example", f"office_by_hand → {OFFICE}"],
        ),
        ("waiting", WAITS, ["waiting → ann@fairview.example", f"office_waiting → {OFFICE}"]),
        ("waiting", replace(WAITS, place=None), ["waiting → ann@fairview.example", f"office_waiting → {OFFICE}"]),
        ("place_offered", replace(WAITS, offered_until=NOW), ["place_offered → ann@fairview.example"]),
        ("offer_lapsed", WAITS, ["offer_lapsed → ann@fairview.example"]),
        ("confirmed", HELD, ["confirmed → ann@fairview.example", "leader_confirmed → jo@riverside.example"]),
        ("confirmed", replace(HELD, history=(Change(NOW, "confirmed", "leader", ""),)), ["confirmed → ann@fairview.example"]),
        (
            "corrected",
            replace(HELD, contacts=(ANN, BO)),
            ["corrected → ann@fairview.example", "corrected → bo@fairview.example", "leader_corrected → jo@riverside.example"],
        ),
        ("withdrawn", HELD, ["withdrawn → ann@fairview.example", "leader_withdrawn → jo@riverside.example"]),
        ("withdrawn", WAITS, ["withdrawn → ann@fairview.example", f"office_withdrawn → {OFFICE}"]),
        ("withdrawn", replace(WAITS, place=None), ["withdrawn → ann@fairview.example", f"office_withdrawn → {OFFICE}"]),
    ],
)  # fmt: skip
async def test_everybody_who_should_hear_of_it_does(
    database: Database, what: str, registration: Registration, mails: list[str]
) -> None:
    assert list(await told(database, what, registration)) == mails


async def test_a_colleague_who_joins_learns_how_things_stand_and_the_others_who_it_is(
    database: Database,
) -> None:
    mails = await told(database, "joined", replace(HELD, contacts=(ANN, BO)), BO)
    assert list(mails) == [
        "joined → bo@fairview.example",
        "colleague_joined → ann@fairview.example",
        "leader_joined → jo@riverside.example",
    ]
    newcomer, first, leader = mails.values()
    assert "Ann" not in newcomer.text and "020 7946 0000" not in newcomer.text
    assert "Bo Oak" in first.text and "bo@fairview.example" in first.text
    assert "Bo Oak" in leader.text


async def test_the_school_learns_what_was_registered_and_the_leader_who_and_how_many_places_are_left(
    database: Database,
) -> None:
    school, leader = (await told(database, "registered", HELD)).values()
    for fact in (
        "Fairview Primary School, Otley, LS21 1AA", "2026/27", "Riverside hub", "Jo Marsh, jo@riverside.example",
        "Thursday 14 January 2027, 1 pm, Mill Centre", "Headteacher", "https://assistant.tqm.example/r/r1.ann",
    ):  # fmt: skip
        assert fact in school.text and fact in Reading(school.html).text
    for fact in (
        "Fairview Primary School, Otley, LS21 1AA",
        "Ann Lee",
        "Headteacher",
        "ann@fairview.example",
        "020 7946 0000",
        "6 places are left of 10",
    ):
        assert fact in leader.text and fact in Reading(leader.html).text
    assert leader.subject == "Fairview Primary School has registered: 6 places are left"
    assert "/r/" not in leader.text


async def test_an_answer_reaches_whoever_can_answer(database: Database) -> None:
    school, leader = (await told(database, "registered", HELD)).values()
    assert (school.reply_to, leader.reply_to) == ("jo@riverside.example", "ann@fairview.example")
    *_, without_hub, office = (await told(database, "waiting", replace(WAITS, place=None))).values()
    assert (without_hub.reply_to, office.reply_to) == (OFFICE, "ann@fairview.example")


async def test_an_example_hub_is_called_one_and_promises_nothing(database: Database) -> None:
    school, leader = (await told(database, "registered", replace(HELD, place=EXAMPLE))).values()
    assert "This hub is an example" in school.text and "This hub is an example" in leader.text
    assert "Riverside hub (an example)" in school.subject
    assert "will be in touch" not in school.text
    assert school.reply_to == OFFICE


async def test_whoever_waits_is_told_the_truth(database: Database) -> None:
    full, _ = (await told(database, "waiting", WAITS)).values()
    assert "Every place in the Riverside hub for the school year 2026/27 is taken" in full.text
    *_, far, _ = (await told(database, "waiting", replace(WAITS, place=None), now=NOW + timedelta(1))).values()
    assert "There is no hub near your school" in far.text
    assert all("a place is held" not in mail.text.lower() for mail in (full, far))


async def test_an_offer_says_until_when_by_the_clock_in_london(database: Database) -> None:
    summer = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)
    [offer] = (await told(database, "place_offered", replace(WAITS, offered_until=summer))).values()
    assert "until Thursday 1 July 2027, 12.30 am" in offer.text


async def test_the_calendar_comes_with_the_date_and_only_then(database: Database) -> None:
    with_date, leader = (await told(database, "registered", HELD)).values()
    assert [kept["filename"] for kept in with_date.attachments] == ["first-session.ics"]
    assert leader.attachments == []
    undated = replace(HELD, place=replace(PLACE, session_on=None))
    mails = await told(database, "registered", undated, now=NOW + timedelta(1))
    assert [row.attachments for row in mails.values()] == [[], []]
    assert "not yet fixed" in mails["registered → ann@fairview.example"].text


async def test_the_same_notice_of_the_same_moment_is_one_mail(database: Database) -> None:
    once = await told(database, "registered", HELD)
    assert len(await rows(database)) == len(once)
    await told(database, "registered", HELD)
    assert len(await rows(database)) == len(once)
