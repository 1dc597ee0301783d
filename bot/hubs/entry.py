"""A hub as somebody writes it down, on the command line or as a line of a file, and how it becomes one."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.adding import add_hub, add_leader
from bot.hubs.problems import HubProblem
from bot.hubs.whereabouts import check_grid, of_postcode, written

_BRITISH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def _date(value: object) -> object:
    found = _BRITISH_DATE.fullmatch(value) if isinstance(value, str) else None
    return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}" if found else value


Day = Annotated[date, BeforeValidator(_date)]


class SessionEntry(BaseModel):
    """A first session as it is written down."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    session_on: Day | None = None
    session_at: time | None = None
    session_venue: str = ""


class Entry(SessionEntry):
    """One hub as it is written down; what is left out is None or empty."""

    name: str
    leader_email: str
    leader_name: str = ""
    postcode: str = ""
    easting: int | None = None
    northing: int | None = None
    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    capacity: Annotated[int, Field(ge=1)] | None = None


def read(written_down: Mapping[str, Any]) -> Entry:
    """Reads a hub; what is empty counts as left out. Raises HubProblem, which names everything that is wrong."""
    return _read(Entry, written_down)


def read_session(session_on: str, session_at: str, session_venue: str) -> SessionEntry:
    """Reads a first session alone, as ``read`` does. Raises HubProblem."""
    written_down = {"session_on": session_on, "session_at": session_at, "session_venue": session_venue}
    return _read(SessionEntry, written_down)


def _read[Model: SessionEntry](model: type[Model], written_down: Mapping[str, Any]) -> Model:
    try:
        return model(**{name: value for name, value in written_down.items() if value not in ("", None)})
    except ValidationError as error:
        raise HubProblem("; ".join(_said(problem) for problem in error.errors())) from None


async def enter(session: AsyncSession, entry: Entry, *, year: int, capacity: int, now: datetime) -> str:
    """Adds the hub, with ``year`` and ``capacity`` where it names none, and returns its id. Raises HubProblem.

    A leader who is named is added too.
    """
    if entry.leader_name:
        await add_leader(session, entry.leader_name, entry.leader_email)
    easting, northing = await _where(session, entry)
    return await add_hub(
        session,
        name=entry.name,
        leader_email=entry.leader_email,
        postcode=written(entry.postcode) if entry.postcode else "",
        easting=easting,
        northing=northing,
        year=entry.year or year,
        capacity=entry.capacity or capacity,
        session_on=entry.session_on,
        session_at=entry.session_at,
        session_venue=entry.session_venue,
        now=now,
    )


async def _where(session: AsyncSession, entry: Entry) -> tuple[int, int]:
    if entry.easting is not None and entry.northing is not None:
        check_grid(entry.easting, entry.northing)
        return entry.easting, entry.northing
    if entry.easting is not None or entry.northing is not None:
        raise HubProblem("easting and northing only help together: give both, or a postcode")
    if not entry.postcode:
        raise HubProblem("where is the hub? Give a postcode, or easting and northing")
    return await of_postcode(session, entry.postcode)


def _said(problem: Any) -> str:
    wrong = {
        "missing": "is missing",
        "extra_forbidden": "is not known here",
        "greater_than_equal": "is too small",
        "less_than_equal": "is too large",
        "int_parsing": "should be a whole number",
    }
    name, kind = str(problem["loc"][0]), str(problem["type"])
    if kind.startswith("date"):
        return f"{name} should be a date such as 2027-01-14 or 14/01/2027"
    if kind.startswith("time"):
        return f"{name} should be a time such as 13:30"
    return f"{name} {wrong.get(kind, 'cannot be used')}"
