"""A person's letter behind its link: to read, as PDF, and to get no more of them; and the letter that anybody may read."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from aiohttp import ClientResponse
from sqlalchemy import delete

from bot.channels.keys import DATABASE, LETTER_LINKS, SUPPRESSION
from bot.letters.composing.hub_letter import set_report, set_wording
from bot.letters.reading import letter
from bot.store.database import Database, StoreUnavailable
from bot.store.tables import LetterRow
from tests.api.conftest import arrive
from tests.conftest import Client, StartService
from tests.invited import EMAIL, the_letter, write_letter
from tests.put_down import make_hub

OLD = date.today() - timedelta(days=200)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
PAGES = ["", "/stop", "/letter.pdf", "/report.pdf"]


@pytest.fixture
def database(client: Client) -> Database:
    return client.app[DATABASE]


@pytest.fixture
async def letter_id(database: Database) -> str:
    return await write_letter(database, await make_hub(database))


@pytest.fixture
def path(client: Client, letter_id: str) -> str:
    return path_of(client, letter_id)


def path_of(client: Client, letter_id: str, dated: date | None = None) -> str:
    return f"/letters/{client.app[LETTER_LINKS].token(letter_id, dated or date.today())}"


async def words(response: ClientResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", await response.text())).split())


async def is_stopped(client: Client) -> bool:
    async with client.app[DATABASE].reading() as session:
        return await client.app[SUPPRESSION].holds(session, EMAIL)


async def test_the_page_is_the_person_s_letter_with_the_assistant_that_knows_them(client: Client, path: str) -> None:
    response = await client.get(path)
    assert response.status == 200
    html, told = await response.text(), await words(response)
    for part in ("Dear Ann Lee", "Fairview Primary School", "TE1 1ST", "Hal Hubbard", "Thursday 14 January 2027"):
        assert part in told
    token = path.removeprefix("/letters/")
    assert f'<psqm-assistant letter="{token}" open>' in html
    assert f'href="/chat?letter={token}"' in html
    for rest in PAGES[1:]:
        assert f'href="{path}{rest}"' in html


@pytest.mark.parametrize("rest", PAGES)
async def test_nobody_else_learns_of_the_link(client: Client, path: str, rest: str) -> None:
    headers = (await client.get(path + rest)).headers
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path_of_page", ["/letter", "{}", "{}/stop", "{}x"])
async def test_pages_have_nothing_inline_and_nothing_from_elsewhere(
    client: Client, path: str, path_of_page: str
) -> None:
    page = await (await client.get(path_of_page.format(path))).text()
    assert "<h1>" in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r"""(?:src|action)=["']https?://""", page)


async def test_the_address_that_the_letter_went_to_is_nowhere(client: Client, path: str) -> None:
    person = await arrive(client)
    for rest in PAGES:
        for content in (await (await client.get(path + rest)).read(), str((await client.get(path + rest)).headers)):
            assert EMAIL not in (content.decode("latin-1") if isinstance(content, bytes) else content)
    stopped = await client.post(f"{path}/stop", data=ONE_CLICK)
    assert EMAIL not in await stopped.text()
    assert EMAIL not in str(person.greeting)


@pytest.mark.parametrize(
    ("rest", "name"), [("/letter.pdf", "TQM-letter.pdf"), ("/report.pdf", "PSQM-what-taking-part-entails.pdf")]
)
async def test_letter_and_report_are_pdfs_that_the_browser_shows(
    client: Client, path: str, rest: str, name: str
) -> None:
    for address in (path + rest, rest):
        response = await client.get(address)
        assert response.status == 200
        assert response.content_type == "application/pdf"
        assert response.headers["Content-Disposition"].startswith(f'inline; filename="{name}"')
        assert (await response.read()).startswith(b"%PDF-")
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_hub_s_own_report_is_given_by_its_own_name(client: Client, letter_id: str, path: str) -> None:
    own = b"%PDF-1.7\n our own report\n%%EOF"
    async with client.app[DATABASE].writing() as session:
        hub_id = (await letter(session, letter_id)).hub_id or ""
        await set_report(session, hub_id, own, 'Siân’s "report".pdf', datetime.now(UTC))
        await session.commit()
    response = await client.get(f"{path}/report.pdf")
    assert await response.read() == own
    assert response.headers["Content-Disposition"] == (
        "inline; filename=\"Si_n_s _report_.pdf\"; filename*=UTF-8''Si%C3%A2n%E2%80%99s%20%22report%22.pdf"
    )


async def test_pdfs_are_counted_and_unsubscribing_is_not(start_service: StartService, sqlite_url: str) -> None:
    client = await start_service(sqlite_url, rate_limit=20, address_rate_limit=3)
    database = client.app[DATABASE]
    path = path_of(client, await write_letter(database, await make_hub(database)))
    statuses = [(await client.get(path + rest)).status for rest in ("/letter.pdf", "/report.pdf", "/letter.pdf")]
    assert statuses == [200, 200, 200]
    refused = await client.get(f"{path}/letter.pdf")
    assert refused.status == 429
    assert refused.headers["Retry-After"]
    assert "wait" in await words(refused)
    for _ in range(5):
        assert (await client.post(f"{path}/stop", data=ONE_CLICK)).status == 200


async def test_one_click_stops_without_cookie_origin_or_form(client: Client, letter_id: str, path: str) -> None:
    client.session.cookie_jar.clear()
    headers = {"Origin": "null", "Sec-Fetch-Site": "cross-site"}
    response = await client.post(f"{path}/stop", data=ONE_CLICK, headers=headers, allow_redirects=False)
    assert response.status == 200, "RFC 8058: no redirect"
    assert "No further letters" in await words(response)
    assert not response.cookies
    assert await is_stopped(client)
    first = (await the_letter(client.app[DATABASE], letter_id)).stopped_at
    assert first is not None
    assert (await client.post(f"{path}/stop", data=ONE_CLICK)).status == 200
    assert (await the_letter(client.app[DATABASE], letter_id)).stopped_at == first


@pytest.mark.parametrize(
    "body",
    [
        {"data": b"--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n",
         "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"data": b""},
        {"data": b"\xff\xfe", "headers": {"Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}},
    ],
    ids=["multipart", "nothing", "nonsense"],
)  # fmt: skip
async def test_however_a_mail_program_words_it_it_counts(client: Client, path: str, body: dict[str, object]) -> None:
    assert (await client.post(f"{path}/stop", **body)).status == 200  # type: ignore[arg-type]
    assert await is_stopped(client)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("rest", PAGES)
async def test_whoever_checks_links_changes_nothing(
    client: Client, letter_id: str, path: str, method: str, rest: str
) -> None:
    response = await client.request(method, path + rest)
    assert response.status == 200
    assert not await is_stopped(client)
    kept = await the_letter(client.app[DATABASE], letter_id)
    assert (kept.visited_at, kept.stopped_at) == (None, None)


async def test_the_page_of_stopping_asks_and_then_says_that_it_is_done(client: Client, path: str) -> None:
    page = await (await client.get(f"{path}/stop")).text()
    assert "Stop further letters?" in page
    assert f'action="{path}/stop"' in page
    assert '<input type="hidden" name="List-Unsubscribe" value="One-Click">' in page
    await client.post(f"{path}/stop", data=ONE_CLICK)
    page = await (await client.get(f"{path}/stop")).text()
    assert "No further letters" in page
    assert "<form" not in page


@pytest.mark.parametrize("rest", PAGES)
async def test_a_forged_link_gets_a_kind_page(client: Client, path: str, rest: str) -> None:
    for token in ("forged", path[len("/letters/") : -1] + "~", "%C3%A9"):
        response = await client.get(f"/letters/{token}{rest}")
        assert response.status == 404
        assert "This link does not work" in await words(response)
    response = await client.post("/letters/forged/stop", data=ONE_CLICK)
    assert response.status == 404
    assert not await is_stopped(client)


@pytest.mark.parametrize("rest", ["", "/letter.pdf", "/report.pdf"])
async def test_a_link_that_is_too_old_shows_no_letter(client: Client, letter_id: str, rest: str) -> None:
    response = await client.get(path_of(client, letter_id, OLD) + rest)
    assert response.status == 410
    told = await words(response)
    assert "This link is too old" in told
    assert "Ann Lee" not in told


async def test_a_link_that_is_too_old_still_stops_further_letters(client: Client, letter_id: str) -> None:
    old = path_of(client, letter_id, OLD)
    assert (await client.get(f"{old}/stop")).status == 200
    assert (await client.post(f"{old}/stop", data=ONE_CLICK)).status == 200
    assert await is_stopped(client)


@pytest.mark.parametrize("rest", PAGES)
async def test_the_link_of_an_erased_letter_gets_a_kind_page(client: Client, path: str, rest: str) -> None:
    async with client.app[DATABASE].writing() as session:
        await session.execute(delete(LetterRow))
        await session.commit()
    response = await client.get(path + rest)
    assert response.status == 404
    assert "no longer keep" in await words(response)
    assert (await client.post(f"{path}/stop", data=ONE_CLICK)).status == 404


async def test_names_that_look_like_html_are_only_text(client: Client, database: Database) -> None:
    wicked = '<img src=x onerror="alert(1)"> {{ 7 * 7 }}'
    cohort = await make_hub(database)
    path = path_of(client, await write_letter(database, cohort, name=wicked, school_name=wicked))
    page = await (await client.get(path)).text()
    assert "<img" not in page
    assert "49" not in page
    assert "{{ 7 * 7 }}" in unescape(page)


async def test_a_wording_that_cannot_be_filled_any_more_is_said_without_a_trace(
    client: Client, letter_id: str, path: str
) -> None:
    async with client.app[DATABASE].writing() as session:
        hub_id = (await letter(session, letter_id)).hub_id or ""
        await set_wording(session, hub_id, "# A {fact_that_is_gone}", datetime.now(UTC))
        await session.commit()
    for rest in ("", "/letter.pdf"):
        response = await client.get(path + rest)
        assert response.status == 500
        told = await words(response)
        assert "cannot be shown just now" in told
        assert "fact_that_is_gone" not in told


async def test_the_database_away_is_said_on_a_page(client: Client, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_self: Database) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(Database, "reading", away)
    response = await client.get(path)
    assert response.status == 503
    assert response.content_type == "text/html"


async def test_anybody_may_read_the_standard_letter(client: Client) -> None:
    response = await client.get("/letter")
    assert response.status == 200
    assert "X-Robots-Tag" not in response.headers
    html, told = await response.text(), await words(response)
    assert "Dear Headteacher" in told
    assert "<psqm-assistant></psqm-assistant>" in html
    assert 'href="/letter.pdf"' in html
    assert "/stop" not in html


async def test_a_letter_that_somebody_asked_for_without_a_school_or_hub_is_a_page_too(client: Client) -> None:
    asked = await write_letter(client.app[DATABASE], None, name="", school_name="", school_address="")
    path = path_of(client, asked)
    for rest in PAGES:
        assert (await client.get(path + rest)).status == 200
    assert "Dear Headteacher" in await words(await client.get(path))


async def test_what_is_posted_is_not_read_however_long_it_is(client: Client, path: str) -> None:
    assert (await client.post(f"{path}/stop", data=b"x" * 2_000_000)).status == 200
    assert await is_stopped(client)
