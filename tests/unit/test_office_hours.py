"""When a person is there, and by when they answer: on weekdays, by the clock in London, whatever is done to that clock."""

from datetime import UTC, datetime

import pytest

from bot.london import LONDON
from bot.questions.hours import OfficeHours
from bot.settings import SettingsError

HOURS = OfficeHours.parse("09:00-17:00")


def at(text: str) -> datetime:
    """A moment by the clock in London, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        pytest.param("2026-11-24T10:00", "2026-11-26T10:00", id="two days later at the same time"),
        pytest.param("2026-11-26T16:59", "2026-11-30T16:59", id="over the weekend"),
        pytest.param("2026-11-27T17:00", "2026-12-02T09:00", id="Friday evening counts from Monday morning"),
        pytest.param("2026-11-28T12:00", "2026-12-02T09:00", id="so does Saturday"),
        pytest.param("2026-11-24T08:00", "2026-11-26T09:00", id="before the office opens"),
        pytest.param("2027-03-26T10:00", "2027-03-30T10:00", id="clocks go forward on the weekend between"),
        pytest.param("2026-10-23T10:00", "2026-10-27T10:00", id="clocks go back on the weekend between"),
        pytest.param("2026-12-31T10:00", "2027-01-04T10:00", id="into the next year"),
    ],
)
def test_an_answer_is_due_two_working_days_later(asked: str, due: str) -> None:
    assert HOURS.due(at(asked), 2) == at(due)


@pytest.mark.parametrize(
    ("now", "is_on"),
    [
        ("2026-11-24T09:00", True),
        ("2026-11-24T16:59", True),
        ("2026-11-24T17:00", False),
        ("2026-11-24T08:59", False),
        ("2026-11-28T12:00", False),
        ("2026-06-30T09:00", True),
    ],
)
def test_somebody_is_there_in_office_hours_by_the_clock_in_london(now: str, is_on: bool) -> None:
    assert HOURS.are_on(at(now)) is is_on
    assert (HOURS.opens_at(at(now)) == at(now)) is is_on


def test_what_is_said_is_honest_about_when_somebody_is_back() -> None:
    there = HOURS.expectation(at("2026-11-24T10:00"), 2)
    away = HOURS.expectation(at("2026-11-27T18:00"), 2)
    assert there == "You can expect an answer by Thursday 26 November at the latest."
    assert "Nobody is there just now: they are back on Monday 30 November at 9 am." in away
    assert away.endswith("by Wednesday 2 December at the latest.")


@pytest.mark.parametrize("text", ["", "9-17", "17:00-09:00", "09:00-25:00", "09:60-17:00", "09:00-17:00 daily"])
def test_hours_that_are_none_say_how_to_write_them(text: str) -> None:
    with pytest.raises(SettingsError, match="PSQM_OFFICE_HOURS is not usable .*write 09:00-17:00"):
        OfficeHours.parse(text)
