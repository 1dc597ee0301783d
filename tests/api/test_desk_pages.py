"""The desk's pages: what is another's, what is typed, and what a second click gets."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, insert, select

from bot.channels.keys import DATABASE
from bot.registrations.application import Applicant, ApplyingSchool
from bot.staff.member import Member
from bot.staff.sign_in import issue
from bot.store.tables import ChatAccountRow, ChatPostRow, CohortRow, RegistrationRow
from tests.at_the_desk import HAL, OFFICER, csrf_of, make_officer, member, press, sign_in
from tests.conftest import Client, StartService
from tests.hubs_at_work import TwoHubs, another, two_hubs
from tests.put_down import CY, FAIRVIEW, OAK, put_down

EVIL = "<script>alert(1)</script> & *bold* =HYPERLINK"
PAGES = ("/desk", "/desk/hubs", "/desk/registrations", "/desk/record", "/desk/sessions")


@pytest.fixture
async def desk(start_service: StartService, database_url: str) -> Client:
    return await start_service(database_url)


@pytest.fixture
async def both(desk: Client) -> TwoHubs:
    found = await two_hubs(desk.app[DATABASE], capacity=2)
    await make_officer(desk.app[DATABASE])
    return found


async def text(client: Client, path: str, status: int = 200) -> str:
    response = await client.get(path, allow_redirects=False)
    assert response.status == status, await response.text()
    return await response.text()


async def state(client: Client, id_: str) -> str | None:
    async with client.app[DATABASE].reading() as session:
        return await session.scalar(select(RegistrationRow.state).where(RegistrationRow.id == id_))


async def test_anothers_is_the_same_as_what_does_not_exist(desk: Client, both: TwoHubs) -> None:
    theirs = await put_down(desk.app[DATABASE], both.idas)
    await sign_in(desk, HAL)
    for beginning, existing in (("registrations", theirs.id), ("hubs", both.idas)):
        shown = [csrfless(await text(desk, f"/desk/{beginning}/{id_}", 404)) for id_ in (existing, "nothing")]
        assert shown[0] == shown[1]
    assert "Fairview" not in await text(desk, "/desk/registrations")
    assert "Fairview" not in await text(desk, f"/desk/registrations?hub={both.idas_hub}", 404)
    assert "Fairview" not in await text(desk, f"/desk/registrations/export.csv?hub={both.idas_hub}", 404)
    assert "Fairview" not in await text(desk, "/desk/registrations/export.json")
    for act in ("confirm", "withdraw", "move"):
        path = f"/desk/registrations/{theirs.id}/{act}"
        assert (await press(desk, "/desk/sessions", path, cohort=both.hals)).status == 404
    for act in ("session", "places"):
        path = f"/desk/hubs/{both.idas}/{act}"
        assert (await press(desk, "/desk/sessions", path, capacity="9", session_venue="x")).status == 404
    assert (await press(desk, "/desk/sessions", f"/desk/hubs/{both.hals}/places", capacity="9")).status == 404
    assert await state(desk, theirs.id) == "interested"


def csrfless(page: str) -> str:
    return page.replace(csrf_of(page), "")


async def test_a_place_is_confirmed_once_and_the_second_reads_who_did(desk: Client, both: TwoHubs) -> None:
    ann = await put_down(desk.app[DATABASE], both.hals)
    await sign_in(desk, HAL)
    path = f"/desk/registrations/{ann.id}"
    first = await press(desk, path, f"{path}/confirm")
    assert (first.status, first.headers["Location"]) == (303, f"{path}?done=confirmed")
    assert "The place is confirmed. The school has been told." in await text(desk, first.headers["Location"])
    await sign_in(desk, OFFICER)
    second = await (await press(desk, path, f"{path}/confirm")).text()
    assert "Hal Hubbard did this before you, at the desk" in second
    assert await state(desk, ann.id) == "confirmed"
    record = await text(desk, "/desk/record")
    assert record.count("<td>confirmed</td>") == 1


async def test_withdrawing_asks_first(desk: Client, both: TwoHubs) -> None:
    ann = await put_down(desk.app[DATABASE], both.hals)
    await sign_in(desk, HAL)
    path = f"/desk/registrations/{ann.id}"
    assert "Withdraw this school?" in await text(desk, f"{path}/withdraw")
    assert await state(desk, ann.id) == "interested"
    await press(desk, f"{path}/withdraw", f"{path}/withdraw", why="They rang")
    assert await state(desk, ann.id) == "withdrawn"
    assert "They rang" in await text(desk, path)
    refused = await press(desk, path, f"{path}/confirm")
    assert refused.status == 409
    assert "This school has withdrawn" in await refused.text()


async def test_a_moved_school_is_gone_from_the_list_of_who_gave_it_away(desk: Client, both: TwoHubs) -> None:
    ann = await put_down(desk.app[DATABASE], both.hals)
    await sign_in(desk, HAL)
    path = f"/desk/registrations/{ann.id}"
    page = await text(desk, path)
    assert f'value="{both.idas}">Mill hub (2 left)' in page
    fields = {"csrf": csrf_of(page), "cohort": both.idas}
    moved = await desk.post(f"{path}/move", data=fields, allow_redirects=False)
    assert moved.headers["Location"] == "/desk/registrations?done=moved"
    again = await desk.post(f"{path}/move", data=fields, allow_redirects=False)
    assert again.status == 409 and "Hal Hubbard did this before you" in await again.text()
    assert "Fairview" not in await text(desk, "/desk/registrations")


async def test_a_forged_post_changes_nothing(desk: Client, both: TwoHubs) -> None:
    ann = await put_down(desk.app[DATABASE], both.hals)
    await sign_in(desk, HAL)
    path = f"/desk/registrations/{ann.id}"
    csrf = csrf_of(await text(desk, path))
    for fields, headers in (({}, {}), ({"csrf": "x"}, {}), ({"csrf": csrf}, {"Origin": "https://evil.example"})):
        assert (await desk.post(f"{path}/confirm", data=fields, headers=headers)).status == 403
    assert (await desk.post(f"{path}/confirm", json={"csrf": csrf})).status == 415
    assert await state(desk, ann.id) == "interested"


async def test_the_first_session_is_set_and_what_is_wrong_is_said_at_its_field(desk: Client, both: TwoHubs) -> None:
    await sign_in(desk, HAL)
    path = f"/desk/hubs/{both.hals}"
    wrong = await press(desk, path, f"{path}/session", session_on="soon", session_at="25:99", session_venue="The Barn")
    page = await wrong.text()
    assert wrong.status == 400
    assert 'value="soon"' in page and 'value="The Barn"' in page
    assert page.count('aria-invalid="true"') == 2 and "such as 2027-01-14" in page
    done = await press(desk, path, f"{path}/session", session_on="2027-02-03", session_at="14:00", session_venue="Barn")
    assert done.status == 303
    async with desk.app[DATABASE].reading() as session:
        row = await session.get_one(CohortRow, both.hals)
    assert (str(row.session_on), str(row.session_at), row.session_venue) == ("2027-02-03", "14:00:00", "Barn")
    too_much = await press(desk, path, f"{path}/session", session_on="2027-02-03", session_venue="x" * 40_000)
    assert too_much.status == 400


async def test_the_office_sets_places(desk: Client, both: TwoHubs) -> None:
    await sign_in(desk, OFFICER)
    path = f"/desk/hubs/{both.hals}"
    for capacity in ("", "none", "0", "-1", "9" * 400):
        assert (await press(desk, path, f"{path}/places", capacity=capacity, is_open="yes")).status == 400
    assert (await press(desk, path, f"{path}/places", capacity="12")).status == 303
    async with desk.app[DATABASE].reading() as session:
        row = await session.get_one(CohortRow, both.hals)
    assert (row.capacity, row.is_open) == (12, False)


async def test_nothing_typed_is_markup_or_a_formula(desk: Client, both: TwoHubs) -> None:
    school = ApplyingSchool(EVIL, "=1+1", "TE1 1ST", None)
    evil = await put_down(
        desk.app[DATABASE], both.hals, school, Applicant("=cmd|' /C calc'!A0", EVIL, "e@e.example", "")
    )
    await sign_in(desk, HAL)
    for path in (*PAGES, f"/desk/registrations/{evil.id}", f"/desk/registrations/{evil.id}/withdraw"):
        page = await text(desk, path)
        assert "<script" not in page and "alert(1)" not in page.replace("&lt;script&gt;alert(1)", "")
    assert "&lt;script&gt;" in await text(desk, f"/desk/registrations?text={'%3Cscript%3E'}")
    exported = (await text(desk, "/desk/registrations/export.csv")).removeprefix("\ufeff")
    [row] = csv.DictReader(io.StringIO(exported))
    assert row["town"] == "'=1+1" and row["name"].startswith("'=cmd")


@pytest.mark.parametrize(
    "query", ["page=0", "page=99999", "page=x", "year=x", "state=gone", "since=99", "text=%00", "since=0001-01-01"]
)
async def test_whatever_stands_in_the_address_gets_a_page(desk: Client, both: TwoHubs, query: str) -> None:
    await sign_in(desk, HAL)
    assert "Registrations" in await text(desk, f"/desk/registrations?{query}")
    assert "Hubs" in await text(desk, f"/desk/hubs?{query}")
    assert "Record" in await text(desk, f"/desk/record?{query}")


async def test_lists_are_paged_and_the_filters_stay(desk: Client, both: TwoHubs) -> None:
    for number in range(53):
        await put_down(desk.app[DATABASE], both.hals, *another(number))
    await sign_in(desk, HAL)
    page = await text(desk, "/desk/registrations?text=School")
    assert "53 registrations." in page and page.count('<th scope="row">') == 50
    assert "/desk/registrations?text=School&amp;page=2" in page
    assert (await text(desk, "/desk/registrations?text=School&page=2")).count('<th scope="row">') == 3
    assert "51 registrations." in await text(desk, "/desk/registrations?state=waiting")


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_asks_more_of_the_database_the_more_there_is(desk: Client, both: TwoHubs, path: str) -> None:
    await sign_in(desk, OFFICER)
    asked: list[str] = []
    engine = desk.app[DATABASE]._engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    await put_down(desk.app[DATABASE], both.hals)
    asked.clear()
    await text(desk, path)
    few = len(asked)
    for number in range(8):
        await put_down(desk.app[DATABASE], both.idas, *another(number))
    asked.clear()
    await text(desk, path)
    assert len(asked) == few <= 16


async def test_today_shows_what_needs_somebody(desk: Client, both: TwoHubs) -> None:
    await put_down(desk.app[DATABASE], both.hals, FAIRVIEW)
    await put_down(desk.app[DATABASE], both.idas, OAK, CY)
    await put_down(desk.app[DATABASE], None, *another(3))
    await sign_in(desk, HAL)
    page = await text(desk, "/desk")
    assert "Fairview" in page and "Oak" not in page and "without a hub" not in page
    await sign_in(desk, OFFICER)
    assert "1 school waits without a hub" in await text(desk, "/desk")


async def link(desk: Client, who: Member, account: str = "a1") -> str:
    now = datetime.now(UTC)
    row = {
        "id": account, "platform": "slack", "workspace": "T1", "user_id": "U1", "member": None, "also_mail": False,
        "created_at": now,
    }  # fmt: skip
    async with desk.app[DATABASE].writing() as session:
        if await session.get(ChatAccountRow, account) is None:
            await session.execute(insert(ChatAccountRow).values(row))
        token = await issue(session, who, now - timedelta(minutes=1), account)
        await session.commit()
    return f"/desk/link/{token}"


async def test_an_account_is_joined_once_by_whoever_has_the_mail(desk: Client, both: TwoHubs) -> None:
    hal = await member(desk.app[DATABASE], HAL)
    path = await link(desk, hal)
    page = await text(desk, path)
    assert "Slack user U1" in page and "hal@hub.example" in page
    assert "Only go on if it was you who asked for this in Slack" in page
    assert "joined to Hal Hubbard" in await (await press(desk, path, path)).text()
    async with desk.app[DATABASE].reading() as session:
        row = await session.get_one(ChatAccountRow, "a1")
        told = (await session.scalars(select(ChatPostRow))).one()
    assert row.member == hal.ref and row.linked_at is not None
    assert told.account_id == "a1" and told.content["headline"].startswith("You are linked as Hal Hubbard.")
    assert "has been used" in await text(desk, path, 410)
    assert (await desk.post(path, data={"csrf": csrf_of(page)})).status == 410


async def test_a_link_for_an_account_signs_nobody_in_and_the_other_way_round(desk: Client, both: TwoHubs) -> None:
    hal = await member(desk.app[DATABASE], HAL)
    path = (await link(desk, hal)).replace("/link/", "/sign-in/")
    await text(desk, path, 410)
    csrf = csrf_of(await text(desk, "/desk/sign-in"))
    assert (await desk.post(path, data={"csrf": csrf}, allow_redirects=False)).status == 410
    assert "Slack user" in await text(
        desk, path.replace("/sign-in/", "/link/")
    )  # and it still works for what it is for
    async with desk.app[DATABASE].writing() as session:
        token = await issue(session, hal, datetime.now(UTC))
        await session.commit()
    await text(desk, f"/desk/link/{token}", 410)
