"""Conversations with a person: taken over from the assistant, spoken in, given back. Who sees what: ``bot/desk/viewing.py``."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.bell import ring_after_commit
from bot.desk import questions
from bot.desk.done import Done
from bot.desk.viewing import ConversationListed, ConversationShown, conversation, listed, names_of, questions_of
from bot.desk.wording import AnswerRefused, sayable
from bot.questions.notices import QuestionNotices
from bot.staff import audit
from bot.staff.member import Doing, NotAllowed
from bot.store import holding
from bot.store.holding import GIVEN_BACK, TAKEN
from bot.store.message import Message
from bot.store.transcript import Transcript

__all__ = [
    "AnswerRefused",
    "ConversationListed",
    "ConversationShown",
    "conversation",
    "give_back",
    "listed",
    "say",
    "take",
]

PATIENCE = timedelta(minutes=30)
"""After this without a word of whoever holds it, somebody else may take a conversation over."""


async def take(
    session: AsyncSession,
    doing: Doing,
    conversation_id: str,
    now: datetime,
    notices: QuestionNotices,
    *,
    patience: timedelta = PATIENCE,
) -> Done[ConversationShown]:
    """From now on the member answers and the assistant is silent; the person is told so. Raises NotAllowed.

    Whoever holds it and has not said a word for ``patience`` holds it no longer. The caller commits.
    """
    before, by = await _held_by_another(session, doing, conversation_id, now, patience)
    if by is not None or before.by == doing.member.ref:
        return Done(await conversation(session, doing.member, conversation_id), by=by, is_new=False)
    await _take(session, doing, conversation_id, now, notices)
    return Done(await conversation(session, doing.member, conversation_id))


async def say(
    session: AsyncSession,
    doing: Doing,
    conversation_id: str,
    text: str,
    now: datetime,
    notices: QuestionNotices,
    *,
    key: str = "",
    patience: timedelta = PATIENCE,
) -> Done[ConversationShown]:
    """The member says ``text``, and takes the conversation with it. The caller commits.

    While another member holds it nothing is said, and what comes back names them. The same ``key`` says it once. Raises
    NotAllowed, AnswerRefused.
    """
    words = sayable(text)
    before, by = await _held_by_another(session, doing, conversation_id, now, patience)
    transcript = Transcript(session, conversation_id)
    client_id = f"desk-{key}"[:100] if key else None
    is_repeated = client_id is not None and await transcript.received(client_id) is not None
    if by is not None or is_repeated:
        return Done(await conversation(session, doing.member, conversation_id), by=by, is_new=False)
    if before.by != doing.member.ref:
        await _take(session, doing, conversation_id, now, notices)
    await holding.hold(session, conversation_id, doing.member.ref, now)
    await transcript.append(Message(0, "leader", words, author=doing.member.name), now, client_id)
    ring_after_commit(session, conversation_id)
    return Done(await conversation(session, doing.member, conversation_id))


async def give_back(
    session: AsyncSession, doing: Doing, conversation_id: str, now: datetime, notices: QuestionNotices
) -> Done[ConversationShown]:
    """The assistant answers again; the person is told so. Raises NotAllowed. The caller commits.

    A question to which they have spoken since it was asked is answered with that: nobody is reminded of it.
    """
    await conversation(session, doing.member, conversation_id)
    before = await holding.lock(session, conversation_id, now)
    if before is None:
        raise NotAllowed
    if before.by is None:
        by = await audit.last(session, ("conversation", conversation_id), "gave back")
        return Done(await conversation(session, doing.member, conversation_id), by=by, is_new=False)
    await holding.let_go(session, conversation_id)
    name = (await names_of(session, {before.by})).get(before.by, "")
    line = f"{name or 'The hub leader'} has left the conversation, and the assistant is back: ask whatever you like."
    await _line(session, conversation_id, line, GIVEN_BACK, now)
    await _audit(session, doing, "gave back", conversation_id, now)
    for question in await questions_of(session, doing.member, conversation_id):
        if not await questions.answered_in_conversation(session, doing, question, now, notices):
            await notices.held(session, question, now)
    return Done(await conversation(session, doing.member, conversation_id))


async def _held_by_another(
    session: AsyncSession, doing: Doing, conversation_id: str, now: datetime, patience: timedelta
) -> tuple[holding.Held, audit.Entry | None]:
    """Locks a conversation that is theirs to see; who holds it, and the record of it where that is somebody else."""
    await conversation(session, doing.member, conversation_id)
    held = await holding.lock(session, conversation_id, now)
    if held is None:
        raise NotAllowed
    if not held.is_in_force(now, patience):
        return holding.Held(None, held.at), None
    if held.by == doing.member.ref:
        return held, None
    return held, await audit.last(session, ("conversation", conversation_id), "took over")


async def _take(
    session: AsyncSession, doing: Doing, conversation_id: str, now: datetime, notices: QuestionNotices
) -> None:
    theirs = await questions_of(session, doing.member, conversation_id)
    member = doing.member
    hub = next((each.hub_name for each in theirs if each.hub_id in member.hub_ids), "")
    who = "of the office" if member.is_office or not hub else f"who leads the {hub}"
    await holding.hold(session, conversation_id, member.ref, now)
    line = f"{member.name}, {who}, has joined and answers from here on. The assistant is silent meanwhile."
    await _line(session, conversation_id, line, TAKEN, now)
    await _audit(session, doing, "took over", conversation_id, now)
    for question in theirs:
        await notices.held(session, question, now)


async def _line(session: AsyncSession, conversation_id: str, text: str, topic: str, now: datetime) -> None:
    await Transcript(session, conversation_id).append(Message(0, "assistant", text, topics=(topic,)), now)
    ring_after_commit(session, conversation_id)


async def _audit(session: AsyncSession, doing: Doing, action: str, conversation_id: str, now: datetime) -> None:
    theirs = await questions_of(session, doing.member, conversation_id)
    hub_id = theirs[0].hub_id if theirs else None
    await audit.write(session, doing, action, ("conversation", conversation_id), now, hub_id=hub_id)
