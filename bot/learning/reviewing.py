"""What somebody of the office says that a question asks, and whether it may become an example."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import private_numbers
from bot.desk.done import Done
from bot.learning.queue import unclear
from bot.staff import audit
from bot.staff.member import Doing, Member, NotAllowed
from bot.store.inserting import insert_once
from bot.store.tables import ReviewRow

Verdict = Literal["topic", "not_ours", "skipped"]

LONGEST_EXAMPLE = 300
"""Characters: a longer question teaches nothing that a shorter one would not."""


class ReviewRefused(ValueError):
    """The text is a sentence for whoever reviews."""


@dataclass(frozen=True, slots=True)
class Review:
    """What was decided; ``text`` is the example, without personal data, empty where there is none."""

    message_id: str
    verdict: Verdict
    topic: str | None
    text: str
    approved: bool
    by: str
    at: datetime
    exported_at: datetime | None


async def assign(
    session: AsyncSession,
    doing: Doing,
    message_id: str,
    verdict: Verdict,
    now: datetime,
    *,
    topic: str | None = None,
    text: str = "",
    approved: bool = False,
) -> Done[Review]:
    """Files a question under ``topic``, or as none of ours, or leaves it out; ``approved``: ``text`` may become an example.

    Of two at once the second sees what the first said. The caller commits.

    Raises:
        NotAllowed: to whoever is not of the office.
        ReviewRefused: for a topic that is missing, or an example that cannot be one.
    """
    await unclear(session, doing.member, message_id)
    text = " ".join(text.split())
    if (verdict == "topic") != (topic is not None):
        raise ReviewRefused("Please choose the topic that the question asks.")
    if approved:
        _check_example(text)
    values = {
        "message_id": message_id,
        "verdict": verdict,
        "topic": topic,
        "text": text if verdict != "skipped" else "",
        "approved": approved and verdict != "skipped",
        "by": doing.member.ref,
        "at": now,
    }
    made = await session.scalar(
        insert_once(session, ReviewRow, values, unique=["message_id"]).returning(ReviewRow.message_id)
    )
    review = await _review(session, message_id)
    if made is None:
        return Done(review, by=await audit.last(session, ("example", message_id), "reviewed"), is_new=False)
    await audit.write(session, doing, "reviewed", ("example", message_id), now, detail=topic or verdict)
    return Done(review)


async def take_back(session: AsyncSession, doing: Doing, message_id: str, now: datetime) -> None:
    """The question waits for review again, unless it is among the examples already. Raises NotAllowed, ReviewRefused."""
    doing.member.check(None)
    gone = await session.scalar(
        delete(ReviewRow)
        .where(ReviewRow.message_id == message_id, ReviewRow.exported_at.is_(None))
        .returning(ReviewRow.message_id)
    )
    if gone is None:
        raise ReviewRefused("This question is among the examples already: it can only be taken out of its file.")
    await audit.write(session, doing, "review taken back", ("example", message_id), now)


async def approved(session: AsyncSession, member: Member, *, exported: bool = False) -> list[Review]:
    """The approved examples that are not exported yet, or those that are, oldest first. Raises NotAllowed."""
    member.check(None)
    return await approved_examples(session, exported=exported)


async def approved_examples(session: AsyncSession, *, exported: bool = False) -> list[Review]:
    """The same for whoever runs the service."""
    is_out = ReviewRow.exported_at.is_not(None) if exported else ReviewRow.exported_at.is_(None)
    rows = await session.scalars(select(ReviewRow).where(ReviewRow.approved, is_out).order_by(ReviewRow.at))
    return [_read(row) for row in rows]


async def mark_exported(session: AsyncSession, message_ids: list[str], now: datetime) -> None:
    """They are in the files now."""
    await session.execute(update(ReviewRow).where(ReviewRow.message_id.in_(message_ids)).values(exported_at=now))


def _check_example(text: str) -> None:
    if not text:
        raise ReviewRefused("Please write the example, or do not approve it.")
    if len(text) > LONGEST_EXAMPLE:
        raise ReviewRefused(f"An example has at most {LONGEST_EXAMPLE} characters; this one has {len(text)}.")
    if number := private_numbers.find(text):
        raise ReviewRefused(f"The example holds what looks like a {number}: please take it out.")
    if "@" in text:
        raise ReviewRefused("The example holds an email address: please take it out.")
    if text.startswith("/") or any(mark in text for mark in "[]{}"):
        raise ReviewRefused(
            "An example holds no brackets or braces and begins with no slash: please write it in words."
        )


async def _review(session: AsyncSession, message_id: str) -> Review:
    row = await session.get(ReviewRow, message_id)
    if row is None:
        raise NotAllowed
    return _read(row)


def _read(row: ReviewRow) -> Review:
    verdict = cast(Verdict, row.verdict)
    return Review(row.message_id, verdict, row.topic, row.text, row.approved, row.by, row.at, row.exported_at)
