"""What members of staff do in Slack and Teams: as themselves once a mailed link said who they are."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from bot.bell import Bell
from bot.chat import linking, saying
from bot.chat.desk import ChatDesk
from bot.chat.events import EventWorker, keep
from bot.chat.hearing import Hearing
from bot.chat.incoming import Answered, Pressed, Wrote
from bot.chat.linking import Linking
from bot.chat.pressing import Pressing
from bot.conversation import Conversations
from bot.hubs import add_leader
from bot.metrics import Metrics
from bot.questions.asking import ask
from bot.questions.hours import OfficeHours
from bot.questions.mailed import MailedQuestions
from bot.questions.question import Handover
from bot.rasa import OPEN_DESK, Engine
from bot.staff.sign_in import SignInRefused
from bot.store.database import Database
from bot.store.tables import ChatEventRow, HubRow, SignInRow
from tests.chat_desk import HAL, NOTICES, PUBLIC_URL, SCHEME, TELLING, linked, mails_to, posts, sender
from tests.fake_engine import SECRET, FakeEngine
from tests.put_down import make_hub, put_down

QUESTIONS = MailedQuestions(SCHEME, "office@tqm.example", PUBLIC_URL, TELLING)


@pytest.fixture
async def cohort(database: Database) -> str:
    return await make_hub(database)


@pytest.fixture
async def desk(database: Database, engine_server: TestServer) -> AsyncIterator[ChatDesk]:
    url = str(engine_server.make_url("")).rstrip("/")
    async with Engine(url, SECRET, 5, Metrics()) as engine:
        talks = Conversations(database, engine, Metrics(), Bell(), timedelta(seconds=7))
        yield ChatDesk(
            database,
            Pressing(NOTICES, QUESTIONS, PUBLIC_URL),
            Hearing(database, talks, QUESTIONS),
            Linking(SCHEME, "office@tqm.example", PUBLIC_URL),
        )


def wrote(
    text: str, key: str = "k1", *, user: str = "U-HAL", is_private: bool = True, about: str | None = None
) -> Wrote:
    return Wrote(sender(user), text, key, is_private, about=about)


async def a_question(database: Database) -> str:
    async with database.writing() as session:
        hub_id = await session.scalar(select(HubRow.id))
        handover = Handover("left_open", "Is there a crèche?", hub_id, name="Ann Lee", email="ann@fairview.example")
        hours = OfficeHours.parse("09:00-17:00")
        asked = await ask(session, handover, datetime.now(UTC), QUESTIONS, hours=hours, answer_days=2)
        await session.commit()
    return asked.id


async def test_whoever_is_not_linked_reads_how_to_link_and_nothing_else(
    database: Database, cohort: str, desk: ChatDesk, engine: FakeEngine
) -> None:
    registration = await put_down(database, cohort)
    for reply in (
        await desk.hear(wrote("What does it cost?")),
        await desk.press(Pressed(sender(), "confirm", registration.id, "p")),
        await desk.answer(Answered(sender(), await a_question(database), "Yes", "a")),
        await desk.command(sender(), "registrations", "c"),
    ):
        assert reply.text == saying.LINK_FIRST
        assert reply.only_for_sender
    assert engine.turns == []


async def test_a_mailed_link_joins_the_account_once(database: Database, cohort: str, desk: ChatDesk) -> None:
    reply = await desk.hear(wrote(f"link <mailto:{HAL}|{HAL}>"))
    assert reply.text == saying.LINK_ASKED
    [mail] = await mails_to(database, HAL)
    found = re.search(r"/desk/link/([\w-]+)", mail.text)
    assert found is not None
    async with database.writing() as session:
        joined = await linking.finish(session, found[1], datetime.now(UTC))
        await session.commit()
    assert (joined.account.user_id, joined.member.name, joined.platform) == ("U-HAL", "Hal Hubbard", "Slack")
    assert [post.content["headline"][:35] for post in await posts(database)] == ["You are linked as Hal Hubbard. Regi"]
    async with database.writing() as session:
        with pytest.raises(SignInRefused):
            await linking.finish(session, found[1], datetime.now(UTC))
    assert (await desk.command(sender(), "", "h")).text == saying.HELP


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    database: Database, cohort: str, desk: ChatDesk
) -> None:
    assert (await desk.hear(wrote("link who@where.example"))).text == saying.LINK_ASKED
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(SignInRow)) == 0


@pytest.mark.parametrize("email", [HAL, "who@where.example"])
async def test_links_are_limited_alike_for_known_and_unknown_addresses(
    database: Database, cohort: str, desk: ChatDesk, email: str
) -> None:
    replies = [(await desk.hear(wrote(f"link {email}"))).text for _ in range(6)]
    assert replies == [saying.LINK_ASKED] * 5 + [saying.LINK_TOO_OFTEN]


async def test_a_second_press_reads_who_confirmed_and_when(database: Database, cohort: str, desk: ChatDesk) -> None:
    await linked(database)
    registration = await put_down(database, cohort)
    first = await desk.press(Pressed(sender(), "confirm", registration.id, "p1"))
    second = await desk.press(Pressed(sender(), "confirm", registration.id, "p2"))
    assert first.text.startswith("Confirmed: Fairview Primary School")
    assert second.text.startswith("You have confirmed this already, in Slack on ")
    assert second.replaces_card is not None
    assert "Confirmed by Hal Hubbard in Slack" in second.replaces_card.note
    assert len(await mails_to(database, "ann.lee@fairview.example")) == 1


async def test_anothers_registration_and_one_that_is_not_there_are_refused_alike(
    database: Database, cohort: str, desk: ChatDesk
) -> None:
    async with database.writing() as session:
        await add_leader(session, "Ida New", "ida@hub.example")
        await session.commit()
    await linked(database, "ida@hub.example", "U-IDA")
    registration = await put_down(database, cohort)
    theirs = await desk.press(Pressed(sender("U-IDA"), "confirm", registration.id, "p1"))
    nothing = await desk.press(Pressed(sender("U-IDA"), "confirm", "no-such-id", "p2"))
    assert theirs == nothing
    assert "Fairview" not in theirs.text


async def test_a_question_is_answered_once(database: Database, cohort: str, desk: ChatDesk) -> None:
    await linked(database)
    question_id = await a_question(database)
    assert await desk.question_text(sender(), question_id) == "Is there a crèche?"
    refused = await desk.answer(Answered(sender(), question_id, "x" * 40_000, "a0"))
    assert "40,000 characters" in refused.text
    first = await desk.answer(Answered(sender(), question_id, "No, sorry.", "a1"))
    second = await desk.answer(Answered(sender(), question_id, "Yes!", "a2"))
    assert first.text == "Thank you: your answer is on its way."
    assert second.text.startswith("You have answered this already, in Slack on ")
    assert "No, sorry." in second.text
    assert len(await mails_to(database, "ann@fairview.example")) == 1


async def test_words_reach_the_members_own_conversation_and_the_same_key_is_answered_once(
    database: Database, cohort: str, desk: ChatDesk, engine: FakeEngine
) -> None:
    await linked(database)
    first = await desk.hear(wrote("who has registered?", "w1"))
    again = await desk.hear(wrote("who has registered?", "w1"))
    assert first == again
    assert first.text == "You said: who has registered?"
    assert [turn.get("choice") or turn.get("text") for turn in engine.turns] == [OPEN_DESK, "who has registered?"]
    offered = await desk.hear(wrote("offer", "w2"))
    [cost, _duration] = offered.choices
    chosen = await desk.hear(Wrote(sender(), "", "w3", True, choice=cost[0]))
    assert chosen.text.startswith("You chose /ask")
    stale = await desk.hear(Wrote(sender(), "", "w4", True, choice=cost[0]))
    assert stale.text == saying.NO_LONGER_OFFERED


async def test_where_others_read_along_only_public_answers_are_for_all(
    database: Database, cohort: str, desk: ChatDesk
) -> None:
    await linked(database)
    assert not (await desk.hear(wrote("what does it cost?", "w1", is_private=False))).only_for_sender  # ask/cost
    assert (await desk.hear(wrote("offer", "w2", is_private=False))).only_for_sender  # no topic is known


async def test_a_very_long_message_is_read_as_far_as_it_can_be(
    database: Database, cohort: str, desk: ChatDesk, engine: FakeEngine
) -> None:
    await linked(database)
    reply = await desk.hear(wrote("x" * 40_000))
    assert reply.text.startswith("Your message was longer than 4,000 characters")
    assert len(engine.turns[-1]["text"]) == 4000


async def test_while_the_engine_is_away_it_is_said_politely(
    database: Database, cohort: str, desk: ChatDesk, engine: FakeEngine
) -> None:
    await linked(database)
    engine.status = 500
    assert (await desk.hear(wrote("hello"))).text == saying.ENGINE_AWAY


async def test_unlinked_means_unknown(database: Database, cohort: str, desk: ChatDesk) -> None:
    await linked(database)
    assert (await desk.hear(wrote("Mail on"))).text == saying.MAIL_ON
    assert (await desk.hear(wrote("unlink"))).text == saying.UNLINKED
    assert (await desk.hear(wrote("who has registered?"))).text == saying.LINK_FIRST


async def test_words_below_a_question_that_is_not_held_reach_nobody(
    database: Database, cohort: str, desk: ChatDesk
) -> None:
    await linked(database)
    reply = await desk.hear(wrote("No, sorry", about=await a_question(database)))
    assert reply.text == saying.NOT_HELD
    assert reply.card is not None
    assert [action.kind for action in reply.card.actions] == ["answer"]


async def test_an_event_is_kept_once_handled_until_it_works_and_then_emptied(database: Database) -> None:
    seen: list[str] = []

    async def handle(payload: dict[str, str]) -> None:
        seen.append(payload["text"])
        if len(seen) == 1:
            raise RuntimeError("the platform is away")

    async def arrive() -> bool:
        async with database.writing() as session:
            is_new = await keep(session, "slack", "Ev1", {"text": "hello"}, datetime.now(UTC))
            await session.commit()
        return is_new

    assert [await arrive(), await arrive()] == [True, False]
    worker = EventWorker(database, {"slack": handle})
    await worker.work_off()
    async with database.writing() as session:
        row = (await session.scalars(select(ChatEventRow))).one()
        assert (row.state, row.payload, row.error) == ("new", {"text": "hello"}, "RuntimeError")
        row.next_at = datetime.now(UTC)
        await session.commit()
    await worker.work_off()
    async with database.reading() as session:
        row = (await session.scalars(select(ChatEventRow))).one()
    assert (seen, row.state, row.payload) == (["hello", "hello"], "done", None)
