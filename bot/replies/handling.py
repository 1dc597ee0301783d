"""What is done about each kind of mail that arrives; see ``sorting`` for the kinds."""

import asyncio
import hashlib
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.stopping import stop
from bot.letters.suppression import Suppression
from bot.outbox.mail import is_address
from bot.replies.answering import answer_mail, handover_mail
from bot.replies.answering.answer_door import AnswerDoor
from bot.replies.answering.bouncing import note_bounce
from bot.replies.answering.desk import desk_of, known_letter
from bot.replies.answering.post import ReplyPost
from bot.replies.answering.replying import Act, Replying
from bot.replies.answering.subjects import About, subject_of
from bot.replies.leasing import Inbound, Outcome, settle
from bot.replies.reading.arrived import LARGEST, Arrived, Unreadable, parse
from bot.replies.sorting.ours import Ours
from bot.replies.sorting.verdict import sort
from bot.store.database import Database


class Handler:
    """Understands a mail and acts on it: all that it does is one transaction, with the note that it was done."""

    def __init__(
        self, database: Database, replying: Replying, post: ReplyPost, ours: Ours, suppression: Suppression
    ) -> None:
        self._database = database
        self._replying = replying
        self._post = post
        self._answers = AnswerDoor(post)
        self._ours = ours
        self._suppression = suppression

    async def handle(self, inbound: Inbound, now: datetime) -> Outcome | None:
        """Returns what came of it; None when the lease has gone to somebody else, and then nothing is kept.

        Raises what ``Conversations`` raises, and StoreUnavailable.
        """
        act = await self._understood(inbound, now)
        return await self._carry_out(inbound, act, now)

    async def give_up(self, inbound: Inbound, why: str, now: datetime) -> Outcome | None:
        """Leaves a mail to the person who looks at ``psqm replies list --failed``, and tells the office."""
        return await self._carry_out(inbound, self._failing(inbound, "stumbled", why), now)

    async def _carry_out(self, inbound: Inbound, act: Act, now: datetime) -> Outcome | None:
        async with self._database.writing() as session:
            outcome = await act(session, now)
            if not await settle(session, inbound, outcome, now):
                return None
            await session.commit()
        return outcome

    async def _understood(self, inbound: Inbound, now: datetime) -> Act:
        try:
            arrived = await asyncio.to_thread(parse, inbound.raw)
        except Unreadable as error:
            return self._failing(inbound, "unreadable", str(error))
        found = await asyncio.to_thread(sort, arrived, self._ours)
        if found.kind in ("own", "automatic", "out_of_office", "list"):
            return _ignoring(found.kind)
        if found.kind == "bounce":
            return self._noting_bounce(arrived)
        async with self._database.reading() as session:
            about = await subject_of(session, arrived, self._post.addresses)
            letter = await known_letter(session, about.letter_id)
        if about.question_id:
            return await self._answers.act_on(inbound, arrived, about.question_id)
        if inbound.size > LARGEST:
            return self._too_large(inbound, arrived, about)
        if found.kind == "stop":
            return self._stopping(arrived, about)
        return await self._replying.act_on(inbound, arrived, about, letter, now)

    def _noting_bounce(self, arrived: Arrived) -> Act:
        async def act(session: AsyncSession, now: datetime) -> Outcome:
            return await note_bounce(session, arrived, self._post.addresses, self._suppression, now)

        return act

    def _stopping(self, arrived: Arrived, about: About) -> Act:
        """Stops the letter's address, and the one that wrote, which may be another. Confirmed once, whatever comes after."""

        async def act(session: AsyncSession, now: datetime) -> Outcome:
            if about.letter_id:
                await stop(session, about.letter_id, self._suppression, now)
            if is_address(arrived.sender):
                await self._suppression.add(session, arrived.sender, "unsubscribed", now)
                whom = hashlib.sha256(arrived.sender.encode()).hexdigest()
                key = f"stopped:{about.letter_id or ''}:{whom}"
                content = answer_mail.stopped(arrived)
                await self._post.answer(session, key, arrived, content, now, letter_id=about.letter_id)
            return Outcome("noted", "stop", about.letter_id, about.thread_id)

        return act

    def _too_large(self, inbound: Inbound, arrived: Arrived, about: About) -> Act:
        async def act(session: AsyncSession, now: datetime) -> Outcome:
            letter = await known_letter(session, about.letter_id)
            desk = desk_of(letter, self._post.office)
            content = handover_mail.handed_over(arrived, letter, desk, "too_large", "", ())
            key = f"handed_over:{inbound.id}"
            question = await self._post.asking.ask(session, arrived, inbound.id, letter, "", None, now)
            await self._post.hand_over_question(session, key, desk, content, question, now)
            return Outcome("handed_over", "too_large", about.letter_id, about.thread_id)

        return act

    def _failing(self, inbound: Inbound, verdict: str, why: str) -> Act:
        async def act(session: AsyncSession, now: datetime) -> Outcome:
            desk = desk_of(None, self._post.office)
            content = handover_mail.unhandled(inbound.id, desk)
            await self._post.hand_over(session, f"unhandled:{inbound.id}", desk, content, self._post.office, now)
            return Outcome("failed", verdict, error=why)

        return act


def _ignoring(verdict: str) -> Act:
    async def act(_session: AsyncSession, _now: datetime) -> Outcome:
        return Outcome("ignored", verdict)

    return act
