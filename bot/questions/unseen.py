"""Lets a mail with an answer leave only where the person has not seen the answer in the conversation."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.leasing import Leased
from bot.outbox.retry import Withheld
from bot.outbox.writer import Writing
from bot.questions.mailed import said_as
from bot.store.tables import ConversationRow, OutboxRow, QuestionRow


class UnseenAnswers:
    """Implements ``bot.outbox.writer.Writer`` for mails that are written already."""

    async def read(self, session: AsyncSession, mail: Leased) -> Writing:
        key = await session.scalar(select(OutboxRow.key).where(OutboxRow.id == mail.id))
        question_id, n = said_as(key or "")
        seen = await session.scalar(
            select(ConversationRow.seen_n)
            .join(QuestionRow, QuestionRow.conversation_id == ConversationRow.id)
            .where(QuestionRow.id == question_id)
        )

        async def write() -> Leased:
            if n and seen is not None and seen >= n:
                raise Withheld("the person has read the answer in the conversation")
            return mail

        return write
