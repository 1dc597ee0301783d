"""Answers what a person wrote, and hands over what the assistant cannot answer with certainty."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Conversations
from bot.letters.letter import Letter
from bot.outbox.mail import is_address
from bot.replies.answering import answer_mail, handover_mail, limit
from bot.replies.answering.deciding import Decision, Reason, decide
from bot.replies.answering.desk import Desk, desk_of
from bot.replies.answering.person_needed import declines
from bot.replies.answering.post import ReplyPost
from bot.replies.answering.reach import can_be_told, reach
from bot.replies.answering.saying import say
from bot.replies.answering.subjects import ANSWER_KEY, About
from bot.replies.answering.threads import Thread, thread_of
from bot.replies.leasing import Inbound, Outcome
from bot.replies.reading.arrived import Arrived
from bot.replies.reading.quoting import points_to_quotation, written
from bot.store.database import Database
from bot.store.message import Message
from bot.store.tables import LetterRow
from bot.typed import LONGEST, EmptyMessage

PATIENCE = timedelta(days=2)
"""After this a person gets what the assistant could not answer, because its engine was away or it was switched off."""

_UNASKED: dict[str, Reason] = {"nothing_written": "nothing_written", "told_something": "told_something"}
"""What a person is told whose mail the assistant was not asked about, by why."""

type Act = Callable[[AsyncSession, datetime], Awaitable[Outcome]]
"""What is done about a mail, in the transaction in which that is noted."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A person's reply; ``words`` is what they wrote themselves."""

    inbound: Inbound
    arrived: Arrived
    about: About
    letter: Letter | None
    words: str


class Replying:
    """Answers at most ``most_a_day`` mails of one address in 24 hours."""

    def __init__(self, database: Database, conversations: Conversations, post: ReplyPost, most_a_day: int) -> None:
        self._database = database
        self._conversations = conversations
        self._post = post
        self._most_a_day = most_a_day

    async def act_on(
        self, inbound: Inbound, arrived: Arrived, about: About, letter: Letter | None, now: datetime
    ) -> Act:
        """Asks the assistant, which answers the same mail once however often it is asked; returns what is to be done.

        Raises what ``Conversations`` raises.
        """
        reply = Reply(inbound, arrived, about, letter, await asyncio.to_thread(written, arrived))
        if not can_be_told(arrived):
            return self._handing_over(reply, "takes_no_answer" if arrived.sender else "unsure")
        if now - inbound.received_at > PATIENCE:
            return self._handing_over(reply, "too_late")
        async with self._database.reading() as session:
            if await limit.is_reached(session, arrived.sender, self._most_a_day, now):
                return self._silent(reply)
        if declines(reply.words):  # the assistant might take it for the wish to join
            return self._handing_over(reply, "told_something")
        text = _fitting(reply.words)
        try:
            thread, messages = await self._asked(reply, text, now) if text else (None, [])
        except EmptyMessage:
            return self._handing_over(reply, "nothing_written")
        if thread is None:
            return self._handing_over(reply, "nothing_written")
        return self._answering(reply, thread, _decided(reply, text, messages))

    async def _asked(self, reply: Reply, text: str, now: datetime) -> tuple[Thread, list[Message]]:
        sender, name = reply.arrived.sender, answer_mail.greeted(reply.arrived)
        thread = await thread_of(self._database, self._conversations, reply.about, sender, name, now)
        client_id = f"mail:{reply.inbound.key}"
        return thread, await say(self._conversations, thread, text, sender, client_id)

    def _answering(self, reply: Reply, thread: Thread, decision: Decision) -> Act:
        async def act(session: AsyncSession, now: datetime) -> Outcome:
            await _note_reply(session, reply.letter, now)
            known = (reply.letter.id if reply.letter else None, thread.id)
            if decision.is_silent:
                return Outcome("noted", "thanks", *known)
            if await limit.is_reached(session, reply.arrived.sender, self._most_a_day, now):
                return await self._silent(reply)(session, now)
            await self._answer(session, reply, decision, now, thread.id)
            if not decision.hand_over:
                return Outcome("answered", "reply", *known)
            await self._hand_over(session, reply, decision.hand_over, decision.answers, now, thread.conversation_id)
            return Outcome("handed_over", decision.hand_over, *known)

        return act

    def _handing_over(self, reply: Reply, why: str) -> Act:
        """Without having asked the assistant; the person is told, where they gave an address."""

        async def act(session: AsyncSession, now: datetime) -> Outcome:
            await _note_reply(session, reply.letter, now)
            sender = reply.arrived.sender
            if is_address(sender) and await limit.is_reached(session, sender, self._most_a_day, now):
                return await self._silent(reply)(session, now)
            told = Decision((), _UNASKED.get(why, "unsure"))
            await self._answer(session, reply, told, now, None)
            await self._hand_over(session, reply, why, (), now)
            return Outcome("handed_over", why, reply.about.letter_id, reply.about.thread_id)

        return act

    def _silent(self, reply: Reply) -> Act:
        """The address got its answers of the day: a person is told once, and nobody else is written to."""

        async def act(session: AsyncSession, now: datetime) -> Outcome:
            await _note_reply(session, reply.letter, now)
            desk = desk_of(reply.letter, self._post.office)
            content = handover_mail.handed_over(
                reply.arrived, reply.letter, desk, "too_many", self._fit_to_pass_on(reply), ()
            )
            key = limit.told_key(reply.arrived.sender, now)
            await self._post.hand_over(session, key, desk, content, reach(reply.arrived), now)
            return Outcome("ignored", "too_many", reply.about.letter_id, reply.about.thread_id)

        return act

    async def _answer(
        self, session: AsyncSession, reply: Reply, decision: Decision, now: datetime, thread_id: str | None
    ) -> None:
        desk: Desk = desk_of(reply.letter, self._post.office)
        page = self._post.page(reply.letter)
        content = answer_mail.answered(reply.arrived, desk, decision, page, self._post.scheme.website)
        letter_id = reply.letter.id if reply.letter else None
        key = f"{ANSWER_KEY}{reply.inbound.id}"
        await self._post.answer(session, key, reply.arrived, content, now, thread_id=thread_id, letter_id=letter_id)

    async def _hand_over(
        self,
        session: AsyncSession,
        reply: Reply,
        why: str,
        answers: Sequence[Message],
        now: datetime,
        conversation_id: str | None = None,
    ) -> None:
        desk = desk_of(reply.letter, self._post.office)
        words = self._fit_to_pass_on(reply)
        content = handover_mail.handed_over(reply.arrived, reply.letter, desk, why, words, answers)
        about = (reply.arrived, reply.inbound.id, reply.letter, words, conversation_id)
        question = await self._post.asking.ask(session, *about, now)
        key = f"handed_over:{reply.inbound.id}"
        await self._post.hand_over_question(session, key, desk, content, question, now)

    def _fit_to_pass_on(self, reply: Reply) -> str:
        """What they wrote, with what they quote where they point to it."""
        words = reply.arrived.text if points_to_quotation(reply.words) else reply.words
        return self._post.fit_to_pass_on(words)


async def _note_reply(session: AsyncSession, letter: Letter | None, now: datetime) -> None:
    if letter:
        await session.execute(
            update(LetterRow)
            .where(LetterRow.id == letter.id, LetterRow.replied_at.is_(None))
            .values(replied_at=now)
            .execution_options(synchronize_session=False)
        )


def _decided(reply: Reply, text: str, messages: Sequence[Message]) -> Decision:
    """``text``: as much of the reply as the assistant read."""
    return decide(
        messages, reply.words, was_cut=len(text) < len(reply.words), points_below=points_to_quotation(reply.words)
    )


def _fitting(words: str) -> str:
    """As much of ``words`` as a message may have, cut between two of them."""
    if len(words) <= LONGEST:
        return words
    whole = words[:LONGEST]
    return whole[: max(whole.rfind(" "), whole.rfind("\n"))].rstrip() or whole
