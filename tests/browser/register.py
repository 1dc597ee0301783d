"""A few schools, made up: in a register that answers for the real one, or in the real one."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Page, Route

from bot.channels.keys import DATABASE
from bot.schools.importing import Report, finish, keep_schools
from tests.browser.site import Site

LONG_NAME = "Fairmead Church of England Voluntary Controlled Infant and Nursery School"


def school(
    urn: int, name: str, town: str, postcode: str, *, status: str = "open", teaches_primary: bool = True
) -> dict[str, Any]:
    place = {"town": town, "postcode": postcode, "la": "Oakshire"}
    return {"urn": urn, "name": name, **place, "status": status, "teaches_primary": teaches_primary}


SCHOOLS = [
    school(100123, "Fairmead Primary School", "Lower Acorn", "QX5 1AB"),
    school(100124, LONG_NAME, "Great Acorn under Wychwood", "QX7 9ZZ"),
    school(100125, "Fairview Primary School", "", "QX1 1AA", status="closed"),
    school(100126, "St Fair’s Primary School", "Owlsbury", "", status="proposed"),
    school(100127, "Owlsbury High School", "Owlsbury", "QX2 2AA", teaches_primary=False),
]


async def fill_register(site: Site) -> None:
    """Puts them into the service's own register."""
    unknown = dict.fromkeys(("street", "locality", "county", "phase", "type"), "")
    unknown |= dict.fromkeys(("low_age", "high_age", "pupils", "easting", "northing", "closed_on"))
    async with site.app[DATABASE].writing() as session:
        report = Report(Path("made up"))
        await keep_schools(session, tuple(school | unknown for school in SCHOOLS), report)
        await finish(session, report)
        await session.commit()


class Register:
    """Finds the schools whose name holds what is asked.

    ``asked``: what was looked up, in order. A test steers it: ``hold`` keeps answers back, ``trouble`` spoils them.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.trouble: dict[str, Any] = {}
        self._open = asyncio.Event()
        self._open.set()

    async def stand_in(self, page: Page) -> None:
        await page.route("**/api/schools?*", self._answer)

    def hold(self) -> None:
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    async def _answer(self, route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)["q"][0]
        self.asked.append(query)
        await self._open.wait()
        found = [school for school in SCHOOLS if query.casefold() in school["name"].casefold()]
        await route.fulfill(**(self.trouble or {"json": {"schools": found}}))
