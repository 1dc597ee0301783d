"""Whom an answer reaches: the assistant writes to nobody but the sender, a person may write where the mail asks for it."""

from bot.outbox.mail import is_address
from bot.replies.reading.arrived import Arrived
from bot.replies.sorting.automatic import nobody_reads


def can_be_told(arrived: Arrived) -> bool:
    """Whether the sender gets mail. An answer to an address that a mail merely names would let anybody write to strangers."""
    return is_address(arrived.sender) and not nobody_reads(arrived.sender)


def reach(arrived: Arrived) -> str:
    """The address for a person's answer, "" where there is none: a school's system writes from one that nobody reads, and
    names another (RFC 5322, 3.6.2)."""
    return next((it for it in (arrived.sender, arrived.reply_to) if is_address(it) and not nobody_reads(it)), "")
