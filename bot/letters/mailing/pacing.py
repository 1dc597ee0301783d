"""How many letters may leave now, so that a minute never has more than its share."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_CREDIT = timedelta(seconds=1)
"""What was not released for longer than that is not caught up on: after a standstill letters leave no faster than before."""


@dataclass(frozen=True, slots=True)
class Due:
    """``count`` letters may leave now; the next one not before ``until(released)``."""

    count: int
    since: datetime
    interval: timedelta

    def until(self, released: int) -> datetime:
        """When the next letter is due after ``released`` of these."""
        return self.since + released * self.interval


def due(next_at: datetime, rate: int, now: datetime) -> Due:
    """The letters that are due at ``now`` at ``rate`` a minute, the first of them at ``next_at``."""
    interval = timedelta(minutes=1) / rate
    since = max(next_at, now - LONGEST_CREDIT)
    return Due(max(0, (now - since) // interval + 1), since, interval)
