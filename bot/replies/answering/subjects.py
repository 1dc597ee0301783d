"""What a mail is about: by the signed address it was sent to, else by the mail of ours that it answers, never by its subject."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.links import ReplyAddresses, Subject
from bot.letters.problems import LinkForged
from bot.replies.reading.arrived import Arrived
from bot.store.tables import InboundRow, LetterRow, MailThreadRow, OutboxRow

ANSWER_KEY = "reply:"
"""How the outbox's key of an answer begins, before the number of the mail that it answers."""
_MOST_REFERENCES = 20


@dataclass(frozen=True, slots=True)
class About:
    """The letter, the conversation by mail, or the question that a mail belongs to. All may be unknown."""

    letter_id: str | None = None
    thread_id: str | None = None
    question_id: str | None = None


async def subject_of(session: AsyncSession, arrived: Arrived, addresses: ReplyAddresses) -> About:
    """What ``arrived`` is about. A forged address counts for nothing."""
    for recipient in arrived.recipients:
        if about := await _signed(session, recipient, addresses):
            return about
    ids = (arrived.in_reply_to, *reversed(arrived.references[-_MOST_REFERENCES:]))
    for message_id in dict.fromkeys(filter(None, ids)):
        if about := await of_our_mail(session, message_id):
            return about
    return About()


async def of_our_mail(session: AsyncSession, message_id: str) -> About | None:
    """What our mail with this Message-ID is about; None where it is no letter and no answer."""
    found = await session.execute(
        select(OutboxRow.letter_id, OutboxRow.key).where(OutboxRow.message_id == message_id.partition("@")[0])
    )
    mail = found.one_or_none()
    if mail is None:
        return None
    if mail.letter_id:
        return About(mail.letter_id)
    number = mail.key.removeprefix(ANSWER_KEY)
    if number == mail.key or not number.isdecimal():
        return None
    thread_id = await session.scalar(select(InboundRow.thread_id).where(InboundRow.id == int(number)))
    return await _of_thread(session, thread_id) if thread_id else None


async def _signed(session: AsyncSession, address: str, addresses: ReplyAddresses) -> About | None:
    try:
        subject: Subject | None = addresses.read(address)
    except LinkForged:
        return None
    if subject is None:
        return None
    if subject.kind == "thread":
        return await _of_thread(session, subject.id)
    if subject.kind == "question":
        return About(question_id=subject.id)
    letter_id = await session.scalar(select(LetterRow.id).where(LetterRow.id == subject.id))
    return About(letter_id) if letter_id else None


async def _of_thread(session: AsyncSession, thread_id: str) -> About | None:
    found = await session.execute(select(MailThreadRow.letter_id).where(MailThreadRow.id == thread_id))
    thread = found.one_or_none()
    return About(thread.letter_id, thread_id) if thread else None
