"""The desk of Slack and Teams as the settings ask for it."""

from datetime import timedelta

from bot.chat.desk import ChatDesk
from bot.chat.hearing import Hearing
from bot.chat.linking import Linking
from bot.chat.pressing import Pressing
from bot.conversation import Conversations
from bot.notices.opening import open_notices
from bot.notices.scheme import NoticeScheme
from bot.posts.opening import open_post_worker, open_telling
from bot.questions.opening import open_question_notices
from bot.settings import Settings
from bot.store.database import Database

__all__ = ["open_chat_desk", "open_post_worker"]


def open_chat_desk(
    settings: Settings, database: Database, conversations: Conversations, scheme: NoticeScheme
) -> ChatDesk:
    """What Slack and Teams lead to. Raises SettingsError."""
    telling = open_telling(settings)
    notices = open_notices(settings, scheme, telling)
    question_notices = open_question_notices(settings, scheme, telling)
    patience = timedelta(minutes=settings.takeover_minutes)
    return ChatDesk(
        database,
        Pressing(notices, question_notices, settings.public_url, patience),
        Hearing(database, conversations, question_notices, patience),
        Linking(scheme, settings.office_email or scheme.email, settings.public_url),
    )
