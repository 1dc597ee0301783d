"""The hours in which letters leave: those of the clock on the wall, on the nights on which it is changed too."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.letters.mailing.hours import LetterHours
from bot.settings import SettingsError

USUAL = LetterHours.parse("08:00-18:00")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("now", "are_on"),
    [
        (utc(2026, 11, 24, 7, 59), False),
        (utc(2026, 11, 24, 8, 0), True),
        (utc(2026, 11, 24, 17, 59, 59), True),
        (utc(2026, 11, 24, 18, 0), False),
        (utc(2026, 7, 1, 7, 0), True),  # British Summer Time: 8 o'clock
        (utc(2026, 7, 1, 17, 0), False),
        (utc(2026, 11, 21, 12, 0), False),  # Saturday
        (utc(2026, 11, 22, 12, 0), False),
    ],
)
def test_letters_leave_by_day_on_weekdays_as_clocks_in_london_show(now: datetime, are_on: bool) -> None:
    assert USUAL.are_on(now) is are_on


def test_the_next_hours_after_friday_evening_begin_on_monday() -> None:
    assert USUAL.next(utc(2026, 11, 20, 18, 0)) == utc(2026, 11, 23, 8, 0)
    assert USUAL.next(utc(2026, 11, 23, 9, 30, 5)) == utc(2026, 11, 23, 9, 30, 5)


def test_the_weekend_on_which_clocks_change_moves_the_beginning_with_them() -> None:
    assert USUAL.next(utc(2026, 3, 27, 19)) == utc(2026, 3, 30, 7, 0)  # forward, on the 29th
    assert USUAL.next(utc(2026, 10, 23, 19)) == utc(2026, 10, 26, 8, 0)  # back, on the 25th


def test_hours_that_begin_in_the_hour_left_out_begin_after_it() -> None:
    night = LetterHours.parse("01:30-05:00 daily")
    assert night.next(utc(2026, 3, 28, 22, 0)) == utc(2026, 3, 29, 1, 0)  # 2 o'clock in summer time
    assert not night.are_on(utc(2026, 3, 29, 0, 59))


def test_hours_within_the_hour_that_comes_twice_are_on_twice() -> None:
    night = LetterHours.parse("01:15-01:45 daily")
    assert night.next(utc(2026, 10, 24, 22, 0)) == utc(2026, 10, 25, 0, 15)
    assert night.next(utc(2026, 10, 25, 0, 45)) == utc(2026, 10, 25, 1, 15)
    assert night.next(utc(2026, 10, 25, 1, 45)) == utc(2026, 10, 26, 1, 15)


@pytest.mark.parametrize(
    ("now", "minutes", "then"),
    [
        (utc(2026, 11, 24, 9, 0, 30), 0, utc(2026, 11, 24, 9, 0, 30)),
        (utc(2026, 11, 24, 9, 0, 30), 90, utc(2026, 11, 24, 10, 30, 30)),
        (utc(2026, 11, 24, 6, 0), 60, utc(2026, 11, 24, 9, 0)),  # before the hours: they begin at 8
        (utc(2026, 11, 24, 17, 30), 45, utc(2026, 11, 25, 8, 15)),
        (
            utc(2026, 11, 20, 17, 0),
            12 * 60,
            utc(2026, 11, 24, 9, 0),
        ),  # an hour on Friday, ten on Monday, one on Tuesday
        (utc(2026, 3, 27, 17, 30), 60, utc(2026, 3, 30, 7, 30)),  # clocks go forward on the 29th
    ],
)
def test_letters_that_take_so_long_have_left_by_then(now: datetime, minutes: int, then: datetime) -> None:
    assert USUAL.after(now, timedelta(minutes=minutes)) == then


@given(
    st.datetimes(datetime(2026, 3, 27), datetime(2026, 4, 2))
    | st.datetimes(datetime(2026, 10, 23), datetime(2026, 10, 29)),
    st.integers(0, 1438),
    st.integers(1, 1440),
    st.booleans(),
)
def test_the_next_hours_are_the_first_whatever_the_clocks_do(now: datetime, begin: int, long: int, daily: bool) -> None:
    hours = LetterHours(begin, min(begin + long, 1440), daily)
    now = now.replace(tzinfo=UTC)
    upcoming = hours.next(now)
    assert upcoming >= now
    assert hours.are_on(upcoming)
    some = (upcoming - now) / 7
    assert upcoming == now or not any(hours.are_on(now + n * some) for n in range(7))


def test_all_day_and_every_day_can_be_said() -> None:
    always = LetterHours.parse("00:00-24:00 daily")
    assert all(always.are_on(utc(2026, 11, 21) + timedelta(hours=n)) for n in range(48))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no span"),
        ("8-18", "no span"),
        ("08:00", "no span"),
        ("25:00-26:00", "no such time"),
        ("08:60-18:00", "no such time"),
        ("00:00-24:01", "no such time"),
        ("18:00-08:00", "before it ends"),
        ("08:00-08:00", "before it ends"),
        ("08:00-18:00 weekly", "no span"),
    ],
)
def test_hours_that_cannot_be_read_are_refused_in_one_line(text: str, why: str) -> None:
    with pytest.raises(SettingsError) as refused:
        LetterHours.parse(text)
    assert why in str(refused.value)
    assert "PSQM_LETTER_HOURS" in str(refused.value) and "write 08:00-18:00" in str(refused.value)
    assert "\n" not in str(refused.value)
