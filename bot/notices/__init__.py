"""Tells schools, hub leaders and the office by mail what became of a registration."""

from bot.notices.mailed import MailedNotices
from bot.notices.scheme import NoticeScheme

__all__ = ["MailedNotices", "NoticeScheme"]
