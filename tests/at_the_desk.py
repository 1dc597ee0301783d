"""Somebody at the desk, for tests: signed in with a real link."""

import re
from datetime import UTC, datetime

from aiohttp import ClientResponse

from bot.channels.keys import DATABASE
from bot.staff.finding import member_by_email
from bot.staff.member import Member
from bot.staff.officers import add_officer
from bot.staff.sign_in import issue
from bot.store.database import Database
from tests.conftest import Client

HAL = "hal@hub.example"
OFFICER = "olive@tqm.example"


async def member(database: Database, email: str) -> Member:
    """The member of staff with this address."""
    async with database.reading() as session:
        found = await member_by_email(session, email)
    assert found is not None
    return found


async def make_officer(database: Database, email: str = OFFICER) -> Member:
    """Olive of the office."""
    async with database.writing() as session:
        await add_officer(session, "Olive Office", email)
        await session.commit()
    return await member(database, email)


async def link_of(database: Database, email: str) -> str:
    """A fresh sign-in link's path."""
    someone = await member(database, email)
    async with database.writing() as session:
        token = await issue(session, someone, datetime.now(UTC))
        await session.commit()
    return f"/desk/sign-in/{token}"


async def sign_in(client: Client, email: str) -> None:
    """Signs the client's cookie jar in."""
    path = await link_of(client.app[DATABASE], email)
    csrf = csrf_of(await (await client.get(path)).text())
    response = await client.post(path, data={"csrf": csrf}, allow_redirects=False)
    assert response.status == 303, await response.text()


def csrf_of(page: str) -> str:
    """The hidden token of a page's forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


async def press(client: Client, page: str, path: str, **fields: str) -> ClientResponse:
    """Posts a form of ``page`` to ``path``; redirects are not followed."""
    csrf = csrf_of(await (await client.get(page)).text())
    return await client.post(path, data={"csrf": csrf} | fields, allow_redirects=False)
