"""``/desk/figures``: what is asked, answered and registered, week by week; each chart has its table beside it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.desk import charts
from bot.channels.desk.charts import Size
from bot.channels.desk.signed_in import at_the_desk, desk_page, signed_in
from bot.channels.desk.topic_names import topic_name
from bot.channels.keys import DATABASE
from bot.desk.figures.questions import HandedOver, handed_over
from bot.desk.figures.registrations import Registered, registered
from bot.desk.figures.topics import Topics, topics
from bot.staff.member import Member

_MOST_TOPICS, _MOST_LINES = 10, 4

type Line = tuple[str, Sequence[int]]

type Count[Found] = Callable[[AsyncSession, Member, datetime], Awaitable[Found]]
"""Counts something of what a member may see, up to a moment."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A table with its title, and its drawing: ``lines`` over ``weeks``, or else ``bars``.

    ``rows`` are its table's, each a name and its numbers under ``columns``.
    """

    name: str
    title: str
    first_column: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[int]]]
    lines: Sequence[Line] = ()
    bars: Sequence[tuple[str, int]] = ()

    @property
    def is_empty(self) -> bool:
        return not any(number for _, numbers in self.rows for number in numbers)

    def drawing(self, size: Size) -> bytes:
        """As SVG."""
        if self.lines:
            return charts.lines(self.title, [name for name, _ in self.rows], self.lines, size)
        return charts.bars(self.title, [name for name, _ in self.bars], [count for _, count in self.bars], size)


@at_the_desk
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk/figures``."""
    member = await signed_in(request)
    now = datetime.now(UTC)
    async with request.app[DATABASE].reading() as session:
        asked = await topics(session, member, now)
        waiting = await handed_over(session, member, now)
        joined = await registered(session, member, now)
    return desk_page(
        request,
        member,
        "figures.html",
        figures=[
            _topics(asked), _topics_by_week(asked), _answered(asked), _questions(waiting), _registrations(joined)
        ],
        asked=asked,
        waiting=waiting,
        took=_took(waiting),
    )  # fmt: skip


@at_the_desk
async def chart(request: web.Request) -> web.StreamResponse:
    """``GET /desk/figures/<name>.svg``: the drawing alone. Only what it shows is counted."""
    member = await signed_in(request)
    counted = _FIGURES.get(request.match_info["name"])
    if counted is None:
        raise web.HTTPNotFound
    async with request.app[DATABASE].reading() as session:
        figure = await counted(session, member, datetime.now(UTC))
    return charts.image(figure.drawing(charts.size_of(request)))


def _topics(found: Topics) -> Figure:
    asked = [(topic_name(each.name), each.total) for each in found.topics]
    rows = [(name, [count]) for name, count in asked]
    return Figure("topics", "Questions by topic", "Topic", ["Asked"], rows, bars=asked[:_MOST_TOPICS])


def _topics_by_week(found: Topics) -> Figure:
    most = [(topic_name(each.name), each.weeks) for each in found.topics[:_MOST_LINES]]
    return _by_week("topics-by-week", "The topics asked most, by week", found.weeks, most)


def _answered(found: Topics) -> Figure:
    parts = (
        ("Answered", found.answered.weeks),
        ("The letter leaves it open", found.left_open.weeks),
        ("Not understood", found.not_understood.weeks),
    )
    return _by_week("answered", "How questions were answered, by week", found.weeks, parts)


def _registrations(found: Registered) -> Figure:
    parts = (("New in the week", found.new), ("In all so far", found.so_far))
    return _by_week("registrations", "Schools that registered, by week", found.weeks, parts)


def _questions(found: HandedOver) -> Figure:
    parts = (("Asked", found.asked), ("Answered since", found.answered))
    return _by_week("questions", "Questions to a person, by the week they were asked in", found.weeks, parts)


def _counted[Found](count: Count[Found], shown: Callable[[Found], Figure]) -> Count[Figure]:
    async def counted(session: AsyncSession, member: Member, now: datetime) -> Figure:
        return shown(await count(session, member, now))

    return counted


_FIGURES: Mapping[str, Count[Figure]] = MappingProxyType(
    {
        "topics": _counted(topics, _topics),
        "topics-by-week": _counted(topics, _topics_by_week),
        "answered": _counted(topics, _answered),
        "questions": _counted(handed_over, _questions),
        "registrations": _counted(registered, _registrations),
    }
)


def _by_week(name: str, title: str, weeks: Sequence[date], parts: Sequence[Line]) -> Figure:
    rows = [(_week(week), [values[index] for _, values in parts]) for index, week in enumerate(weeks)]
    return Figure(name, title, "Week from", [part for part, _ in parts], rows, parts)


def _week(monday: date) -> str:
    return f"{monday.day} {monday:%b}"


def _took(found: HandedOver) -> str:
    """How long answers took, in a sentence."""
    if found.half_within is None or found.longest is None:
        return "Nothing was answered in these weeks."
    return f"Half of the answers came within {_span(found.half_within)}, all within {_span(found.longest)}."


def _span(took: timedelta) -> str:
    hours = -(-took // timedelta(hours=1))  # rounded up: "within 3 hours" has to be true
    if hours >= 48:
        days = -(-took // timedelta(days=1))
        return f"{days} days"
    return "an hour" if hours <= 1 else f"{hours} hours"
