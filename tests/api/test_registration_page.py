"""A person sees, corrects and withdraws their registration with the link of their mail, and nobody else does."""

import logging
import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
import structlog
from aiohttp import ClientResponse
from sqlalchemy import select

from bot.channels.keys import DATABASE, LINKS
from bot.registrations import reading
from bot.registrations.changing import confirm
from bot.registrations.links import RegistrationLinks
from bot.registrations.notices import SilentNotices
from bot.registrations.registration import Registration
from bot.store.database import Database, StoreUnavailable
from bot.store.tables import CohortRow, OutboxRow, Table
from tests.api.test_page import hidden
from tests.conftest import Client, StartService
from tests.put_down import ANN, BOB, CY, FAIRVIEW, NOW, OAK, make_hub, put_down

LATER = NOW + timedelta(hours=1)


class Guest:
    """Somebody with a link and a browser without JavaScript; ``page`` is what they see, in words."""

    def __init__(self, client: Client, registration: Registration, person: int = 0) -> None:
        self.client = client
        self.registration = registration
        self.path = path_of(client, registration, person)
        self.page = ""
        self.html = ""

    async def look(self, rest: str = "") -> ClientResponse:
        return await self._see(await self.client.get(self.path + rest))

    async def send(self, rest: str, headers: dict[str, str] | None = None, **fields: str) -> ClientResponse:
        """Opens the page with the form, fills it in and sends it."""
        await self.look("" if rest == "/offer" else rest)
        return await self.post(rest, headers, **fields)

    async def post(self, rest: str, headers: dict[str, str] | None = None, **fields: str) -> ClientResponse:
        form = {"csrf": hidden(self.html, "csrf")} | fields
        return await self._see(await self.client.post(self.path + rest, data=form, headers=headers))

    async def state(self) -> str:
        return (await self.now()).state

    async def now(self) -> Registration:
        async with self.client.app[DATABASE].reading() as session:
            return await reading.registration(session, self.registration.id)

    async def _see(self, response: ClientResponse) -> ClientResponse:
        self.html = await response.text()
        self.page = words(self.html)
        return response


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def path_of(client: Client, registration: Registration, person: int = 0) -> str:
    links = client.app[LINKS]
    return "/r/" + links.token(registration.id, registration.contacts[person].person_id)


@pytest.fixture
def database(client: Client) -> Database:
    return client.app[DATABASE]


@pytest.fixture
async def guest(client: Client, database: Database) -> Guest:
    """Ann, whose school holds a place."""
    return Guest(client, await put_down(database, await make_hub(database)))


@pytest.fixture
async def waiting(client: Client, database: Database) -> AsyncIterator[tuple[Guest, Guest]]:
    """Ann, whose school holds the only place, and Cy, whose school waits for it."""
    cohort = await make_hub(database, capacity=1)
    first = await put_down(database, cohort)
    yield Guest(client, first), Guest(client, await put_down(database, cohort, OAK, CY, now=LATER))


async def everything(database: Database) -> list[Any]:
    """All rows of all tables; of mails, which a worker sends meanwhile, that they are there."""
    tables = [table for table in Table.metadata.sorted_tables if table is not OutboxRow.__table__]
    async with database.reading() as session:
        rows = [(await session.execute(select(table))).all() for table in tables]
        return [*rows, (await session.scalars(select(OutboxRow.key))).all()]


async def mails(database: Database) -> list[tuple[str, str]]:
    async with database.reading() as session:
        rows = await session.execute(select(OutboxRow.kind, OutboxRow.recipient).order_by(OutboxRow.id))
    return [(kind, recipient) for kind, recipient in rows]


async def test_the_page_says_how_things_stand(guest: Guest) -> None:
    assert (await guest.look()).status == 200
    for told in (
        "A place is held for your school",
        "Fairview Primary School, Testham, TE1 1ST",
        "2026/27",
        "Testham hub",
        "Hal Hubbard",
        "Thursday 14 January 2027 at 13:30, Oak Library",
        "Ann Lee, headteacher",
        "Tuesday 24 November 2026 at 10:00 Registered.",
    ):
        assert told in guest.page


async def test_looking_changes_nothing(guest: Guest, database: Database) -> None:
    before = await everything(database)
    for rest in ("", "/details", "/withdraw", "?done", "/offer"):
        await guest.client.get(guest.path + rest)
        await guest.client.head(guest.path + rest)
    assert await everything(database) == before


async def test_a_link_checker_learns_neither_address_nor_number(client: Client, database: Database) -> None:
    cohort = await make_hub(database)
    await put_down(database, cohort)
    guest = Guest(client, await put_down(database, cohort, FAIRVIEW, BOB, now=LATER))
    await guest.look()
    assert "Phone number ending in 23" in guest.page
    assert "One other person of your school is registered too." in guest.page
    for secret in (ANN.email, ANN.phone, BOB.name, BOB.email, BOB.phone, "hal@hub.example"):
        assert secret not in guest.page


async def test_the_page_keeps_to_itself(guest: Guest) -> None:
    for path in (guest.path, "/r/forged", "/r"):
        headers = (await guest.client.get(path)).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Robots-Tag"] == "noindex"
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "Set-Cookie" not in headers


@pytest.mark.parametrize("rest", ["", "/details", "/withdraw"])
async def test_there_is_no_script_and_no_style_of_its_own(guest: Guest, rest: str) -> None:
    await guest.look(rest)
    assert "<script" not in guest.html
    assert "style=" not in guest.html


async def test_details_are_corrected(guest: Guest, database: Database) -> None:
    response = await guest.send("/details", name=" Anne  Lee-Smith ", role="Head of school", phone="")
    assert [step.status for step in response.history] == [303]
    assert "Thank you, that is done." in guest.page
    assert "Anne Lee-Smith, Head of school" in guest.page
    contact = (await guest.now()).contacts[0]
    assert (contact.name, contact.role, contact.email, contact.phone) == (
        "Anne Lee-Smith",
        "Head of school",
        ANN.email,
        "",
    )
    assert ("corrected", ANN.email) in await mails(database)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "A", "for example Ann Lee"),
        ("name", "Ann 7", "for example Ann Lee"),
        ("name", "=cmd()", "for example Ann Lee"),
        ("name", "", "for example Ann Lee"),
        ("role", "@SUM(A1)", "for example headteacher"),
        ("phone", "ring me", "in digits"),
        ("phone", "123", "in digits"),
        ("phone", "1" * 31, "in digits"),
    ],
)
async def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(
    guest: Guest, field: str, value: str, told: str
) -> None:
    typed = {"name": "Anne Lee", "role": "Head of school", "phone": "01632 960999"} | {field: value}
    response = await guest.send("/details", **typed)
    assert response.status == 400
    assert told in guest.page
    for name, written in typed.items():
        assert hidden(guest.html, name) == written
    assert (await guest.now()).contacts == guest.registration.contacts


async def test_markup_in_a_name_is_text(guest: Guest) -> None:
    await guest.send("/details", name="<b>Ann</b>", role="head", phone="")
    assert "<b>Ann" not in guest.html


async def test_withdrawing_asks_once_more(guest: Guest, database: Database) -> None:
    await guest.look("/withdraw")
    assert "Withdraw your school?" in guest.page
    assert await guest.state() == "interested"
    response = await guest.post("/withdraw")
    assert [step.status for step in response.history] == [303]
    assert "Your school is withdrawn" in guest.page
    assert "Changed your mind?" in guest.page
    assert await guest.state() == "withdrawn"
    async with database.reading() as session:
        assert await session.scalar(select(CohortRow.taken)) == 0


async def test_a_used_link_shows_how_things_stand_and_changes_nothing_more(guest: Guest, database: Database) -> None:
    await guest.send("/withdraw")
    once = await everything(database)
    for rest in ("", "/withdraw"):
        assert (await guest.look(rest)).status == 200
        assert "Your school is withdrawn" in guest.page
        assert "<form" not in guest.html
    assert await everything(database) == once


async def test_two_tabs_that_withdraw_do_it_once(guest: Guest, database: Database) -> None:
    await guest.look("/withdraw")
    first_tab = guest.html
    await guest.post("/withdraw")
    once = await everything(database)
    guest.html = first_tab
    assert (await guest.post("/withdraw")).status == 200
    assert await everything(database) == once


async def test_after_withdrawal_details_cannot_be_changed(guest: Guest) -> None:
    await guest.look("/details")
    tab = guest.html
    await guest.send("/withdraw")
    guest.html = tab
    response = await guest.post("/details", name="Anne Lee", role="head", phone="")
    assert response.status == 409
    assert "This school has withdrawn" in guest.page


async def test_a_free_place_is_offered_and_taken(waiting: tuple[Guest, Guest]) -> None:
    ann, cy = waiting
    await cy.look()
    assert "The hub is full just now." in cy.page
    await ann.send("/withdraw")
    await cy.look()
    assert "A place has become free for your school" in cy.page
    assert "Please answer by" in cy.page
    await cy.send("/offer", answer="accept")
    assert "A place is held for your school" in cy.page
    assert await cy.state() == "interested"


async def test_an_offered_place_is_declined(waiting: tuple[Guest, Guest], database: Database) -> None:
    ann, cy = waiting
    await ann.send("/withdraw")
    await cy.send("/offer", answer="decline")
    assert await cy.state() == "withdrawn"
    async with database.reading() as session:
        assert await session.scalar(select(CohortRow.taken)) == 0


async def test_what_is_not_on_offer_cannot_be_taken(waiting: tuple[Guest, Guest]) -> None:
    _, cy = waiting
    await cy.look()
    assert "<form" not in cy.html
    for answer, told in (("accept", "No place is held"), ("decline", "No place is offered")):
        await cy.look("/withdraw")
        response = await cy.post("/offer", answer=answer)
        assert response.status == 409
        assert told in cy.page
    assert await cy.state() == "waiting"


async def test_an_answer_that_is_none(waiting: tuple[Guest, Guest]) -> None:
    _, cy = waiting
    await cy.look("/withdraw")
    assert (await cy.post("/offer", answer="perhaps")).status == 400


async def test_who_came_later_sees_but_cannot_give_the_place_away(client: Client, database: Database) -> None:
    cohort = await make_hub(database)
    ann = Guest(client, await put_down(database, cohort))
    bob = Guest(client, await put_down(database, cohort, FAIRVIEW, BOB, now=LATER), person=1)
    await bob.look()
    assert "A place is held for your school" in bob.page
    assert "Only the person who registered your school first" in bob.page
    assert ANN.name not in bob.page
    await bob.look("/withdraw")
    assert "Withdraw your school?" not in bob.page
    await bob.look("/details")
    assert (await bob.post("/withdraw")).status == 403
    assert await ann.state() == "interested"
    await bob.send("/details", name="Robert O'Brien", role="deputy head", phone="")
    assert "Robert O'Brien, deputy head" in bob.page


async def test_a_confirmed_place_says_who_confirmed_it_in_our_words(guest: Guest, database: Database) -> None:
    async with database.writing() as session:
        await confirm(session, guest.registration.id, "leader", "rang her, a bit slow", NOW, SilentNotices())
        await session.commit()
    await guest.look()
    assert "Your school’s place is confirmed" in guest.page
    assert "Your hub leader confirmed your school’s place." in guest.page
    assert "a bit slow" not in guest.page


async def test_without_a_hub_the_page_says_so(client: Client, database: Database) -> None:
    guest = Guest(client, await put_down(database, None))
    await guest.look()
    assert "There is no hub near you yet." in guest.page
    assert "Hub leader" not in guest.page


async def test_a_date_that_is_not_fixed(client: Client, database: Database) -> None:
    guest = Guest(client, await put_down(database, await make_hub(database, session_on=None)))
    await guest.look()
    assert "The date is not fixed yet." in guest.page


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({"Origin": "https://evil.example"}, {}),
        ({"Sec-Fetch-Site": "cross-site"}, {}),
        ({}, {"csrf": ""}),
        ({}, {"csrf": "forged"}),
    ],
)
@pytest.mark.parametrize("rest", ["/details", "/withdraw", "/offer"])
async def test_another_sites_form_is_refused(
    guest: Guest, database: Database, rest: str, headers: dict[str, str], fields: dict[str, str]
) -> None:
    before = await everything(database)
    await guest.look("/details")
    details = {"name": "Eve Il", "role": "x y", "phone": "", "answer": "decline"}
    response = await guest.post(rest, headers, **(details | fields))
    assert response.status == 403
    assert "out of date" in guest.page
    assert await everything(database) == before


async def test_the_form_of_another_registration_is_refused(waiting: tuple[Guest, Guest]) -> None:
    ann, cy = waiting
    await cy.look("/withdraw")
    ann.html = cy.html
    assert (await ann.post("/withdraw")).status == 403
    assert await ann.state() == "interested"


def dead(path: str) -> list[str]:
    """Links that were altered, cut short, made by somebody else, or are noise."""
    forged = RegistrationLinks("guessed", "", 180).token(
        "5f0a3a52-6a3b-4f5b-9d57-3f1f3c2c8f11", "9e0d2f0c-8f0f-4b43-8f39-3b8f2b4c1d22"
    )
    return [path[:-1] + ("A" if path[-1] != "A" else "E"), path[:-5], path + "x", f"/r/{forged}", "/r/x", "/r/%ff%fe"]


async def test_a_dead_link_says_so_and_changes_nothing(guest: Guest, database: Database) -> None:
    before = await everything(database)
    for path in dead(guest.path):
        for rest in ("", "/details", "/withdraw"):
            response = await guest.client.get(path + rest)
            page = words(await response.text())
            assert response.status == 404
            assert "This link does not work" in page
            assert "Get a new one" in page
            assert "office@tqm.example" in page
        for rest in ("/details", "/withdraw", "/offer"):
            form = {"csrf": "x", "answer": "accept"}
            assert (await guest.client.post(path + rest, data=form)).status == 404
    assert await everything(database) == before


async def test_an_expired_link_says_so_and_changes_nothing(
    guest: Guest, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await guest.look("/withdraw")
    before = await everything(database)
    later = datetime.now().timestamp() + 181 * 86400
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
    assert (await guest.look()).status == 410
    assert "This link is too old" in guest.page
    assert "Send me a new link" in guest.page
    assert (await guest.post("/withdraw")).status == 410
    assert await everything(database) == before


async def test_a_link_to_nothing_looks_like_a_forged_one(guest: Guest) -> None:
    links = guest.client.app[LINKS]
    nobody = links.token(guest.registration.id, "9e0d2f0c-8f0f-4b43-8f39-3b8f2b4c1d22")
    nothing = links.token("9e0d2f0c-8f0f-4b43-8f39-3b8f2b4c1d22", guest.registration.contacts[0].person_id)
    pages = []
    for token in (nobody, nothing, "forged"):
        response = await guest.client.get(f"/r/{token}")
        assert response.status == 404
        pages.append(re.sub(r'name="csrf" value="[^"]*"', "", await response.text()))
    assert pages[0] == pages[1] == pages[2]


async def ask_for_link(client: Client, email: str) -> tuple[int, str]:
    form = {"csrf": hidden(await (await client.get("/r")).text(), "csrf"), "email": email}
    response = await client.post("/r", data=form)
    return response.status, re.sub(r'name="csrf" value="[^"]*"', "", await response.text())


async def test_a_new_link_goes_to_the_address_of_record_only(guest: Guest, database: Database) -> None:
    status, page = await ask_for_link(guest.client, f"  {ANN.email.upper()} ")
    assert status == 200
    assert "is on its way there" in words(page)
    assert await mails(database) == [("fresh_link", ANN.email)]
    async with database.reading() as session:
        text = await session.scalar(select(OutboxRow.text))
    found = re.search(r"/r/\S+", text or "")
    assert found
    assert "Ann Lee, headteacher" in words(await (await guest.client.get(found[0])).text())


async def test_whether_somebody_is_known_is_not_told(guest: Guest, database: Database) -> None:
    known = await ask_for_link(guest.client, ANN.email)
    unknown = await ask_for_link(guest.client, "nobody@fairview.example")
    assert known == unknown
    assert await mails(database) == [("fresh_link", ANN.email)]


async def test_asking_again_and_again_sends_one_mail(guest: Guest, database: Database) -> None:
    for _ in range(4):
        await ask_for_link(guest.client, ANN.email)
    assert len(await mails(database)) == 1


@pytest.mark.parametrize(
    "email", ["", "ann", "@fairview.example", "ann@", "a b@c.example", "x" * 300 + "@a.example", "a\nb@c.example"]
)
async def test_what_is_no_address_is_said(client: Client, database: Database, email: str) -> None:
    status, page = await ask_for_link(client, email)
    assert status == 400
    assert "for example ann@school.example" in words(page)
    assert await mails(database) == []


async def test_another_sites_form_cannot_ask_for_links(guest: Guest, database: Database) -> None:
    response = await guest.client.post("/r", data={"csrf": "forged", "email": ANN.email})
    assert response.status == 403
    assert await mails(database) == []


async def test_asking_is_limited(start_service: StartService, sqlite_url: str) -> None:
    client = await start_service(sqlite_url, rate_limit=5, address_rate_limit=2)
    statuses = [(await ask_for_link(client, "nobody@fairview.example"))[0] for _ in range(3)]
    assert statuses == [200, 200, 429]


async def test_with_the_database_away_the_page_is_polite(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    await guest.look("/withdraw")

    def unavailable(_self: Database) -> Any:
        raise StoreUnavailable("away")

    monkeypatch.setattr(Database, "reading", unavailable)
    monkeypatch.setattr(Database, "writing", unavailable)
    for response in (await guest.post("/withdraw"), await guest.look()):
        assert response.status == 503
        assert response.headers["Retry-After"]
        assert "office@tqm.example" in guest.page


async def test_the_privacy_notice_has_the_figures_of_the_settings(start_service: StartService, sqlite_url: str) -> None:
    days = {"conversation_days": 17, "registration_days": 423, "letter_days": 377, "link_days": 1}
    client = await start_service(sqlite_url, **days)
    response = await client.get("/privacy")
    page = words(await response.text())
    assert response.status == 200
    figures = ("17 days after", "423 days after", "377 days after", "works for 1 day.")
    for told in (*figures, "office@tqm.example", "UK GDPR", "ico.org.uk", "You may say no to letters at any time"):
        assert told in page


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What the service logs from info level on, as records."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    with caplog.at_level(logging.INFO), caplog.at_level(logging.WARNING, "aiohttp.access"):  # which the service has off
        yield caplog
    structlog.reset_defaults()


async def test_nothing_personal_is_logged_and_no_link(
    logged: pytest.LogCaptureFixture, guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await guest.look()
    await guest.send("/details", name="Anne Lee-Smith", role="Head of school", phone="01632 960999")
    await ask_for_link(guest.client, ANN.email)
    await guest.send("/withdraw")

    def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(reading, "registration", broken)
    assert (await guest.look()).status == 500
    assert "request failed" in logged.text
    assert "/r/{token}" in str([vars(record) for record in logged.records])
    everything_logged = logged.text + str([vars(record) for record in logged.records])
    personal = (ANN.email, ANN.name, ANN.phone, "Lee-Smith", "01632 960999", FAIRVIEW.name, guest.path)
    assert [trace for trace in personal if trace in everything_logged] == []
