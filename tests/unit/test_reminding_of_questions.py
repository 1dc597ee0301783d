"""A question that waits too long: a reminder, and a working day later the office. Each once, in office hours."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.bell import Bell
from bot.housekeeping import remind_of_questions
from bot.london import LONDON
from bot.staff import audit
from bot.store.database import Database
from tests.questioning import ANN, CONVERSATION, HOURS, MAILED, NOW, OFFICE, House, a_house


@pytest.fixture
async def house(database: Database) -> House:
    return await a_house(database)


def at(text: str) -> datetime:
    """A moment by the clock in London."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


async def remind(house: House, now: datetime) -> tuple[int, int]:
    done = await remind_of_questions(house.database, HOURS, MAILED, now)
    return done.reminded, done.escalated


async def test_two_working_days_a_reminder_and_a_day_later_the_office(house: House) -> None:
    await house.talk("Is Gift Aid possible?")
    question = await house.ask(now=at("2026-11-26T15:00"), conversation_id=CONVERSATION)
    assert await remind(house, at("2026-11-30T14:59")) == (0, 0)
    assert await remind(house, at("2026-11-30T15:00")) == (1, 0)
    assert await remind(house, at("2026-12-01T14:59")) == (0, 0)
    assert await remind(house, at("2026-12-01T15:00")) == (0, 1)
    assert await remind(house, at("2026-12-02T15:00")) == (0, 0)
    [reminder], [office], [longer] = [
        await house.mails(f"question_{what}") for what in ("reminded", "escalated", "longer")
    ]
    assert (reminder.recipient, office.recipient, longer.recipient) == ("hal@hub.example", OFFICE, ANN)
    assert "since Thursday 26 November 2026, 3 pm" in reminder.text
    assert "the office, which will answer it now" in longer.text
    assert (await house.said())[-1] == ("assistant", (await house.said())[-1][1])
    assert "passed it to the office" in (await house.said())[-1][1]
    now = await house.question(question)
    assert (now.hub_id, now.escalated_at) == (house.hub_id, at("2026-12-01T15:00"))
    assert (await house.answer(question, by=house.office)).is_new
    async with house.database.reading() as session:
        entries = await audit.of_subject(session, ("question", question.id))
    assert [entry.action for entry in entries] == ["asked", "reminded", "passed to the office", "answered"]


@pytest.mark.parametrize(
    ("asked", "too_early", "due"),
    [
        pytest.param("2026-11-27T18:00", "2026-12-01T16:59", "2026-12-02T09:00", id="over the weekend"),
        pytest.param("2027-03-26T10:00", "2027-03-30T09:59", "2027-03-30T10:00", id="clocks go forward between"),
        pytest.param("2026-10-23T10:00", "2026-10-27T09:59", "2026-10-27T10:00", id="clocks go back between"),
    ],
)
async def test_working_days_are_counted_by_the_clock_in_london(
    house: House, asked: str, too_early: str, due: str
) -> None:
    await house.ask(now=at(asked))
    assert await remind(house, at(too_early)) == (0, 0)
    assert await remind(house, at(due)) == (1, 0)


async def test_outside_office_hours_nobody_is_reminded(house: House) -> None:
    await house.ask(now=at("2026-11-24T10:00"))
    assert await remind(house, at("2026-11-28T12:00")) == (0, 0)
    assert await remind(house, at("2026-11-30T09:00")) == (1, 0)


async def test_what_is_answered_or_closed_is_left_in_peace(house: House) -> None:
    await house.answer(await house.ask())
    reminded = await house.ask("And VAT?")
    assert await remind(house, at("2026-11-26T10:00")) == (1, 0)
    await house.answer(reminded)
    assert await remind(house, at("2026-11-27T10:00")) == (0, 0)


async def test_the_office_s_own_question_is_reminded_of_and_goes_no_further(house: House) -> None:
    await house.ask(hub_id=None)
    assert await remind(house, at("2026-11-26T10:00")) == (1, 0)
    assert await remind(house, at("2026-12-10T10:00")) == (0, 0)
    assert [mail.recipient for mail in await house.mails("question_reminded")] == [OFFICE]


async def test_several_services_remind_once_whatever_one_transaction_takes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.questions.reminding.AT_ONCE", 2)
    for n in range(5):
        await house.ask(f"Question {n}?")
    late = at("2026-11-26T10:00")
    done = await asyncio.gather(*(remind(house, late) for _ in range(4)))
    assert sum(reminded for reminded, _ in done) == len(await house.mails("question_reminded")) == 5


async def test_the_person_who_waits_in_the_open_conversation_is_told_there(house: House) -> None:
    await house.talk("Is Gift Aid possible?")
    await house.ask(conversation_id=CONVERSATION, email="")
    await remind(house, NOW + timedelta(days=2))
    bell = Bell()
    with bell.listening(CONVERSATION) as ear:
        await remind(house, NOW + timedelta(days=3))
        assert ear.is_set()
    assert await house.mails("question_longer") == []
