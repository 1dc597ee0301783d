"""Which question the words that answer a post in Teams are about."""

from microsoft_agents.activity import Activity
from sqlalchemy import select

from bot.chat.incoming import Sender
from bot.store.database import Database
from bot.store.tables import ChatAccountRow, ChatPostRow


async def question_quoted(database: Database, activity: Activity, sender: Sender) -> str | None:
    """The question whose post the message replies to, among those that were posted to its sender; None for words elsewhere."""
    if not activity.reply_to_id:
        return None
    post, account = ChatPostRow, ChatAccountRow
    async with database.reading() as session:
        found: str | None = await session.scalar(
            select(post.subject_id)
            .join(account, account.id == post.account_id)
            .where(
                account.platform == sender.platform,
                account.workspace == sender.workspace,
                account.user_id == sender.user_id,
                post.subject_kind == "question",
                post.sent_ref["conversation_id"].as_string() == activity.conversation.id,
                post.sent_ref["post_id"].as_string() == activity.reply_to_id,
            )
            .limit(1)
        )
    return found
