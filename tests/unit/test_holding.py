"""A leader takes a conversation over and gives it back; the assistant is silent meanwhile. On both databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import update

from bot.bell import Bell
from bot.conversation import Conversations
from bot.desk import conversations as desk
from bot.metrics import Metrics
from bot.questions.reading import of_conversation
from bot.questions.reminding import Reminded, remind
from bot.rasa import Engine
from bot.staff.member import Doing, Member, NotAllowed
from bot.store.database import Database
from bot.store.tables import ConversationRow
from tests.fake_engine import SECRET, FakeEngine
from tests.questioning import CONVERSATION, HOURS, MAILED, NOW, House, a_house
from tests.waiting import until


@pytest.fixture
async def house(database: Database) -> House:
    house = await a_house(database)
    await house.talk("We are small.", "Is Gift Aid possible?")
    await house.ask(conversation_id=CONVERSATION, shares=(3, 4))
    return house


@pytest.fixture
async def talk(house: House, engine_server: TestServer) -> AsyncIterator[Conversations]:
    """What answers persons, on a fake engine."""
    url = str(engine_server.make_url("")).rstrip("/")
    async with Engine(url, SECRET, 5.0, Metrics()) as engine:
        lease = timedelta(seconds=7)
        yield Conversations(house.database, engine, Metrics(), Bell(), lease, notices=MAILED)


def now() -> datetime:
    return datetime.now(UTC)


async def test_taking_over_and_giving_back_say_so_and_the_assistant_is_silent_between(
    house: House, talk: Conversations, engine: FakeEngine
) -> None:
    await house.take(now=now())
    assert await talk.say(CONVERSATION, text="Hello?", client_id="a") == []
    assert await talk.say(CONVERSATION, text="Hello?", client_id="a") == []
    await house.say("Hello, Ann.", now=now())
    await house.give_back(now=now())
    [answer] = await talk.say(CONVERSATION, text="Thank you")
    assert answer.text == "You said: Thank you"
    assert [turn["text"] for turn in engine.asked] == ["Thank you"]
    taken, hello, word, back, *_ = (await house.said())[4:]
    assert taken == (
        "assistant",
        "Hal Hubbard, who leads the Testham hub, has joined and answers from here on. The assistant is silent meanwhile.",
    )
    assert (hello, word) == (("you", "Hello?"), ("Hal Hubbard", "Hello, Ann."))
    assert back[1].startswith("Hal Hubbard has left the conversation, and the assistant is back")


async def test_whoever_holds_it_hears_what_the_person_says(house: House, talk: Conversations) -> None:
    await house.take(by=house.office, now=now())
    await talk.say(CONVERSATION, text="<b>Hello?</b>", client_id="a")
    await talk.say(CONVERSATION, text="<b>Hello?</b>", client_id="a")
    [mail] = await house.mails("question_said")
    assert mail.recipient == "olive@tqm.example"
    assert "<b>Hello?</b>" in mail.text and "&lt;b&gt;Hello?&lt;/b&gt;" in mail.html


async def test_a_leader_s_first_word_silences_a_turn_that_is_being_answered(
    house: House, talk: Conversations, engine: FakeEngine
) -> None:
    engine.delay = 1.0
    turn = asyncio.create_task(talk.say(CONVERSATION, text="And VAT?"))
    await until(lambda: bool(engine.turns))
    await house.say("I can tell you.", now=now())
    assert await turn == []
    assert [text for _, text in (await house.said())[4:]] == [
        "And VAT?",
        "Hal Hubbard, who leads the Testham hub, has joined and answers from here on. The assistant is silent meanwhile.",
        "I can tell you.",
    ]
    [mail] = await house.mails("question_said")
    assert "And VAT?" in mail.text


async def test_an_answer_that_is_given_while_the_engine_answers_stands_beside_the_engine_s(
    house: House, talk: Conversations, engine: FakeEngine
) -> None:
    """It answers an earlier question and takes nothing over."""
    engine.delay = 0.5
    [question] = [await house.ask(conversation_id=CONVERSATION)]
    turn = asyncio.create_task(talk.say(CONVERSATION, text="And VAT?"))
    await until(lambda: bool(engine.turns))
    await house.answer(question)
    assert [message.text for message in await turn] == ["You said: And VAT?"]
    assert [text for _, text in (await house.said())[4:]] == ["And VAT?", "It is.", "You said: And VAT?"]


async def test_after_a_while_without_a_word_the_assistant_answers_again_and_says_so(
    house: House, talk: Conversations, engine: FakeEngine
) -> None:
    await house.take(now=now() - timedelta(minutes=31))
    said = await talk.say(CONVERSATION, text="Hello?")
    assert [message.text for message in said] == [
        "The person who took over seems to be away, so the assistant answers again.",
        "You said: Hello?",
    ]
    assert [message.text for message in await talk.say(CONVERSATION, text="Good")] == ["You said: Good"]


async def test_a_word_of_the_leader_s_begins_the_while_anew(house: House, talk: Conversations) -> None:
    await house.take(now=now() - timedelta(minutes=40))
    await house.say("Still here.", now=now() - timedelta(minutes=20))
    assert await talk.say(CONVERSATION, text="Good") == []


async def test_a_choice_may_still_be_taken_after_it_is_given_back(
    house: House, talk: Conversations, engine: FakeEngine
) -> None:
    [offer] = await talk.say(CONVERSATION, text="offer")
    await house.take(now=now())
    await house.give_back(now=now())
    await talk.say(CONVERSATION, choice=offer.choices[0].id)
    assert engine.asked[-1]["choice"] == offer.choices[0].payload


async def test_two_leaders_at_once_and_one_of_them_holds_it(house: House) -> None:
    taken = await asyncio.gather(house.take(), house.take(by=house.office))
    first, second = sorted(taken, key=lambda each: not each.is_new)
    assert (first.is_new, second.is_new) == (True, False)
    assert second.by is not None
    assert second.by.name == first.result.held_by == second.result.held_by
    other = house.office if first.result.held_by == "Hal Hubbard" else house.hal
    refused = await house.say("Hello!", by=other)
    assert (refused.is_new, refused.by) == (False, second.by)
    assert "Hello!" not in [text for _, text in await house.said()]


async def test_the_same_word_twice_is_said_once(house: House) -> None:
    first, again = await house.say("Hello!", key="k1"), await house.say("Hello!", key="k1")
    await house.say("Hello!", key="k2")
    assert (first.is_new, again.is_new) == (True, False)
    assert [text for who, text in await house.said() if who == "Hal Hubbard"] == ["Hello!", "Hello!"]


async def test_a_hold_that_ended_by_itself_is_another_s_to_take(house: House) -> None:
    await house.take()
    taken = await house.take(by=house.office, now=NOW + timedelta(minutes=31))
    assert (taken.is_new, taken.result.held_by) == (True, "Olive Office")


async def shown(house: House, member: Member) -> desk.ConversationShown:
    async with house.database.reading() as session:
        return await desk.conversation(session, member, CONVERSATION)


async def test_a_leader_sees_what_was_shared_and_what_is_said_while_it_is_held(
    house: House, talk: Conversations
) -> None:
    await talk.say(CONVERSATION, text="Between ourselves")
    await house.take(now=now())
    await talk.say(CONVERSATION, text="Hello Hal")
    await house.give_back(now=now())
    await talk.say(CONVERSATION, text="Among us again")
    theirs = [message.text for message in (await shown(house, house.hal)).messages]
    assert [text for text in theirs if "Hal Hubbard" not in text] == ["Is Gift Aid possible?", "Hm.", "Hello Hal"]
    assert "Between ourselves" in [message.text for message in (await shown(house, house.office)).messages]


@pytest.mark.parametrize("by", ["oda", "hal"])
async def test_what_was_not_shared_with_a_leader_they_neither_see_nor_take(house: House, by: str) -> None:
    other = await house.talk("Secret", conversation_id="another")
    await house.ask("Secret?", conversation_id=other, shares=None)
    member = getattr(house, by)
    conversation_id = CONVERSATION if by == "oda" else other
    with pytest.raises(NotAllowed):
        await house.say("Hello", by=member, conversation_id=conversation_id)
    async with house.database.reading() as session:
        listed = await desk.listed(session, member)
    assert [each.id for each in listed] == ([CONVERSATION] if by == "hal" else [])


async def test_the_office_sees_all_conversations_but_those_of_staff(house: House) -> None:
    await house.talk("Mine", conversation_id="of-staff")
    async with house.database.writing() as session:
        await session.execute(
            update(ConversationRow).where(ConversationRow.id == "of-staff").values(member=house.hal.ref)
        )
        await session.commit()
    async with house.database.reading() as session:
        [listed] = await desk.listed(session, house.office)
    assert (listed.id, listed.messages, listed.held_by) == (CONVERSATION, 4, None)


async def test_what_reached_the_person_is_noted_once_it_was_a_leader_s(house: House, talk: Conversations) -> None:
    async def seen_n() -> int:
        async with house.database.reading() as session:
            row = await session.get(ConversationRow, CONVERSATION)
            assert row is not None
            return row.seen_n

    await talk.seen(CONVERSATION, await talk.history(CONVERSATION))
    assert await seen_n() == 0
    await house.say("Hello!")
    history = await talk.history(CONVERSATION)
    await talk.seen(CONVERSATION, history)
    assert await seen_n() == history[-1].n
    await talk.seen(CONVERSATION, history[:-1])
    assert await seen_n() == history[-1].n


async def test_the_bell_rings_once_a_leader_s_word_is_kept_and_not_before(house: House) -> None:
    bell = Bell()
    with bell.listening(CONVERSATION) as ear:
        async with house.database.writing() as session:
            await desk.say(session, _doing(house), CONVERSATION, "Hello!", NOW, MAILED)
            assert not ear.is_set()
        assert not ear.is_set()
        await house.say("Hello!")
        assert ear.is_set()


def _doing(house: House) -> Doing:
    return Doing(house.hal, "desk")


async def test_a_question_that_was_answered_in_the_conversation_is_answered_when_it_is_given_back(house: House) -> None:
    await house.take(now=now())
    await house.say("Hello, Hal here.", now=now())
    await house.say("Yes, since 2019.", now=now())
    await house.give_back(now=now())
    async with house.database.reading() as session:
        [question] = await of_conversation(session, CONVERSATION)
    assert (question.state, question.answered_name) == ("answered", "Hal Hubbard")
    assert question.answer == "Hello, Hal here.\n\nYes, since 2019."
    [mail] = await house.mails(
        "question_answer"
    )  # leaves in a minute, unless they see it in the conversation until then
    assert "Hello, Hal here." in mail.text and "Yes, since 2019." in mail.text
    assert [text for _, text in await house.said()].count("Yes, since 2019.") == 1
    async with house.database.writing() as session:
        assert await remind(session, NOW + timedelta(days=30), HOURS, MAILED) == Reminded()


async def test_a_question_of_which_nothing_was_said_stays_open_when_it_is_given_back(house: House) -> None:
    await house.take(now=now())
    await house.give_back(now=now())
    async with house.database.reading() as session:
        [question] = await of_conversation(session, CONVERSATION)
    assert question.state == "open"


async def test_somebody_else_may_take_over_after_the_patience_that_is_set(house: House) -> None:
    await house.take(now=now() - timedelta(minutes=10))
    async with house.database.writing() as session:
        doing = Doing(house.office, "desk")
        early = await desk.take(session, doing, CONVERSATION, now(), MAILED, patience=timedelta(minutes=11))
        late = await desk.take(session, doing, CONVERSATION, now(), MAILED, patience=timedelta(minutes=9))
    assert (early.is_new, late.is_new, late.result.held_by) == (False, True, "Olive Office")
