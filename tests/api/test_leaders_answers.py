"""A leader's words reach the person where they asked: in the open widget, on the plain page, or by mail."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakSet

import pytest
from sqlalchemy import select, update

from bot.channels.keys import DATABASE, QUESTION_NOTICES, SESSIONS
from bot.outbox.wake import wake_after_commit
from bot.questions.question import Question
from bot.store.tables import ConversationRow, LeaderRow, OutboxRow
from tests.api.conftest import Person, arrive
from tests.api.test_events import stream
from tests.conftest import Client, StartService
from tests.dovecot import USER, dovecot
from tests.mail_server import MailServer, mail_server
from tests.questioning import House, a_house
from tests.replying import a_mail
from tests.waiting import until


async def house_of(client: Client) -> House:
    app = client.server.app
    return await a_house(app[DATABASE], app[QUESTION_NOTICES])


def conversation_of(person: Person) -> str:
    return person.client.server.app[SESSIONS].read(person.session)


async def hands_over(house: House, person: Person, **chosen: Any) -> Question:
    [answer] = await person.say(text="Is Gift Aid possible?")
    shares = (answer["n"] - 1, answer["n"])
    return await house.ask(now=now(), conversation_id=conversation_of(person), shares=shares, **chosen)


def now() -> datetime:
    return datetime.now(UTC)


async def seen_n(house: House, person: Person) -> int:
    async with house.database.reading() as session:
        row = ConversationRow
        return (await session.scalars(select(row.seen_n).where(row.id == conversation_of(person)))).one()


async def test_an_answer_is_in_the_open_widget_at_once_with_the_leader_s_name(
    start_service: StartService, database_url: str
) -> None:
    person = await arrive(await start_service(database_url))
    house = await house_of(person.client)
    question = await hands_over(house, person)
    async with stream(person, "?after=3") as events:
        await house.answer(question, "It <b>is</b>.", now=now())
        message = await events.message()
        await until_seen(house, person, message["n"])
    assert message["from"] == "leader"
    assert (message["name"], message["text"]) == ("Hal Hubbard", "It <b>is</b>.")


async def until_seen(house: House, person: Person, n: int) -> None:
    async with asyncio.timeout(5):
        while await seen_n(house, person) < n:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_an_answer_given_in_another_process_arrives_too(
    start_service: StartService, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await arrive(await start_service(database_url))
    monkeypatch.setattr("bot.bell._bells", WeakSet())  # another process has bells of its own: nobody rings ours
    house = await house_of(here.client)
    question = await hands_over(house, here)
    async with stream(here, "?after=3") as events:
        await house.answer(question, now=now())
        assert (await events.message())["text"] == "It is."


async def test_while_a_leader_holds_the_conversation_messages_are_taken_and_answered_by_nobody_else(
    start_service: StartService, database_url: str
) -> None:
    person = await arrive(await start_service(database_url))
    house = await house_of(person.client)
    await hands_over(house, person)
    async with stream(person, "?after=3") as events:
        said = {"conversation_id": conversation_of(person), "now": now()}
        await house.say("Hello, Ann.", **said)
        assert "has joined" in (await events.message())["text"]
        assert (await events.message())["name"] == "Hal Hubbard"
        assert await person.say(text="Hello, Hal.", id="a") == []
        assert await person.say(text="Hello, Hal.", id="a") == []
        heard = await events.message()
    assert (heard["from"], heard["text"], heard["name"]) == ("you", "Hello, Hal.", None)
    [mail] = await house.mails("question_said")
    assert "Hello, Hal." in mail.text


async def test_what_an_ordinary_conversation_brings_is_not_noted_as_seen(client: Client) -> None:
    person = await arrive(client)
    house = await house_of(client)
    await person.say(text="cost?")
    await person.history()
    assert await seen_n(house, person) == 0


async def test_the_plain_page_names_the_leader_offers_to_look_again_and_counts_as_seen(client: Client) -> None:
    page = await client.get("/chat")
    conversation_id = client.server.app[SESSIONS].read(page.cookies["psqm_chat"].value)
    house = await house_of(client)
    await house.ask(conversation_id=conversation_id, shares=(1, 1))
    await house.say("<i>Hello</i>", conversation_id=conversation_id)
    shown = await (await client.get("/chat")).text()
    assert '<p class="who">Hal Hubbard</p>' in shown
    assert "&lt;i&gt;Hello&lt;/i&gt;" in shown
    assert '<a href="/chat#latest">Look whether there is an answer</a>' in shown
    async with house.database.reading() as session:
        assert await session.scalar(select(ConversationRow.seen_n).where(ConversationRow.id == conversation_id)) == 3


@pytest.fixture
async def smtp() -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        yield running


async def test_a_leader_s_mail_is_the_answer_in_the_widget_and_a_mail_to_whoever_has_gone(
    start_service: StartService, sqlite_url: str, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through a real IMAP server and a real SMTP server."""
    monkeypatch.setattr("bot.questions.mailed.UNSEEN", timedelta(0))

    def mail_to(address: str) -> Any:
        return next((each.message for each in smtp.deliveries if each.recipient == address), None)

    with dovecot() as imap:
        settings = {"imap_url": imap.url, "reply_address": USER, "smtp_url": f"smtp://127.0.0.1:{smtp.port}"}
        person = await arrive(await start_service(sqlite_url, mail_from="bot@psqm.example.org", **settings))
        house = await house_of(person.client)
        await make_real(house)
        await hands_over(house, person, email="ann@fairview.sch.uk")
        await until(lambda: mail_to("hal@testham.org.uk"), 20)
        asked = mail_to("hal@testham.org.uk")
        assert "reply to this email" in asked.get_body(("plain",)).get_content()
        answer = "Yes, it is.\n\nBest wishes\nHal"
        imap.deliver(a_mail(answer, to=str(asked["Reply-To"]), sender="Hal Hubbard <hal@testham.org.uk>"))
        await until(lambda: mail_to("ann@fairview.sch.uk"), 20)
    answered = mail_to("ann@fairview.sch.uk")
    assert answered["From"] == "Hal Hubbard <bot@psqm.example.org>"
    assert answered["Reply-To"] == "hal@testham.org.uk"
    assert "Yes, it is." in answered.get_body(("plain",)).get_content()
    assert (await person.history())[-1]["text"] == "Yes, it is."


async def make_real(house: House) -> None:
    """Gives Hal an address to which mail may go; those for examples get none."""
    async with house.database.writing() as session:
        hal = update(LeaderRow).where(LeaderRow.id == house.hal.id).values(email="hal@testham.org.uk")
        await session.execute(hal)
        await session.commit()


async def test_who_has_seen_the_answer_gets_no_mail(
    start_service: StartService, sqlite_url: str, smtp: MailServer
) -> None:
    client = await start_service(sqlite_url, smtp_url=f"smtp://127.0.0.1:{smtp.port}")
    person, house = await arrive(client), await house_of(client)
    question = await hands_over(house, person, email="ann@fairview.sch.uk")
    await house.answer(question, now=now())
    await person.history()
    async with house.database.writing() as session:  # as if a minute had passed
        await session.execute(update(OutboxRow).where(OutboxRow.kind == "question_answer").values(next_at=now()))
        wake_after_commit(session)
        await session.commit()
    async with asyncio.timeout(10):
        while (states := [mail.state for mail in await house.mails("question_answer")]) == ["queued"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert states == ["withheld"]
