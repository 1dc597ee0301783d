"""The hours in which a person is there to answer: of weekdays, by the clock in London. Bank holidays are not known."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Self

from bot.london import LONDON
from bot.notices import phrases
from bot.settings import SettingsError

_WRITTEN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_SATURDAY = 5
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """From the minute ``begin`` of a weekday until the minute ``end``, which is after it."""

    begin: int
    end: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads the setting PSQM_OFFICE_HOURS, ``09:00-17:00``; raises SettingsError."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise _unusable("it is no span of hours")
        begin, end = _minute(found[1], found[2]), _minute(found[3], found[4])
        if begin is None or end is None:
            raise _unusable("there is no such time")
        if begin >= end:
            raise _unusable("it has to begin before it ends, on the same day")
        return cls(begin, end)

    def are_on(self, now: datetime) -> bool:
        """Whether somebody is there at ``now``, an aware moment."""
        local = now.astimezone(LONDON)
        return local.weekday() < _SATURDAY and self.begin <= local.hour * 60 + local.minute < self.end

    def opens_at(self, now: datetime) -> datetime:
        """``now`` if somebody is there, or when they come next; in UTC."""
        if self.are_on(now):
            return now.astimezone(UTC)
        local = now.astimezone(LONDON)
        day = local.date()
        if local.hour * 60 + local.minute >= self.begin:
            day += timedelta(days=1)
        while day.weekday() >= _SATURDAY:
            day += timedelta(days=1)
        opening = datetime.combine(day, time(self.begin // 60, self.begin % 60), LONDON)
        return opening.astimezone(UTC)

    def due(self, now: datetime, working_days: int) -> datetime:
        """The moment so many working days after ``now``, or after somebody comes next: the same time by the clock; in UTC."""
        local = self.opens_at(now).astimezone(LONDON)
        day = local.date()
        for _ in range(working_days):
            day += timedelta(days=1)
            while day.weekday() >= _SATURDAY:
                day += timedelta(days=1)
        return datetime.combine(day, local.timetz()).astimezone(UTC)

    def expectation(self, now: datetime, working_days: int) -> str:
        """What somebody who asks now is to expect, in one or two sentences."""
        by = _day(self.due(now, working_days))
        if self.are_on(now):
            return f"You can expect an answer by {by} at the latest."
        opens = self.opens_at(now)
        back = f"{_day(opens)} at {phrases.clock(opens.astimezone(LONDON).time())}"
        return f"Nobody is there just now: they are back on {back}. You can expect an answer by {by} at the latest."


def _day(moment: datetime) -> str:
    """``Thursday 26 November``."""
    local = moment.astimezone(LONDON)
    return f"{local:%A} {local.day} {local:%B}"


def _minute(hours: str, minutes: str) -> int | None:
    minute = int(hours) * 60 + int(minutes)
    return minute if int(minutes) < 60 and minute <= _DAY_MINUTES else None


def _unusable(why: str) -> SettingsError:
    return SettingsError(f"PSQM_OFFICE_HOURS is not usable ({why}): write 09:00-17:00.")
