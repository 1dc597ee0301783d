"""A mailing: the letters that a hub sends at once. Begun whole or not at all, paused, resumed."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.mailing.planning import Plan
from bot.letters.mailing.recipients import Recipient
from bot.letters.problems import LetterProblem
from bot.letters.reading import school_columns
from bot.store.tables import CohortRow, HubRow, LetterRow, MailingRow, OutboxRow

_AT_ONCE = 1000
LAST = 20
"""When so many letters in a row, the latest of a mailing, could not be delivered, something is wrong with more than addresses."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A mailing that is there now, and how many letters it has."""

    mailing_id: str
    letters: int


async def begin(session: AsyncSession, plan: Plan, *, rate: int, attach: bool, dated: date, now: datetime) -> Begun:
    """Writes the mailing with its letters, which leave from now on; the caller commits all of it or nothing.

    Who has got this year's letter since the plan was made is passed over, whoever sent it. Raises LetterProblem when nobody is
    left.
    """
    mailing_id = str(uuid4())
    await session.execute(
        insert(MailingRow).values(
            id=mailing_id,
            cohort_id=plan.place.cohort_id,
            state="sending",
            attach=attach,
            rate=rate,
            why="",
            next_release_at=now,
            created_at=now,
        )
    )
    for some in batched(plan.recipients, _AT_ONCE, strict=False):
        rows = [_row(recipient, mailing_id, plan, dated, now) for recipient in some]
        await session.execute(_unless_there(session), rows)
    letters = await session.scalar(select(func.count()).where(LetterRow.mailing_id == mailing_id))
    if not letters:
        raise LetterProblem("Everybody has this year's letter by now: nothing was planned")
    return Begun(mailing_id, letters)


async def find(session: AsyncSession, beginning: str = "", states: tuple[str, ...] = ("sending", "paused")) -> str:
    """The id of the mailing that begins so, or of the only one in one of ``states``; raises LetterProblem."""
    row = MailingRow
    if beginning:
        wanted = select(row.id).where(row.id.startswith(beginning.strip().lower(), autoescape=True))
    else:
        wanted = select(row.id).where(row.state.in_(states))
    found = (await session.scalars(wanted.limit(2))).all()
    if len(found) == 1:
        return found[0]
    if beginning:
        what = f'no mailing "{beginning}"' if not found else f'more than one mailing that begins with "{beginning}"'
        raise LetterProblem(f"There is {what}: psqm letters status lists them")
    if not found:
        raise LetterProblem(f"No mailing is {' or '.join(states)}: psqm letters status lists them")
    raise LetterProblem("There are several mailings: say which, as psqm letters status lists them")


async def hub_of(session: AsyncSession, mailing_id: str) -> str:
    """The name of the hub whose mailing it is."""
    row = (
        select(HubRow.name)
        .join(CohortRow, CohortRow.hub_id == HubRow.id)
        .join(MailingRow, MailingRow.cohort_id == CohortRow.id)
    )
    return (await session.scalars(row.where(MailingRow.id == mailing_id))).one()


async def pause(session: AsyncSession, mailing_id: str, why: str) -> bool:
    """Keeps what is planned from leaving; what is in the outbox leaves. False when it is not being sent."""
    return await _change(session, mailing_id, "sending", state="paused", why=why)


async def resume(session: AsyncSession, mailing_id: str, now: datetime) -> bool:
    """Goes on with a paused mailing; letters that failed in a row just before are tried again. False when it is not paused."""
    resumed = await _change(session, mailing_id, "paused", state="sending", why="", next_release_at=now)
    if resumed and (failed := await failed_in_a_row(session, mailing_id)):
        again = update(OutboxRow).where(OutboxRow.id.in_(failed), OutboxRow.state == "failed")
        await session.execute(again.values(state="queued", attempts=0, next_at=now))
    return resumed


async def failed_in_a_row(session: AsyncSession, mailing_id: str) -> list[int]:
    """The mails of the latest letters whose fate is known, if they are ``LAST`` and all have failed; else none."""
    row = OutboxRow
    latest = (
        select(row.id, row.state)
        .join(LetterRow, LetterRow.id == row.letter_id)
        .where(LetterRow.mailing_id == mailing_id, row.kind.in_(("letter", "letter_attached")))
        .where(row.state.in_(("sent", "failed")))
        .order_by(row.id.desc())
        .limit(LAST)
    )
    found = (await session.execute(latest)).all()
    return [mail.id for mail in found] if len(found) == LAST and all(mail.state == "failed" for mail in found) else []


async def _change(session: AsyncSession, mailing_id: str, before: str, **values: Any) -> bool:
    changed = await session.scalar(
        update(MailingRow)
        .where(MailingRow.id == mailing_id, MailingRow.state == before)
        .values(**values)
        .returning(MailingRow.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


def _row(recipient: Recipient, mailing_id: str, plan: Plan, dated: date, now: datetime) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "kind": "area",
        "year": plan.place.year,
        "cohort_id": plan.place.cohort_id,
        "mailing_id": mailing_id,
        "email": recipient.email,
        "name": recipient.name,
        **school_columns(recipient.school),
        "dated": dated,
        "state": "planned",
        "created_at": now,
        "reminders": 0,
    }


def _unless_there(session: AsyncSession) -> Any:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    once = {"index_elements": ["year", "email"], "index_where": text("kind = 'area'")}
    return dialect.insert(LetterRow).on_conflict_do_nothing(**once)
