"""The latest weeks, from Monday to Sunday as the clocks in London show them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case

from bot.london import LONDON

WEEKS = 12
"""How far back figures by week go: a term."""


def mondays(now: datetime, count: int = WEEKS) -> list[date]:
    """The first days of the latest weeks, oldest first; the last is the week of ``now``."""
    today = now.astimezone(LONDON).date()
    this = today - timedelta(days=today.weekday())
    return [this - timedelta(weeks=back) for back in reversed(range(count))]


def begins(day: date) -> datetime:
    """When a day begins in London, in UTC."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def week_of(column: Any, weeks: Sequence[date]) -> ColumnElement[int]:
    """Which of ``weeks`` a moment lies in, by its index, for a query that leaves out what is older.

    Compared with moments, as neither database needs to know of London for that.
    """
    latest_first = reversed(list(enumerate(weeks)))
    return case(*((column >= begins(monday), index) for index, monday in latest_first), else_=0)
