"""Which question the words in a thread are about."""

from sqlalchemy import select

from bot.channels.slack.arrived import Arrived
from bot.store.database import Database
from bot.store.tables import ChatAccountRow, ChatPostRow


async def question_below(database: Database, came: Arrived) -> str | None:
    """The question below whose post somebody wrote, among those that were posted to them; None for words elsewhere."""
    if not came.thread:
        return None
    post, account = ChatPostRow, ChatAccountRow
    async with database.reading() as session:
        found: str | None = await session.scalar(
            select(post.subject_id)
            .join(account, account.id == post.account_id)
            .where(
                account.platform == "slack",
                account.workspace == came.of_user,
                account.user_id == came.user_id,
                post.subject_kind == "question",
                post.sent_ref["channel"].as_string() == came.channel,
                post.sent_ref["ts"].as_string() == came.thread,
            )
            .limit(1)
        )
    return found
