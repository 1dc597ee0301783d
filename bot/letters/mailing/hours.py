"""The hours in which letters leave, by the clock on the wall in London, whatever is done to that clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self

from bot.london import LONDON
from bot.settings import SettingsError

_WRITTEN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})(\s+daily)?")
_SATURDAY = 5
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class LetterHours:
    """From the minute ``begin`` of a day until the minute ``end``; on every day of the week (``daily``), or Monday to Friday."""

    begin: int
    end: int
    daily: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads the setting PSQM_LETTER_HOURS, ``08:00-18:00`` or ``08:00-18:00 daily``; raises SettingsError."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise _unusable("it is no span of hours")
        begin, end = _minute(found[1], found[2]), _minute(found[3], found[4])
        if begin is None or end is None:
            raise _unusable("there is no such time")
        if begin >= end:
            raise _unusable("it has to begin before it ends, on the same day")
        return cls(begin, end, found[5] is not None)

    def are_on(self, now: datetime) -> bool:
        """Whether letters may leave at ``now``, an aware moment."""
        local = now.astimezone(LONDON)
        return self._is_a_day(local.date()) and self.begin <= local.hour * 60 + local.minute < self.end

    def next(self, now: datetime) -> datetime:
        """``now`` if letters may leave, or the first minute afterwards in which they may; in UTC.

        Looked for minute by minute, which is right on both nights on which clocks are changed: hours that begin in the hour that
        is left out begin after it, and hours of the one that comes twice are on twice.
        """
        moment = now.astimezone(UTC)
        while not self.are_on(moment):
            moment = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        return moment

    def after(self, now: datetime, span: timedelta) -> datetime:
        """The moment at which letters will have had ``span`` to leave in, counted from ``now``; in UTC."""
        moment = self.next(now)
        while span:
            rest_of_minute = timedelta(minutes=1) - timedelta(seconds=moment.second, microseconds=moment.microsecond)
            step = min(span, rest_of_minute)
            span -= step
            moment = self.next(moment + step) if span else moment + step
        return moment

    def _is_a_day(self, day: date) -> bool:
        return self.daily or day.weekday() < _SATURDAY


def _minute(hours: str, minutes: str) -> int | None:
    minute = int(hours) * 60 + int(minutes)
    return minute if int(minutes) < 60 and minute <= _DAY_MINUTES else None


def _unusable(why: str) -> SettingsError:
    return SettingsError(
        f'PSQM_LETTER_HOURS is not usable ({why}): write 08:00-18:00, or "08:00-18:00 daily" for weekends too.'
    )
