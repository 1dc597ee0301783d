"""Somebody asks for the letter in conversation: it is sent, unless it just was, or the limits are reached.

Anybody may type anybody's address, so nothing that was typed goes into the mail, and few mails go out: see decision 17.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog
from sqlalchemy import Row, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import reading
from bot.letters.asking.asked import Asking, write_letter
from bot.letters.asking.mailboxes import mailbox
from bot.letters.letter import Letter
from bot.letters.mailing.posting import Putting
from bot.letters.problems import LetterProblem
from bot.letters.suppression import Suppression
from bot.store.tables import LetterRow, OutboxRow

ADDRESSES_A_CONVERSATION = 3
_A_DAY = timedelta(days=1)
_LOCK = 0x50534C41  # "PSLA": the key of PostgreSQL's advisory lock

type Outcome = Literal["sent", "on_its_way", "too_many", "too_many_today", "cannot"]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of it. ``letter`` is one that this conversation may read: None where nothing was sent from it.

    sent: it is in the outbox. on_its_way: one went to this address within a day. too_many: this conversation has had it sent
    to too many addresses; too_many_today: all of them together have. cannot: no letter goes to this address.
    """

    outcome: Outcome
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How letters leave: the outbox's ``post``, who wants none, and how many go out in a day, all together."""

    post: Putting
    suppression: Suppression
    day_limit: int


async def ask_for_letter(session: AsyncSession, asking: Asking, now: datetime, terms: Terms) -> Asked:
    """Puts the letter into the outbox unless something is against it. The caller commits, and has a transaction that writes."""
    await _one_at_a_time(session)
    if await _wants_none(session, asking.email, terms.suppression):
        return Asked("cannot")
    if (before := await _sent_before(session, asking, now)) is not None:
        return before
    if await _is_one_too_many(session, asking):
        return Asked("too_many")
    asked_today = select(func.count()).where(LetterRow.kind == "asked", LetterRow.created_at > now - _A_DAY)
    if (await session.scalar(asked_today) or 0) >= terms.day_limit:
        _log.warning("no more letters are sent to who asks for them today", limit=terms.day_limit)
        return Asked("too_many_today")
    letter = await write_letter(session, asking, now)
    await terms.post.put(session, letter, "letter_asked", now)
    return Asked("sent", letter)


async def _one_at_a_time(session: AsyncSession) -> None:
    """Until this transaction ends, nobody else counts what it is about to add. On SQLite a writer is alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


async def _wants_none(session: AsyncSession, email: str, suppression: Suppression) -> bool:
    """Whether the mailbox is on the suppression list, or nobody can tell."""
    try:
        await suppression.check(session)
    except LetterProblem as problem:
        _log.error("no letter is sent to who asks for it", why=str(problem))
        return True
    return bool(await suppression.among(session, {email, mailbox(email)}))


async def _sent_before(session: AsyncSession, asking: Asking, now: datetime) -> Asked | None:
    """What became of the letter that went to this mailbox within a day, if there is one."""
    row = LetterRow
    domain = asking.email.rpartition("@")[2]
    found = await session.execute(
        select(row.id, row.email, row.conversation_id, OutboxRow.state)
        .outerjoin(OutboxRow, (OutboxRow.letter_id == row.id) & (OutboxRow.kind == "letter_asked"))
        .where(row.kind == "asked", row.created_at > now - _A_DAY)
        .where(or_(*(row.email.endswith(f"@{name}", autoescape=True) for name in _same_domains(domain))))
        .order_by(row.created_at.desc(), row.id)
    )
    same: list[Row[*tuple[Any, ...]]] = [letter for letter in found if mailbox(letter.email) == mailbox(asking.email)]
    if not same:
        return None
    if same[0].state in ("failed", "withheld"):
        return Asked("cannot")
    return Asked("on_its_way", await _own(session, same, asking.conversation_id))


def _same_domains(domain: str) -> set[str]:
    """Those that one mailbox may be written with."""
    return {"gmail.com", "googlemail.com"} if domain in ("gmail.com", "googlemail.com") else {domain}


async def _own(session: AsyncSession, letters: Sequence[Row[*tuple[Any, ...]]], conversation_id: str) -> Letter | None:
    """The letter that this very conversation asked for: another's may tell of a person and a school."""
    own = next((letter.id for letter in letters if letter.conversation_id == conversation_id), None)
    return await reading.letter(session, own) if own else None


async def _is_one_too_many(session: AsyncSession, asking: Asking) -> bool:
    emails = await session.scalars(
        select(LetterRow.email)
        .where(LetterRow.kind == "asked", LetterRow.conversation_id == asking.conversation_id)
        .distinct()
    )
    return len(set(emails) | {asking.email}) > ADDRESSES_A_CONVERSATION
