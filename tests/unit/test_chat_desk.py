"""What members of staff do in Slack and Teams: as themselves once a mailed link said who they are."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

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
from bot.desk import conversations, questions
from bot.hubs import add_leader
from bot.metrics import Metrics
from bot.questions.asking import ask
from bot.questions.hours import OfficeHours
from bot.questions.mailed import MailedQuestions
from bot.questions.question import Handover
from bot.rasa import OPEN_DESK, Engine
from bot.staff.finding import member_by_email
from bot.staff.member import Doing
from bot.staff.officers import add_officer
from bot.staff.sign_in import SignInRefused
from bot.store.database import Database
from bot.store.tables import ChatEventRow, HubRow, SignInRow
from tests.chat_desk import (
    HAL,
    NOTICES,
    PUBLIC_URL,
    SCHEME,
    TELLING,
    FakePoster,
    linked,
    mails_to,
    posts,
    sender,
    worker,
)
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


async def a_question(database: Database, **chosen: Any) -> str:
    async with database.writing() as session:
        hub_id = await session.scalar(select(HubRow.id))
        handover = Handover(
            "left_open", "Is there a crèche?", hub_id, name="Ann Lee", email="ann@fairview.example", **chosen
        )
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
    events = EventWorker(database, {"slack": handle})
    await events.work_off()
    async with database.writing() as session:
        row = (await session.scalars(select(ChatEventRow))).one()
        assert (row.state, row.payload, row.error) == ("new", {"text": "hello"}, "RuntimeError")
        row.next_at = datetime.now(UTC)
        await session.commit()
    await events.work_off()
    async with database.reading() as session:
        row = (await session.scalars(select(ChatEventRow))).one()
    assert (seen, row.state, row.payload) == (["hello", "hello"], "done", None)


OFFICE = "olive@tqm.example"


async def two_members(database: Database) -> None:
    """Hal leads the hub, and Olive of the office sees the same."""
    async with database.writing() as session:
        await add_officer(session, "Olive Office", OFFICE)
        await session.commit()
    await linked(database)
    await linked(database, OFFICE, "U-OLIVE")


async def test_two_who_confirm_at_once_have_one_effect_and_one_reads_who_did(
    database: Database, cohort: str, desk: ChatDesk
) -> None:
    await two_members(database)
    registration = await put_down(database, cohort)
    presses = (Pressed(sender(user), "confirm", registration.id, user) for user in ("U-HAL", "U-OLIVE"))
    texts = sorted(reply.text for reply in await asyncio.gather(*map(desk.press, presses)))
    assert texts[0].startswith("Confirmed: Fairview Primary School")
    assert "has confirmed this already, in Slack on " in texts[1]
    assert len(await mails_to(database, "ann.lee@fairview.example")) == 1


async def test_two_who_answer_at_once_have_one_effect_and_one_reads_the_answer(
    database: Database, cohort: str, desk: ChatDesk
) -> None:
    await two_members(database)
    asked = await a_question(database)
    answers = (Answered(sender(user), asked, f"Says {user}.", user) for user in ("U-HAL", "U-OLIVE"))
    texts = sorted((reply.text for reply in await asyncio.gather(*map(desk.answer, answers))), key=len)
    assert texts[0] == "Thank you: your answer is on its way."
    assert "has answered this already, in Slack on " in texts[1] and "The answer was: “Says U-" in texts[1]
    assert len(await mails_to(database, "ann@fairview.example")) == 1


async def test_a_conversation_is_taken_over_spoken_in_and_given_back(
    database: Database, cohort: str, desk: ChatDesk
) -> None:
    await two_members(database)
    talks = desk.hearing.conversations
    talk = (await talks.start("web")).conversation_id
    asked = await a_question(database, conversation_id=talk, shares=(1, 1))
    taken = await desk.press(Pressed(sender(), "take_over", asked, "t1"))
    assert taken.replaces_card and "give_back" in [action.kind for action in taken.replaces_card.actions]
    second = await desk.press(Pressed(sender("U-OLIVE"), "take_over", asked, "t2"))
    assert second.text.startswith("Hal Hubbard has taken over this already, in Slack on ")
    assert (await desk.hear(wrote("No, sorry.", "s1", about=asked))).text == saying.SAID
    assert (await desk.hear(wrote("No, sorry.", "s1", about=asked))).text == saying.SAID  # delivered twice, said once
    assert (await desk.hear(wrote("Yes!", "s2", user="U-OLIVE", about=asked))).text == saying.NOT_HELD
    given = await desk.press(Pressed(sender(), "give_back", asked, "g1"))
    assert given.replaces_card and given.replaces_card.note.startswith("Answered by Hal Hubbard in Slack")
    again = await desk.press(Pressed(sender(), "give_back", asked, "g2"))
    assert again.text.startswith("You have given back this already")
    words = [(message.sender, message.text) for message in await talks.history(talk)]
    assert words.count(("leader", "No, sorry.")) == 1


async def test_giving_back_at_the_desk_shows_in_the_post(database: Database, cohort: str, desk: ChatDesk) -> None:
    await two_members(database)
    talk = (await desk.hearing.conversations.start("web")).conversation_id
    asked = await a_question(database, conversation_id=talk, shares=(1, 1))
    await desk.press(Pressed(sender(), "take_over", asked, "t1"))
    poster = FakePoster()
    await worker(database, poster).work_off("slack")
    assert poster.posted[-1].card and "has taken over" in poster.posted[-1].card.note
    async with database.writing() as session:
        hal = await member_by_email(session, HAL)
        assert hal is not None
        await conversations.give_back(session, Doing(hal, "desk"), talk, datetime.now(UTC), QUESTIONS)
        await session.commit()
    await worker(database, poster).work_off("slack")
    card = poster.posted[-1].card
    assert card and poster.posted[-1].replaces
    assert "take_over" in [action.kind for action in card.actions] and "taken over" not in card.note


async def test_who_passed_a_question_on_sees_it_in_their_post(database: Database, cohort: str, desk: ChatDesk) -> None:
    await two_members(database)
    asked = await a_question(database)
    poster = FakePoster()
    await worker(database, poster).work_off("slack")
    async with database.writing() as session:
        hal = await member_by_email(session, HAL)
        assert hal is not None
        await questions.reassign(session, Doing(hal, "desk"), asked, None, datetime.now(UTC), QUESTIONS)
        await session.commit()
    await worker(database, poster).work_off("slack")
    assert "Passed on" in [post.card.title for post in poster.posted if post.card and post.replaces]
