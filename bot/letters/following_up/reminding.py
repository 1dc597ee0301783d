"""Reminds those of whom nothing was heard since their letter: once, and a last time. Then they are left in peace."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.following_up.unanswered import ReminderKind, Unanswered, nothing_came, unanswered
from bot.letters.mailing.posting import Putting
from bot.letters.suppression import Suppression
from bot.store.tables import LetterRow, OutboxRow

AT_ONCE = 100
"""Reminders of one transaction: a turn in a conversation waits no longer for it."""
AHEAD = timedelta(hours=1)
"""For how long reminders are put into the outbox beforehand; what comes meanwhile is looked at again when one leaves."""

_KINDS: tuple[ReminderKind, ...] = ("letter_last_reminder", "letter_reminder")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """How letters are followed up. ``rate``: the most mails a minute, where a mailing's own is not lower.

    Of the days, the first count from when the letter was sent, the last from when the reminder was.
    """

    reminder_days: int
    last_reminder_days: int
    rate: int
    suppression: Suppression
    is_quiet: Callable[[datetime], bool]
    post: Putting

    def days(self, kind: ReminderKind) -> int:
        """After how many days this reminder is due."""
        return self.reminder_days if kind == "letter_reminder" else self.last_reminder_days


async def due(session: AsyncSession, now: datetime, plan: FollowUp, at_most: int) -> list[Unanswered]:
    """The letters that are to be followed by a reminder, those to the last one first. Raises LetterProblem."""
    await plan.suppression.check(session)
    found: list[Unanswered] = []
    for kind in _KINDS:
        if len(found) < at_most:
            async for it in unanswered(session, now, kind, plan.days(kind), plan.suppression):
                found.append(it)
                if len(found) == at_most:
                    break
    return found


async def remind(session: AsyncSession, now: datetime, plan: FollowUp, at_most: int = AT_ONCE) -> int:
    """Puts the reminders that are due into the outbox, ``at_most`` so many; returns how many. The caller commits.

    They leave one after the other, no faster than the rate, within ``AHEAD`` and not in a quiet time; the others have their
    turn when this is called again. Raises LetterProblem.
    """
    leaves_at = await _next_turn(session, now, plan.rate)
    if _is_too_late(leaves_at, now, plan):
        return 0
    turns: list[tuple[Unanswered, datetime]] = []
    for it in await due(session, now, plan, at_most):
        if _is_too_late(leaves_at, now, plan):
            break
        turns.append((it, leaves_at))
        leaves_at += timedelta(minutes=1) / min(plan.rate, it.rate)
    claimed = await _claim(session, [it for it, _ in turns], now)
    put = [await plan.post.put(session, it.letter, it.kind, at) for it, at in turns if it.letter.id in claimed]
    return sum(put)


def _is_too_late(leaves_at: datetime, now: datetime, plan: FollowUp) -> bool:
    return leaves_at >= now + AHEAD or plan.is_quiet(leaves_at)


async def _next_turn(session: AsyncSession, now: datetime, rate: int) -> datetime:
    """When another reminder may leave: after those that several services have put into the outbox already."""
    row = OutboxRow
    last = await session.scalar(select(func.max(row.next_at)).where(row.state == "queued", row.kind.in_(_KINDS)))
    return max(now, last + timedelta(minutes=1) / rate) if last else now


async def _claim(session: AsyncSession, found: Sequence[Unanswered], now: datetime) -> set[str]:
    """Counts the reminders, unless another process did, or something came of a letter in this moment; returns which letters."""
    row = LetterRow
    claimed: set[str] = set()
    for kind, before in (("letter_reminder", 0), ("letter_last_reminder", 1)):
        ids = [it.letter.id for it in found if it.kind == kind]
        counted = await session.scalars(
            update(row)
            .where(row.id.in_(ids), row.state == "released", row.reminders == before, *nothing_came())
            .values(reminders=before + 1, reminded_at=now)
            .returning(row.id)
            .execution_options(synchronize_session=False)
        )
        claimed.update(counted)
    return claimed
