"""A conversation: answered once, in order, whatever is repeated, concurrent, offered or killed. On both databases."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import select
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession

from bot.bell import Bell
from bot.conversation import REMOVED, ChoiceNotOffered, Conversations, ConversationUnknown
from bot.metrics import Metrics
from bot.rasa import Engine, EngineUnavailable
from bot.store.database import Database, StoreUnavailable
from bot.store.message import Message
from bot.store.tables import ConversationRow
from bot.switch import SwitchedOff, set_off, set_on
from bot.typed import EmptyMessage
from tests.fake_engine import OFFER, SECRET, FakeEngine

type Open = Callable[..., Awaitable[Conversations]]


@pytest.fixture
async def opened(database_url: str, engine_server: TestServer) -> AsyncIterator[Open]:
    """Opens conversations as one more process on the same database and engine would."""
    async with AsyncExitStack() as stack:

        async def open_(lease: float = 3.0) -> Conversations:
            database = Database(database_url)
            stack.push_async_callback(database.close)
            url = str(engine_server.make_url("")).rstrip("/")
            engine = await stack.enter_async_context(Engine(url, SECRET, 2.0, Metrics()))
            return Conversations(database, engine, Metrics(), Bell(), timedelta(seconds=lease))

        yield open_


@pytest.fixture
async def conversations(opened: Open) -> Conversations:
    return await opened()


@pytest.fixture
async def conversation(conversations: Conversations) -> str:
    return (await conversations.start("web")).conversation_id


def lines(messages: list[Message]) -> list[tuple[int, str, str]]:
    return [(message.n, message.sender, message.text) for message in messages]


GREETING = (1, "assistant", "Hello! What would you like to know?")


async def test_a_conversation_begins_with_a_greeting(conversations: Conversations) -> None:
    started = await conversations.start("web")
    assert lines(started.messages) == [GREETING]
    assert await conversations.history(started.conversation_id) == started.messages


async def test_question_and_answer_are_kept_in_order(conversations: Conversations, conversation: str) -> None:
    answer = await conversations.say(conversation, text="cost?")
    assert lines(answer) == [(3, "assistant", "You said: cost?")]
    assert lines(await conversations.history(conversation)) == [GREETING, (2, "you", "cost?"), *lines(answer)]
    assert await conversations.history(conversation, after=2) == answer
    assert await conversations.history(conversation, after=3) == []


async def test_the_same_id_gets_the_same_answer(
    conversations: Conversations, conversation: str, engine: FakeEngine
) -> None:
    first = await conversations.say(conversation, text="cost?", client_id="a")
    assert await conversations.say(conversation, text="cost?", client_id="a") == first
    assert await conversations.say(conversation, text="other words", client_id="a") == first
    assert len(engine.asked) == 1


async def test_the_same_id_in_another_conversation_is_another_message(
    conversations: Conversations, conversation: str, engine: FakeEngine
) -> None:
    other = (await conversations.start("web")).conversation_id
    await conversations.say(conversation, text="cost?", client_id="a")
    await conversations.say(other, text="cost?", client_id="a")
    assert len(engine.asked) == 2


async def test_messages_of_one_conversation_are_taken_one_at_a_time(
    opened: Open, conversation: str, engine: FakeEngine
) -> None:
    engine.delay = 0.02
    processes = [await opened(), await opened()]
    said = [processes[i % 2].say(conversation, text=f"question {i}", client_id=f"q{i}") for i in range(8)]
    answers = await asyncio.gather(*said)
    assert engine.most_at_once == 1
    assert [answer[0].text for answer in answers] == [f"You said: question {i}" for i in range(8)]
    history = await processes[0].history(conversation)
    assert [message.n for message in history] == list(range(1, 18))
    assert all(message.answers == message.n - 1 for message in history if message.sender == "assistant")


async def test_messages_are_answered_in_the_order_in_which_they_came(
    conversations: Conversations, conversation: str, engine: FakeEngine
) -> None:
    waiting = []
    for i, delay in enumerate((0.05, 0.001, 0.03, 0.001, 0.02, 0.001)):
        waiting.append(asyncio.create_task(conversations.say(conversation, text=f"question {i}")))
        await asyncio.sleep(delay)
        engine.delay = delay
    await asyncio.gather(*waiting)
    assert [turn["text"] for turn in engine.asked] == [f"question {i}" for i in range(6)]


async def test_the_same_message_sent_to_two_processes_at_once_is_answered_once(
    opened: Open, conversation: str, engine: FakeEngine
) -> None:
    engine.delay = 0.05
    processes = [await opened(), await opened()]
    answers = await asyncio.gather(*(processes[i % 2].say(conversation, text="cost?", client_id="a") for i in range(6)))
    assert all(answer == answers[0] for answer in answers)
    assert len(engine.asked) == 1


async def test_conversations_do_not_wait_for_each_other(conversations: Conversations, engine: FakeEngine) -> None:
    several = [(await conversations.start("web")).conversation_id for _ in range(8)]
    engine.delay = 0.3
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(conversations.say(one, text="cost?") for one in several))
    assert asyncio.get_running_loop().time() - began < 1.5


async def test_a_message_that_failed_is_kept_and_answered_when_it_comes_again(
    conversations: Conversations, conversation: str, engine: FakeEngine
) -> None:
    engine.status = 500
    with pytest.raises(EngineUnavailable):
        await conversations.say(conversation, text="cost?", client_id="a")
    assert lines(await conversations.history(conversation, after=1)) == [(2, "you", "cost?")]
    engine.status = 200
    answer = await conversations.say(conversation, text="cost?", client_id="a")
    assert lines(await conversations.history(conversation, after=1)) == [(2, "you", "cost?"), *lines(answer)]
    first, second = engine.asked
    assert first["message"] == second["message"]


async def test_a_choice_that_failed_is_answered_when_it_comes_again(
    conversations: Conversations, engine: FakeEngine
) -> None:
    started = await conversations.start("web")
    choice = started.messages[0].choices[1]
    engine.silent = True
    with pytest.raises(EngineUnavailable):
        await conversations.say(started.conversation_id, choice=choice.id, client_id="a")
    engine.silent = False
    [answer] = await conversations.say(started.conversation_id, choice=choice.id, client_id="a")
    assert answer.text == f"You chose {choice.payload}"


async def test_a_process_killed_in_the_middle_leaves_the_message_to_another(
    opened: Open, conversation: str, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = await opened(lease=0.5)
    engine.delay = 30

    async def nothing(_conversation_id: str) -> None:
        """A killed process gives nothing back."""

    monkeypatch.setattr(killed, "_give_back", nothing)
    turn = asyncio.create_task(killed.say(conversation, text="cost?", client_id="a"))
    await engine.questioned.wait()
    turn.cancel()
    await asyncio.wait([turn])
    engine.delay = 0
    answer = await (await opened()).say(conversation, text="cost?", client_id="a")
    assert lines(answer) == [(3, "assistant", "You said: cost?")]
    assert len(await killed.history(conversation)) == 3


async def test_an_answer_that_comes_after_its_lease_ended_is_not_kept_twice(
    opened: Open, conversation: str, engine: FakeEngine
) -> None:
    slow, other = await opened(lease=0.1), await opened()
    engine.delay = 0.4
    late = asyncio.create_task(slow.say(conversation, text="cost?", client_id="a"))
    await asyncio.sleep(0.2)
    engine.delay = 0.6
    answer = await other.say(conversation, text="cost?", client_id="a")
    with pytest.raises(EngineUnavailable):
        await late
    assert lines(await other.history(conversation, after=1)) == [(2, "you", "cost?"), *lines(answer)]


async def test_a_hung_up_client_frees_the_conversation(
    conversations: Conversations, conversation: str, engine: FakeEngine
) -> None:
    engine.delay = 30
    turn = asyncio.create_task(conversations.say(conversation, text="cost?", client_id="a"))
    await engine.questioned.wait()
    turn.cancel()
    await asyncio.wait([turn])
    engine.delay = 0
    async with asyncio.timeout(1):
        await conversations.say(conversation, text="cost?", client_id="a")


async def test_a_choice_is_the_engines_payload_and_shows_its_label(
    conversations: Conversations, conversation: str, engine: FakeEngine
) -> None:
    [greeting] = await conversations.history(conversation)
    [answer] = await conversations.say(conversation, choice=greeting.choices[0].id)
    assert answer.text == f"You chose {OFFER[0]['payload']}"
    assert engine.asked[0]["choice"] == OFFER[0]["payload"]
    assert lines(await conversations.history(conversation, after=1))[0] == (2, "you", "What it costs")


@pytest.mark.parametrize("typed", ["what it costs!", "1", "the first one", "Option 1."])
async def test_typing_a_choice_is_choosing_it(
    conversations: Conversations, conversation: str, engine: FakeEngine, typed: str
) -> None:
    await conversations.say(conversation, text=typed)
    assert engine.asked[0].get("choice") == OFFER[0]["payload"]
    assert (await conversations.history(conversation, after=1))[0].text == typed


async def test_only_the_last_turns_choices_are_on_offer(
    conversations: Conversations, conversation: str, engine: FakeEngine
) -> None:
    [greeting] = await conversations.history(conversation)
    await conversations.say(conversation, text="something else")
    for choice in (greeting.choices[0].id, "made-up", OFFER[0]["payload"], ""):
        with pytest.raises(ChoiceNotOffered):
            await conversations.say(conversation, choice=choice)
    await conversations.say(conversation, text="1")
    assert engine.asked[-1].get("text") == "1"
    assert len(engine.asked) == 2


async def test_anothers_choices_are_not_on_offer(conversations: Conversations, conversation: str) -> None:
    another = await conversations.start("web")
    with pytest.raises(ChoiceNotOffered):
        await conversations.say(conversation, choice=another.messages[0].choices[0].id)


async def test_typed_commands_are_words(conversations: Conversations, conversation: str, engine: FakeEngine) -> None:
    for typed in ("/restart", '/register{"school":"x"}', "/session_start", OFFER[0]["payload"]):
        await conversations.say(conversation, text=typed)
        assert engine.asked[-1].get("text") == typed
        assert "choice" not in engine.asked[-1]


async def test_a_private_number_is_neither_kept_nor_passed_on(
    conversations: Conversations, conversation: str, engine: FakeEngine
) -> None:
    engine.status = 500  # no engine is needed to refuse
    said = "my card is 4111 1111 1111 1111"
    [answer] = await conversations.say(conversation, text=said, client_id="a")
    assert "bank card number" in answer.text
    assert await conversations.say(conversation, text=said, client_id="a") == [answer]
    assert lines(await conversations.history(conversation, after=1)) == [
        (2, "you", REMOVED),
        (3, "assistant", answer.text),
    ]
    assert engine.asked == []


async def test_nothing_to_read_is_not_kept(conversations: Conversations, conversation: str) -> None:
    with pytest.raises(EmptyMessage):
        await conversations.say(conversation, text="\u202e \x00\n")
    assert len(await conversations.history(conversation)) == 1


async def test_a_conversation_that_is_not_there(conversations: Conversations) -> None:
    with pytest.raises(ConversationUnknown):
        await conversations.say("nowhere", text="hello")
    with pytest.raises(ConversationUnknown):
        await conversations.history("nowhere")


async def test_switched_off_and_on_again(
    conversations: Conversations, conversation: str, database_url: str, engine: FakeEngine
) -> None:
    answered = await conversations.say(conversation, text="cost?", client_id="a")
    database = Database(database_url)
    await set_off(database, "Back on Monday.")
    for attempt in (conversations.start("web"), conversations.say(conversation, text="hello?")):
        with pytest.raises(SwitchedOff, match=r"^Back on Monday\.$"):
            await attempt
    assert await conversations.say(conversation, text="cost?", client_id="a") == answered
    await set_on(database)
    await database.close()
    await conversations.say(conversation, text="hello?")
    assert [turn.get("text") for turn in engine.asked] == ["cost?", "hello?"]


async def test_no_greeting_no_conversation(conversations: Conversations, engine: FakeEngine, database_url: str) -> None:
    engine.status = 500
    with pytest.raises(EngineUnavailable):
        await conversations.start("web")
    database = Database(database_url)
    async with database.reading() as session:
        assert (await session.execute(sql("SELECT count(*) FROM conversation"))).scalar_one() == 0
    await database.close()


async def test_moments_are_kept_aware_and_in_utc(
    conversations: Conversations, conversation: str, database_url: str
) -> None:
    await conversations.say(conversation, text="cost?")
    database = Database(database_url)
    async with database.reading() as session:
        row = (await session.scalars(select(ConversationRow))).one()
    await database.close()
    assert row.created_at.utcoffset() == timedelta(0)
    assert row.created_at <= row.last_at <= datetime.now(UTC)
    assert (row.topic, row.channel, row.lease_owner, row.lease_until) == ("ask/cost", "web", None, None)


async def test_a_turn_costs_two_commits(
    conversations: Conversations, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = 0
    commit = AsyncSession.commit

    async def counted(self: AsyncSession) -> None:
        nonlocal commits
        commits += 1
        await commit(self)

    monkeypatch.setattr(AsyncSession, "commit", counted)
    await conversations.say(conversation, text="cost?", client_id="a")
    assert commits == 2
    await conversations.say(conversation, text="cost?", client_id="a")
    assert commits == 2


async def test_a_database_that_is_away_is_unavailable(engine_server: TestServer) -> None:
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:1/none")
    async with Engine(str(engine_server.make_url("")).rstrip("/"), SECRET, 1.0, Metrics()) as engine:
        conversations = Conversations(database, engine, Metrics(), Bell(), timedelta(seconds=1))
        with pytest.raises(StoreUnavailable):
            await conversations.say("c", text="cost?")
        with pytest.raises(StoreUnavailable):
            await conversations.start("web")
    await database.close()
