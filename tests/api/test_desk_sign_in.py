"""Signing in to the desk: who gets in, who does not, and what each is told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from bot.channels.keys import DATABASE
from bot.notices.sign_in_mail import AN_HOUR
from bot.staff.audit import latest
from bot.store.tables import DeskSessionRow, HubRow, LeaderRow, OfficerRow, OutboxRow, SignInRow
from tests.at_the_desk import HAL, OFFICER, csrf_of, link_of, make_officer, member, press, sign_in
from tests.conftest import Client, StartService
from tests.mail_server import MailServer
from tests.put_down import make_hub
from tests.waiting import until


@pytest.fixture
async def desk(start_service: StartService, database_url: str) -> Client:
    """The service on both databases, with Hal's hub."""
    client = await start_service(database_url)
    await make_hub(client.app[DATABASE])
    return client


async def ask(client: Client, email: str, **fields: str) -> str:
    response = await press(client, "/desk/sign-in", "/desk/sign-in", email=email, **fields)
    assert response.status == 303, await response.text()
    return await (await client.get(response.headers["Location"])).text()


async def count(client: Client, table: type) -> int:
    async with client.app[DATABASE].reading() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_comes_back(desk: Client) -> None:
    response = await desk.get("/desk/sessions?a=1", allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/desk/sign-in?next=/desk/sessions?a%3D1")
    page = await (await desk.get(response.headers["Location"])).text()
    assert 'name="next" value="/desk/sessions?a=1"' in page


async def test_a_mailed_link_signs_in_once(start_service: StartService, database_url: str, server: MailServer) -> None:
    desk = await start_service(database_url, smtp_url=f"smtp://127.0.0.1:{server.port}", mail_from="bot@tqm.sch.uk")
    await make_hub(desk.app[DATABASE])
    async with desk.app[
        DATABASE
    ].writing() as session:  # mail to the usual address would be held back: it is an example's
        await session.execute(update(LeaderRow).values(email="hal@hub.sch.uk"))
        await session.commit()
    await ask(desk, "HAL@hub.sch.uk ", next="/desk/sessions")
    await until(lambda: server.deliveries)
    body = server.deliveries[0].message.get_body(("plain",))
    assert body is not None
    path = next(line for line in body.get_content().split() if "/desk/sign-in/" in line)
    path = path[path.index("/desk/sign-in/") :]
    assert path.endswith("?next=/desk/sessions")
    page = await (await desk.get(path)).text()
    again = await (await desk.get(path)).text()
    assert "Hello, Hal Hubbard" in page and "Hello, Hal Hubbard" in again  # looking uses nothing up
    fields = {"csrf": csrf_of(page), "next": "/desk/sessions"}
    response = await desk.post(path, data=fields, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/desk/sessions?done=signed_in")
    assert "HttpOnly" in response.headers["Set-Cookie"] and "SameSite=Lax" in response.headers["Set-Cookie"]
    assert "hal@hub.sch.uk" in await (await desk.get("/desk/sessions")).text()
    second = await desk.post(path, data=fields, allow_redirects=False)
    assert second.status == 410
    assert "has been used" in await second.text()


async def test_nothing_tells_whether_an_address_is_known(desk: Client) -> None:
    known, unknown = await ask(desk, HAL), await ask(desk, "stranger@hub.example")
    assert known.replace(csrf_or_none(known), "") == unknown.replace(csrf_or_none(unknown), "")
    assert "If we know you" in known
    assert await count(desk, OutboxRow) == 1


def csrf_or_none(page: str) -> str:
    return csrf_of(page) if 'name="csrf"' in page else "\0"


async def test_an_address_gets_few_links_in_an_hour(desk: Client) -> None:
    for _ in range(AN_HOUR + 2):
        await ask(desk, HAL)
    assert await count(desk, OutboxRow) == AN_HOUR


async def test_the_offices_own_address_makes_an_officer(desk: Client) -> None:
    await ask(desk, "office@tqm.example")
    assert await count(desk, OfficerRow) == 1
    await sign_in(desk, "office@tqm.example")
    assert "The office" in await (await desk.get("/desk")).text()


async def test_links_that_are_too_old_guessed_or_cut_short_let_nobody_in(desk: Client) -> None:
    path = await link_of(desk.app[DATABASE], HAL)
    csrf = csrf_of(await (await desk.get("/desk/sign-in")).text())
    async with desk.app[DATABASE].writing() as session:
        await session.execute(update(SignInRow).values(ends_at=datetime.now(UTC) - timedelta(seconds=1)))
        await session.commit()
    for address, said in ((path, "too old"), ("/desk/sign-in/guessed", "does not work"), (path[:-1], "does not work")):
        for response in (await desk.get(address), await desk.post(address, data={"csrf": csrf})):
            assert response.status == 410
            assert said in await response.text()
    assert await count(desk, DeskSessionRow) == 0


async def test_a_link_holds_no_token_that_the_database_could_give_away(desk: Client) -> None:
    path = await link_of(desk.app[DATABASE], HAL)
    async with desk.app[DATABASE].reading() as session:
        [row] = await session.scalars(select(SignInRow))
    assert path.rpartition("/")[2] != row.token_hash and len(row.token_hash) == 64


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example", "/desk/\\evil", "/chat", "/desk/\n", "/deskx"]
)
async def test_a_link_leads_nowhere_but_to_the_desk(desk: Client, next_: str) -> None:
    path = await link_of(desk.app[DATABASE], HAL)
    csrf = csrf_of(await (await desk.get(path)).text())
    response = await desk.post(path, data={"csrf": csrf, "next": next_}, allow_redirects=False)
    assert response.headers["Location"] == "/desk?done=signed_in"


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({}, {}),
        ({"csrf": "forged"}, {}),
        (None, {"Origin": "https://evil.example"}),
        (None, {"Sec-Fetch-Site": "cross-site"}),
    ],
)
async def test_forged_forms_do_nothing(desk: Client, fields: dict[str, str] | None, headers: dict[str, str]) -> None:
    await sign_in(desk, HAL)
    page = await (await desk.get("/desk/sessions")).text()
    given = {"csrf": csrf_of(page)} if fields is None else fields
    response = await desk.post("/desk/sign-out", data=given | {"which": "all"}, headers=headers)
    assert response.status == 403
    assert (await desk.get("/desk/sessions", allow_redirects=False)).status == 200


async def test_a_form_of_one_session_is_no_form_of_another(start_service: StartService, sqlite_url: str) -> None:
    hals = await start_service(sqlite_url)
    olives = await start_service(sqlite_url)
    await make_hub(hals.app[DATABASE])
    await make_officer(hals.app[DATABASE])
    await sign_in(hals, HAL)
    await sign_in(olives, OFFICER)
    csrf = csrf_of(await (await hals.get("/desk/sessions")).text())
    assert (await olives.post("/desk/sign-out", data={"csrf": csrf})).status == 403


async def test_signing_out_everywhere_ends_every_session(start_service: StartService, database_url: str) -> None:
    here, there = await start_service(database_url), await start_service(database_url)
    await make_hub(here.app[DATABASE])
    await sign_in(here, HAL)
    await sign_in(there, HAL)
    assert (await there.get("/desk", allow_redirects=False)).status == 200
    response = await press(here, "/desk/sessions", "/desk/sign-out", which="all")
    assert response.headers["Location"] == "/desk/sign-in?out"
    for client in (here, there):
        assert (await client.get("/desk", allow_redirects=False)).status == 303
    olive = await make_officer(here.app[DATABASE])
    async with here.app[DATABASE].reading() as session:
        assert "signed out everywhere" in [entry.action for entry in await latest(session, olive)]


async def test_a_member_ends_one_of_their_browsers_and_nobody_elses(
    start_service: StartService, sqlite_url: str
) -> None:
    here, there = await start_service(sqlite_url), await start_service(sqlite_url)
    await make_hub(here.app[DATABASE])
    await make_officer(here.app[DATABASE])
    await sign_in(here, OFFICER)
    await sign_in(there, HAL)
    async with here.app[DATABASE].reading() as session:
        hals = await session.scalar(select(DeskSessionRow.id).where(DeskSessionRow.member.startswith("leader")))
    await press(here, "/desk/sessions", "/desk/sign-out", which=str(hals))
    assert (await there.get("/desk", allow_redirects=False)).status == 200
    await sign_in(there, OFFICER)
    page = await (await there.get("/desk/sessions")).text()
    assert page.count('name="which"') == 3  # two browsers, and everywhere


async def test_whoever_is_removed_is_out_at_once(desk: Client) -> None:
    await sign_in(desk, HAL)
    assert (await desk.get("/desk", allow_redirects=False)).status == 200
    async with desk.app[DATABASE].writing() as session:
        await session.execute(delete(HubRow))
        await session.execute(delete(LeaderRow))
        await session.commit()
    assert (await desk.get("/desk", allow_redirects=False)).status == 303


async def test_a_session_ends_by_itself(desk: Client) -> None:
    await sign_in(desk, HAL)
    async with desk.app[DATABASE].writing() as session:
        await session.execute(update(DeskSessionRow).values(ends_at=datetime.now(UTC)))
        await session.commit()
    assert (await desk.get("/desk", allow_redirects=False)).status == 303


async def test_a_forged_cookie_is_no_session(desk: Client) -> None:
    someone = await member(desk.app[DATABASE], HAL)
    for cookie in (someone.id, "x.y", "ü"):
        response = await desk.get("/desk", headers={"Cookie": f"psqm_desk={cookie}"}, allow_redirects=False)
        assert response.status == 303


async def test_on_https_the_cookie_is_bound_to_this_host(start_service: StartService, sqlite_url: str) -> None:
    desk = await start_service(sqlite_url, public_url="https://tqm.example")
    await make_hub(desk.app[DATABASE])
    path = await link_of(desk.app[DATABASE], HAL)
    csrf = csrf_of(await (await desk.get(path)).text())
    response = await desk.post(path, data={"csrf": csrf}, allow_redirects=False)
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-psqm_desk=") and "Secure" in cookie and "Path=/;" in f"{cookie};"


async def test_what_does_not_exist_is_a_page_and_nobody_keeps_it(desk: Client) -> None:
    await sign_in(desk, HAL)
    response = await desk.get("/desk/nothing/here")
    assert response.status == 404
    assert "There is nothing of yours at this address." in await response.text()
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
