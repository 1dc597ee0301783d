"""Questions of a member's hubs: looked at, answered, closed, passed to another hub."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.done import Done
from bot.desk.wording import AnswerRefused, sayable
from bot.questions import changing, reading
from bot.questions.notices import QuestionNotices
from bot.questions.question import Question, QuestionUnknown, State
from bot.questions.rows import lock
from bot.staff import audit
from bot.staff.member import Doing, Member, NotAllowed
from bot.store.message import Message
from bot.store.tables import HubRow
from bot.store.transcript import Transcript

__all__ = ["AnswerRefused", "answer", "close", "listed", "question", "reassign", "shared"]


async def listed(
    session: AsyncSession,
    member: Member,
    *,
    state: State | None = None,
    hub_id: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Question]:
    """Questions that are theirs, of one hub alone where ``hub_id`` is given: those still open first. Raises NotAllowed."""
    hub_ids = None if member.is_office else member.hub_ids
    if hub_id is not None:
        member.check(hub_id)
        hub_ids = frozenset({hub_id})
    return await reading.listed(session, state=state, hub_ids=hub_ids, limit=limit, offset=offset)


async def question(session: AsyncSession, member: Member, question_id: str) -> Question:
    """One question. Raises NotAllowed."""
    try:
        found = await reading.question(session, question_id)
    except QuestionUnknown:
        raise NotAllowed from None
    member.check(found.hub_id)
    return found


async def shared(session: AsyncSession, member: Member, question_id: str) -> list[Message]:
    """The part of the conversation that the person agreed to share with the question; empty where none. Raises NotAllowed."""
    asked = await question(session, member, question_id)
    if asked.conversation_id is None or asked.shares is None:
        return []
    first, last = asked.shares
    return await Transcript(session, asked.conversation_id).between(first, last)


async def answer(
    session: AsyncSession, doing: Doing, question_id: str, text: str, now: datetime, notices: QuestionNotices
) -> Done[Question]:
    """Answers, in the place where the person asked. The caller commits.

    Of two at once the second sees who answered, and what; their own words are not said. Raises NotAllowed, AnswerRefused.
    """

    async def change(asked: Question) -> Question:
        member = doing.member
        answered = await changing.answer(session, asked, sayable(text), member.ref, member.name, now)
        await audit.write(session, doing, "answered", ("question", asked.id), now, hub_id=asked.hub_id)
        await notices.answered(session, answered, now)
        return answered

    return await _of_open(session, doing, question_id, change)


async def answered_in_conversation(
    session: AsyncSession, doing: Doing, asked: Question, now: datetime, notices: QuestionNotices
) -> bool:
    """Whether an open question is answered by what was said in its conversation since it was asked, and notes that.

    What somebody here said there stands as the answer, and is mailed to whoever has not seen it; nothing is said anew.
    """
    asked = await _locked(session, asked.id)
    words = await changing.words_since(session, asked) if asked.state == "open" else None
    if words is None:
        return False
    name = words.author or doing.member.name
    answered = await changing.note_answer(session, asked, words.text, doing.member.ref, name, now)
    await audit.write(session, doing, "answered", ("question", asked.id), now, hub_id=asked.hub_id)
    await notices.answered(session, answered, now)
    return True


async def close(
    session: AsyncSession, doing: Doing, question_id: str, now: datetime, notices: QuestionNotices
) -> Done[Question]:
    """Nothing is to be answered, or it was elsewhere; the person is not written to. The caller commits. Raises NotAllowed."""

    async def change(asked: Question) -> Question:
        closed = await changing.close(session, asked, doing.member.ref, doing.member.name, now)
        await audit.write(session, doing, "closed", ("question", asked.id), now, hub_id=asked.hub_id)
        await notices.answered(session, closed, now)
        return closed

    return await _of_open(session, doing, question_id, change)


async def reassign(
    session: AsyncSession, doing: Doing, question_id: str, hub_id: str | None, now: datetime, notices: QuestionNotices
) -> Done[Question]:
    """Passes the question to another hub's leader, or to the office (None). Raises NotAllowed. The caller commits.

    A leader may pass on what is theirs to any hub; from then on it is no longer theirs, and all they see is who passed it on.
    """
    name = "the office" if hub_id is None else await _hub_name(session, hub_id)
    asked = await _locked(session, question_id)
    before = await audit.last(session, ("question", asked.id), "passed on")
    if asked.hub_id == hub_id and before and doing.member.may_see(before.hub_id):
        return Done(asked, by=before, is_new=False)
    doing.member.check(asked.hub_id)
    if asked.state != "open" or asked.hub_id == hub_id:
        return Done(asked, by=await audit.last(session, ("question", asked.id), asked.state), is_new=False)
    passed_on = await changing.reassign(session, asked, hub_id, now)
    detail = f"Passed to {name}."
    await audit.write(session, doing, "passed on", ("question", asked.id), now, hub_id=asked.hub_id, detail=detail)
    await notices.asked(session, passed_on, now)
    return Done(passed_on)


async def _of_open(
    session: AsyncSession, doing: Doing, question_id: str, change: Callable[[Question], Awaitable[Question]]
) -> Done[Question]:
    """Of two at once, one has the lock first and changes it, and the other sees who did."""
    asked = await _locked(session, question_id)
    doing.member.check(asked.hub_id)
    if asked.state != "open":
        return Done(asked, by=await audit.last(session, ("question", asked.id), asked.state), is_new=False)
    return Done(await change(asked))


async def _locked(session: AsyncSession, question_id: str) -> Question:
    try:
        return await lock(session, question_id)
    except QuestionUnknown:
        raise NotAllowed from None


async def _hub_name(session: AsyncSession, hub_id: str) -> str:
    name: str | None = await session.scalar(select(HubRow.name).where(HubRow.id == hub_id))
    if name is None:
        raise NotAllowed
    return name
