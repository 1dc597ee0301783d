"""One conversation in the database: who answers in it just now, what was said, what was offered.

Whoever appends has updated the conversation's row before, in the same transaction (``open``, ``lease``, ``release`` or
``touch``; or ``holding.hold``). That row's lock makes the order of ``n`` the order of commits, which readers by ``n`` rely on.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import batched
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import ColumnElement, Update, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.message import Choice, Expects, Link, Message, Rating, Sender, Source
from bot.store.tables import ConversationRow, MessageRow


@dataclass(frozen=True, slots=True)
class Received:
    """A person's message; ``payload`` is the engine's, when it was a choice; ``again``: it came before, and comes once more."""

    id: str
    n: int
    text: str
    payload: str | None
    answered: bool
    again: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn in a conversation, by its lease: the ``channel``, and the member of staff who holds it since their last word."""

    channel: str
    held_by: str | None
    held_at: datetime | None


class Transcript:
    """A conversation within one transaction; ``now`` and ``until`` are aware moments."""

    def __init__(self, session: AsyncSession, conversation_id: str) -> None:
        self._session = session
        self._id = conversation_id

    async def open(self, channel: str, now: datetime, member: str | None = None) -> None:
        """Makes the conversation; ``member``: see ``Conversations.start``."""
        await self._session.execute(
            insert(ConversationRow).values(
                id=self._id, channel=channel, created_at=now, last_at=now, seen_n=0, member=member
            )
        )

    async def exists(self) -> bool:
        return bool(await self._session.scalar(select(exists().where(ConversationRow.id == self._id))))

    async def lease(self, owner: str, now: datetime, until: datetime) -> Turn | None:
        """Takes the right to answer until ``until``; None when it is taken or the conversation unknown."""
        free = or_(ConversationRow.lease_until.is_(None), ConversationRow.lease_until < now)
        return await self._turn(
            update(ConversationRow)
            .where(ConversationRow.id == self._id, free)
            .values(lease_owner=owner, lease_until=until, last_at=now)
        )

    async def release(self, owner: str, topic: str | None = None) -> Turn | None:
        """Gives the lease back, noting what the turn was about; None when it had gone to somebody else."""
        row = update(ConversationRow).where(ConversationRow.id == self._id, ConversationRow.lease_owner == owner)
        kept = {"topic": topic} if topic else {}
        return await self._turn(row.values(lease_owner=None, lease_until=None, **kept))

    async def touch(self, now: datetime) -> bool:
        """Notes that something happens at ``now``, whoever has the lease; False when the conversation is not there."""
        row = update(ConversationRow).where(ConversationRow.id == self._id).values(last_at=now)
        return await self._session.scalar(row.returning(ConversationRow.id)) is not None

    async def _turn(self, changed: Update) -> Turn | None:
        row = ConversationRow
        found = await self._session.execute(changed.returning(row.channel, row.held_by, row.held_at))
        turn = found.one_or_none()
        return Turn(turn.channel, turn.held_by, turn.held_at) if turn else None

    async def received(self, client_id: str) -> Received | None:
        """The message that came with this id of the client's making."""
        columns = (MessageRow.id, MessageRow.n, MessageRow.text, MessageRow.payload, MessageRow.answered_at)
        found = await self._session.execute(
            select(*columns).where(MessageRow.conversation_id == self._id, MessageRow.client_id == client_id)
        )
        if (row := found.one_or_none()) is None:
            return None
        return Received(row.id, row.n, row.text, row.payload, answered=row.answered_at is not None, again=True)

    async def receive(self, text: str, payload: str | None, client_id: str | None, now: datetime) -> Received:
        """Keeps what a person said; not answered yet."""
        received = Received(str(uuid4()), await self._next_n(), text, payload, answered=False)
        message = Message(received.n, "you", text)
        await self._insert([(received.id, message)], now, payload=payload, client_id=client_id)
        return received

    async def answer(self, received: Received, messages: list[Message], now: datetime) -> list[Message]:
        """Keeps the answers to what was received; returns them with their ``n``."""
        answers = await self.say(messages, received.n, now)
        await self._session.execute(
            update(MessageRow).where(MessageRow.id == received.id).values(answered_at=now),
            execution_options={"synchronize_session": False},
        )
        return answers

    async def understood(self, received: Received, understood: dict[str, Any]) -> None:
        """Notes what the engine made of what was received."""
        await self._session.execute(
            update(MessageRow).where(MessageRow.id == received.id).values(understood=understood),
            execution_options={"synchronize_session": False},
        )

    async def say(self, messages: list[Message], answers: int, now: datetime) -> list[Message]:
        """Appends what the assistant says, which may be nothing; returns it with its ``n``."""
        if not messages:
            return []
        first = await self._next_n()
        numbered = [_numbered(message, first + i, answers) for i, message in enumerate(messages)]
        await self._insert([(str(uuid4()), message) for message in numbered], now)
        return numbered

    async def append(self, message: Message, now: datetime, client_id: str | None = None) -> Message:
        """Appends what nobody asked for: a leader's words, or the assistant's about a leader. Returns it with its ``n``."""
        numbered = replace(message, n=await self._next_n(), answers=None)
        await self._insert([(str(uuid4()), numbered)], now, client_id=client_id)
        return numbered

    async def rate(self, n: int, rating: Rating) -> Message | None:
        """Keeps what the person thinks of answer ``n``; returns it, or None where there is nothing that can be rated."""
        found = await self._messages(MessageRow.n == n)
        if not found or not found[0].can_be_rated:
            return None
        await self._session.execute(
            update(MessageRow).where(MessageRow.conversation_id == self._id, MessageRow.n == n).values(rating=rating),
            execution_options={"synchronize_session": False},
        )
        return replace(found[0], rating=rating)

    async def answers_to(self, n: int) -> list[Message]:
        """The assistant's answers to message ``n``."""
        return await self._messages(MessageRow.answers == n)

    async def since(self, n: int) -> list[Message]:
        """Everything said after message ``n``, in order."""
        return await self._messages(MessageRow.n > n)

    async def between(self, first: int, last: int) -> list[Message]:
        """Everything from message ``first`` to message ``last``, both included."""
        return await self._messages(MessageRow.n.between(first, last))

    async def offered(self) -> tuple[Choice, ...]:
        """The choices of the assistant's last turn, whatever a leader has said since."""
        last = (
            select(MessageRow.answers)
            .where(MessageRow.conversation_id == self._id, MessageRow.answers.is_not(None))
            .order_by(MessageRow.n.desc())
            .limit(1)
            .scalar_subquery()
        )
        turn = await self._messages(MessageRow.sender == "assistant", MessageRow.answers == last)
        return tuple(choice for message in turn for choice in message.choices)

    async def _messages(self, *where: ColumnElement[bool]) -> list[Message]:
        rows = await self._session.scalars(
            select(MessageRow).where(MessageRow.conversation_id == self._id, *where).order_by(MessageRow.n)
        )
        return [_message(row) for row in rows]

    async def _next_n(self) -> int:
        last = await self._session.scalar(select(func.max(MessageRow.n)).where(MessageRow.conversation_id == self._id))
        return (last or 0) + 1

    async def _insert(
        self,
        messages: list[tuple[str, Message]],
        now: datetime,
        payload: str | None = None,
        client_id: str | None = None,
    ) -> None:
        await self._session.execute(
            insert(MessageRow),
            [
                {
                    "id": id_,
                    "conversation_id": self._id,
                    "n": message.n,
                    "sender": message.sender,
                    "author": message.author,
                    "text": message.text,
                    "payload": payload,
                    "choices": [asdict(choice) for choice in message.choices],
                    "links": [asdict(link) for link in message.links],
                    "source": asdict(message.source) if message.source else None,
                    "expects": message.expects,
                    "topics": list(message.topics),
                    "client_id": client_id,
                    "answers": message.answers,
                    "created_at": now,
                }
                for id_, message in messages
            ],
        )


async def last_numbers(session: AsyncSession, conversation_ids: list[str]) -> dict[str, int]:
    """The newest ``n`` of each of these conversations in which something was said."""
    newest = (
        select(func.max(MessageRow.n))
        .where(MessageRow.conversation_id == ConversationRow.id)
        .correlate(ConversationRow)
        .scalar_subquery()  # one step in an index for each; grouped, every message of a conversation would be read
    )
    found: dict[str, int] = {}
    for ids in batched(conversation_ids, 500, strict=False):
        rows = await session.execute(select(ConversationRow.id, newest).where(ConversationRow.id.in_(ids)))
        found.update((id_, n) for id_, n in rows if n is not None)
    return found


def _numbered(message: Message, n: int, answers: int) -> Message:
    return replace(message, n=n, sender="assistant", answers=answers)


def _message(row: MessageRow) -> Message:
    return Message(
        n=row.n,
        sender=cast(Sender, row.sender),
        text=row.text,
        choices=tuple(Choice(**choice) for choice in row.choices),
        links=tuple(Link(**link) for link in row.links),
        source=Source(**row.source) if row.source else None,
        expects=cast(Expects, row.expects),
        topics=tuple(row.topics),
        answers=row.answers,
        author=row.author,
        rating=cast(Rating | None, row.rating),
    )
