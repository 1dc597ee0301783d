"""One message in, messages out, whatever the channel: one at a time, never twice, kept before it is answered.

A turn is two short transactions with the engine between them: the first takes the conversation's lease and keeps what
the person said, the second keeps the answer and gives the lease back. Killed in between, the same message with the
same ``client_id`` is answered when it comes again.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import uuid4
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import private_numbers, switch
from bot.bell import Bell
from bot.choosing import chosen
from bot.metrics import Metrics
from bot.private_numbers import PrivateNumber
from bot.questions.notices import QuestionNotices, SilentQuestionNotices
from bot.questions.reading import of_conversation
from bot.rasa import WELCOME, Engine, EngineAnswer, EngineMessage, EngineUnavailable, Turn
from bot.store import holding
from bot.store.database import Database, StoreUnavailable
from bot.store.message import Choice, Message
from bot.store.transcript import Received, Transcript
from bot.store.transcript import Turn as LeasedTurn
from bot.typed import clean

REMOVED = "[number removed]"
"""What is kept of a message with a private number."""

_PRIVATE_NUMBER_ANSWER = (
    "That looks like a {number}, so I have not kept your message or passed it on. "
    "You never need to give one in this chat. Please ask again without it."
)
_BACK = "The person who took over seems to be away, so the assistant answers again."
_POLL_SECONDS = 0.02

_log = structlog.get_logger(__name__)


class ConversationUnknown(Exception):
    """There is no conversation with this id."""


class ConversationBusy(Exception):
    """Earlier messages of this conversation are still being answered."""


class ChoiceNotOffered(Exception):
    """The choice is not one of those that the assistant's last turn offered."""


@dataclass(frozen=True, slots=True)
class Started:
    conversation_id: str
    messages: list[Message]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a person said, before it is kept; ``private`` says what must not be kept of it.

    ``payload``: what a button of the client's own means to the engine; ``text`` is how it reads.
    """

    text: str | None
    choice: str | None
    private: PrivateNumber | None
    payload: str | None = None


@dataclass(frozen=True, slots=True)
class _Accepted:
    """A message that is kept: on which channel it came, and its answer if it has one already, with how that is counted."""

    channel: str
    received: Received
    answer: list[Message] | None = None
    outcome: str = ""


class Conversations:
    """All conversations, on one database and one engine. ``lease`` is longer than the engine may take.

    ``notices`` hears what a person says while a member of staff holds their conversation, and after ``takeover`` without a word
    of that member's the assistant answers again.
    """

    def __init__(
        self,
        database: Database,
        engine: Engine,
        metrics: Metrics,
        bell: Bell,
        lease: timedelta,
        *,
        notices: QuestionNotices | None = None,
        takeover: timedelta = timedelta(minutes=30),
    ) -> None:
        self._database = database
        self._engine = engine
        self._metrics = metrics
        self._bell = bell
        self._lease = lease
        self._notices: QuestionNotices = notices or SilentQuestionNotices()
        self._takeover = takeover
        self._owner = secrets.token_hex(8)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def start(self, channel: str, opening: str = WELCOME, member: str | None = None) -> Started:
        """A new conversation and its greeting; ``opening`` is what the engine is told. ``member``: whose it is, where it is one
        of staff (``Member.ref``). Raises SwitchedOff, EngineUnavailable, StoreUnavailable."""
        async with self._database.reading() as session:
            await switch.check(session)
        conversation_id = str(uuid4())
        greeting = await self._engine.ask(Turn(conversation_id, str(uuid4()), choice=opening))
        async with self._database.writing() as session:
            transcript = Transcript(session, conversation_id)
            now = datetime.now(UTC)
            await transcript.open(channel, now, member)
            messages = await transcript.say(_kept(greeting.messages), answers=0, now=now)
            await session.commit()
        return Started(conversation_id, messages)

    async def say(
        self,
        conversation_id: str,
        *,
        text: str | None = None,
        choice: str | None = None,
        client_id: str | None = None,
        payload: str | None = None,
    ) -> list[Message]:
        """Takes a person's ``text`` or the id of a ``choice``; returns the assistant's answer: nothing while a person answers.

        ``payload`` is what the engine is told in place of ``text``, by the service alone: nobody else may choose it.

        The same ``client_id`` again returns the same answer. Raises EmptyMessage, ChoiceNotOffered,
        ConversationUnknown, ConversationBusy, SwitchedOff, EngineUnavailable (the message is kept, and answered when
        it comes again with the same ``client_id``) and StoreUnavailable.
        """
        began = perf_counter()
        text = clean(text) if text is not None else None
        said = _Said(text, choice, private_numbers.find(text) if text else None, payload)
        with structlog.contextvars.bound_contextvars(conversation=conversation_id):
            async with self._one_at_a_time(conversation_id):
                answer = await self._turn(conversation_id, said, client_id)
        self._metrics.turn_seconds.observe(perf_counter() - began)
        return answer

    async def history(self, conversation_id: str, after: int = 0) -> list[Message]:
        """Everything said after message number ``after``; raises ConversationUnknown, StoreUnavailable."""
        async with self._database.reading() as session:
            transcript = Transcript(session, conversation_id)
            messages = await transcript.since(after)
            if not messages and not await transcript.exists():
                raise ConversationUnknown
        return messages

    async def seen(self, conversation_id: str, messages: list[Message]) -> None:
        """Notes that these messages reached the person: only a leader's matter, as they are mailed to whoever does not see them.

        Where the database is away it is not noted, and the mail goes out all the same.
        """
        n = max((message.n for message in messages if message.sender == "leader"), default=0)
        if not n:
            return
        try:
            async with self._database.reading() as session:
                if await holding.has_seen(session, conversation_id, n):
                    return
            async with self._database.writing() as session:
                await holding.see(session, conversation_id, n)
                await session.commit()
        except StoreUnavailable:
            _log.warning("not noted that a leader's words were seen")

    @asynccontextmanager
    async def _one_at_a_time(self, conversation_id: str) -> AsyncIterator[None]:
        """Within this process, in the order of arrival; the lease does the same across processes."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        try:
            async with asyncio.timeout(self._lease.total_seconds()):
                await lock.acquire()
        except TimeoutError:
            raise ConversationBusy from None
        try:
            yield
        finally:
            lock.release()

    async def _turn(self, conversation_id: str, said: _Said, client_id: str | None) -> list[Message]:
        deadline = perf_counter() + self._lease.total_seconds() + 1
        while (accepted := await self._accept(conversation_id, said, client_id)) is None:
            if perf_counter() > deadline:
                raise ConversationBusy
            await asyncio.sleep(_POLL_SECONDS)
        channel, received, answer = accepted.channel, accepted.received, accepted.answer
        if answer is not None:
            self._bell.ring(conversation_id)
            self._count(channel, accepted.outcome)
            return answer
        self._bell.ring(conversation_id)
        try:
            text = received.text if received.payload is None else None
            turn = Turn(conversation_id, received.id, text, received.payload, again=received.again)
            answer = await self._keep(conversation_id, received, await self._engine.ask(turn))
        except BaseException as error:
            self._count(channel, "unavailable" if isinstance(error, EngineUnavailable) else "failed")
            await asyncio.shield(self._give_back(conversation_id))
            raise
        self._bell.ring(conversation_id)
        self._count(channel, "answered", answer)
        return answer

    async def _accept(self, conversation_id: str, said: _Said, client_id: str | None) -> _Accepted | None:
        """The first transaction. None while another process answers in this conversation.

        Leaving without a commit gives the lease back.
        """
        now = datetime.now(UTC)
        async with self._database.writing() as session:
            transcript = Transcript(session, conversation_id)
            turn = await transcript.lease(self._owner, now, now + self._lease)
            if turn is None:
                if not await transcript.exists():
                    raise ConversationUnknown
                return None
            received = await transcript.received(client_id) if client_id else None
            if received and received.answered:
                return _Accepted(turn.channel, received, await transcript.answers_to(received.n), "repeated")
            is_held = holding.Held(turn.held_by, turn.held_at).is_in_force(now, self._takeover)
            if not is_held:
                await switch.check(session)
            accepted = _Accepted(turn.channel, received) if received else None
            if accepted is None and said.private:
                accepted = await self._refuse(transcript, turn, said.private, client_id, now)
            elif accepted is None:
                text, payload = _meant(said, await transcript.offered())
                accepted = _Accepted(turn.channel, await transcript.receive(text, payload, client_id, now))
            if accepted.answer is None and is_held:
                accepted = await self._leave_to_person(session, conversation_id, accepted, now)
            elif accepted.answer is None and turn.held_by:
                await holding.let_go(session, conversation_id)
                for question in await of_conversation(session, conversation_id):
                    await self._notices.held(session, question, now)
                back = Message(0, "assistant", _BACK, topics=(holding.GIVEN_BACK,))
                await transcript.say([back], accepted.received.n, now)
            await session.commit()
        return accepted

    async def _refuse(
        self, transcript: Transcript, turn: LeasedTurn, private: PrivateNumber, client_id: str | None, now: datetime
    ) -> _Accepted:
        received = await transcript.receive(REMOVED, None, client_id, now)
        words = _PRIVATE_NUMBER_ANSWER.format(number=private)
        answer = await transcript.answer(received, [Message(0, "assistant", words)], now)
        await transcript.release(self._owner)
        return _Accepted(turn.channel, received, answer, "refused")

    async def _leave_to_person(
        self, session: AsyncSession, conversation_id: str, accepted: _Accepted, now: datetime
    ) -> _Accepted:
        """Whoever holds the conversation answers; they are told what was said."""
        transcript = Transcript(session, conversation_id)
        await transcript.answer(accepted.received, [], now)
        await transcript.release(self._owner)
        if questions := await of_conversation(session, conversation_id):
            await self._notices.said(session, questions[0], accepted.received.text, now)
        return replace(accepted, answer=[], outcome="held")

    async def _keep(self, conversation_id: str, received: Received, said: EngineAnswer) -> list[Message]:
        """The second transaction. Whoever lost the lease keeps nothing: somebody else answers this message.

        Where a member of staff has taken the conversation since, nothing is said: the message is theirs.
        """
        topics = [topic for message in said.messages for topic in message.topics]
        now = datetime.now(UTC)
        async with self._database.writing() as session:
            transcript = Transcript(session, conversation_id)
            turn = await transcript.release(self._owner, topic=topics[-1] if topics else None)
            if turn is None:
                raise EngineUnavailable("the answer came after its lease had ended")
            if said.understood is not None:
                await transcript.understood(received, said.understood.model_dump())
            if turn.held_by:
                accepted = _Accepted(turn.channel, received)
                answer = (await self._leave_to_person(session, conversation_id, accepted, now)).answer or []
            else:
                answer = await transcript.answer(received, _kept(said.messages), now)
                if answer and answer[0].n > received.n + 1:  # before it stands that the assistant answers again
                    answer = await transcript.answers_to(received.n)
            await session.commit()
        return answer

    async def _give_back(self, conversation_id: str) -> None:
        try:
            async with self._database.writing() as session:
                await Transcript(session, conversation_id).release(self._owner)
                await session.commit()
        except StoreUnavailable:
            _log.warning("lease not given back: it ends by itself")

    def _count(self, channel: str, outcome: str, answer: list[Message] | None = None) -> None:
        self._metrics.messages.labels(channel, outcome).inc()
        for message in answer or []:
            for topic in message.topics:
                self._metrics.topics.labels(topic).inc()


def _meant(said: _Said, offered: tuple[Choice, ...]) -> tuple[str, str | None]:
    """The text to keep and, when it is one of the ``offered`` choices, its payload; raises ChoiceNotOffered."""
    if said.text is not None and said.payload is not None:
        return said.text, said.payload
    if said.text is not None:
        choice = chosen(said.text, offered)
        return said.text, choice.payload if choice else None
    for choice in offered:
        if choice.id == said.choice:
            return choice.label, choice.payload
    raise ChoiceNotOffered


def _kept(said: list[EngineMessage]) -> list[Message]:
    """The engine's messages as they are kept: with ids for their choices that nobody can guess."""
    return [
        Message(
            n=0,
            sender="assistant",
            text=message.text,
            choices=tuple(Choice(secrets.token_urlsafe(9), offer.label, offer.payload) for offer in message.choices),
            links=message.kept_links(),
            source=message.kept_source(),
            expects=message.expects,
            topics=tuple(message.topics),
        )
        for message in said
    ]
