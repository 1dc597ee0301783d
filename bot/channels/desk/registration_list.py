"""Registrations that a member looks for: a page of them, or all as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast, get_args
from urllib.parse import urlencode

from aiohttp import web

from bot.channels.desk.signed_in import at_the_desk, desk_page, signed_in
from bot.channels.keys import DATABASE
from bot.desk import hubs as desk_hubs
from bot.desk import registrations as desk
from bot.desk.hubs import HubShown
from bot.london import LONDON
from bot.registrations import exporting
from bot.registrations.registration import State
from bot.registrations.searching import Wanted

A_PAGE = 50
_LONGEST_TEXT = 100
_WITHOUT_HUB = "none"


@dataclass(frozen=True, slots=True)
class _Filters:
    """What was chosen in the form above the list, as it stands in the address."""

    hub: str
    state: str
    year: str
    since: str
    text: str
    by_hand: bool

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "_Filters":
        text = " ".join(query.get("text", "").replace("\x00", "").split())[:_LONGEST_TEXT]
        names = ("hub", "state", "year", "since")
        hub, state, year, since = (query.get(name, "").replace("\x00", "")[:50] for name in names)
        return cls(hub, state, year, since, text, query.get("by_hand") == "yes")

    @property
    def wanted(self) -> Wanted:
        """What is looked for; what cannot be read is left out."""
        return Wanted(
            hub_ids=frozenset({self.hub}) if self.hub and self.hub != _WITHOUT_HUB else None,
            is_without_hub=self.hub == _WITHOUT_HUB,
            state=cast(State, self.state) if self.state in get_args(State) else None,
            year=int(self.year) if self.year.isascii() and self.year.isdigit() and len(self.year) == 4 else None,
            since=_moment(self.since),
            text=self.text,
            by_hand=self.by_hand,
        )

    def address(self, path: str, page: int = 1) -> str:
        """The same list at ``path``."""
        names = ("hub", "state", "year", "since", "text")
        chosen = {name: value for name in names if (value := getattr(self, name))}
        chosen |= {"by_hand": "yes"} if self.by_hand else {}
        chosen |= {"page": str(page)} if page > 1 else {}
        return f"{path}?{urlencode(chosen)}" if chosen else path


@at_the_desk
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk/registrations``: fifty at a time, the newest first."""
    member, filters = await signed_in(request), _Filters.of(request.query)
    async with request.app[DATABASE].reading() as session:
        count = await desk.count(session, member, filters.wanted)
        pages = max(1, -(-count // A_PAGE))
        page = min(pages, _page_number(request))
        found = await desk.listed(session, member, filters.wanted, limit=A_PAGE, offset=(page - 1) * A_PAGE)
        theirs = await desk_hubs.hubs(session, member)
    path = "/desk/registrations"
    return desk_page(
        request,
        member,
        "registrations.html",
        registrations=found,
        count=count,
        page=page,
        pages=pages,
        before=filters.address(path, page - 1) if page > 1 else "",
        after=filters.address(path, page + 1) if page < pages else "",
        filters=filters,
        hubs=_names(theirs),
        years=sorted({one.place.year for one in theirs}, reverse=True),
        states=STATES,
        csv=filters.address(f"{path}/export.csv"),
        json=filters.address(f"{path}/export.json"),
    )


@at_the_desk
async def export(request: web.Request) -> web.StreamResponse:
    """``GET /desk/registrations/export.csv`` and ``.json``: all that the filters let through."""
    member, filters = await signed_in(request), _Filters.of(request.query)
    async with request.app[DATABASE].reading() as session:
        found = await desk.listed(session, member, filters.wanted, limit=None)
    is_csv = request.match_info["kind"] == "csv"
    text = "\ufeff" + exporting.as_csv(found) if is_csv else exporting.as_json(found)
    name = f"registrations-{datetime.now(LONDON):%Y-%m-%d}.{request.match_info['kind']}"
    return web.Response(
        text=text,
        content_type="text/csv" if is_csv else "application/json",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


STATES = {
    "interested": "To confirm",
    "confirmed": "Confirmed",
    "waiting": "Waiting",
    "withdrawn": "Withdrawn",
}
"""The states of a registration as the desk names them."""


def _names(hubs: list[HubShown]) -> dict[str, str]:
    return {one.hub_id: one.place.hub_name for one in hubs}


def _page_number(request: web.Request) -> int:
    written = request.query.get("page", "1")
    return max(1, int(written)) if written.isascii() and written.isdigit() and len(written) < 6 else 1


def _moment(day: str) -> datetime | None:
    """The beginning of a day in London, such as 2026-11-24."""
    try:
        return datetime.fromisoformat(day).replace(hour=0, minute=0, second=0, tzinfo=LONDON).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
