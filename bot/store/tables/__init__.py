"""The tables. Their history is in ``migrations/versions``; a test holds that both agree."""

from bot.store.tables.base import Table, UtcDateTime
from bot.store.tables.chat import ChatAccountRow, ChatEventRow, ChatPostRow
from bot.store.tables.conversations import ConversationRow, MessageRow, SwitchRow
from bot.store.tables.hubs import CohortRow, HubRow, LeaderRow, SchoolRow
from bot.store.tables.learning import OwnTopicRow, ReviewRow
from bot.store.tables.letters import HubLetterRow, LetterRow, MailingRow, SuppressionRow
from bot.store.tables.mail import InboundRow, MailThreadRow, OutboxRow
from bot.store.tables.questions import QuestionRow
from bot.store.tables.registrations import ConsentRow, ContactRow, PersonRow, RegistrationEventRow, RegistrationRow
from bot.store.tables.staff import AuditRow, DeskSessionRow, OfficerRow, SignInRow

__all__ = [
    "AuditRow",
    "DeskSessionRow",
    "OfficerRow",
    "SignInRow",
    "QuestionRow",
    "ChatAccountRow",
    "ChatEventRow",
    "ChatPostRow",
    "OwnTopicRow",
    "ReviewRow",
    "CohortRow",
    "ConsentRow",
    "ContactRow",
    "ConversationRow",
    "HubLetterRow",
    "HubRow",
    "InboundRow",
    "LeaderRow",
    "LetterRow",
    "MailThreadRow",
    "MailingRow",
    "MessageRow",
    "OutboxRow",
    "PersonRow",
    "RegistrationEventRow",
    "RegistrationRow",
    "SchoolRow",
    "SuppressionRow",
    "SwitchRow",
    "Table",
    "UtcDateTime",
]
