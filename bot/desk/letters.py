"""A hub's letter to one school, sent by a member of staff: a mailing of one, under the rules of every other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.done import Done
from bot.desk.letter_terms import LetterTerms
from bot.hubs import school_year
from bot.hubs.problems import HubProblem
from bot.hubs.year import said
from bot.letters.letter import LetterSchool
from bot.letters.mailing.mailings import begin
from bot.letters.mailing.planning import Round, Why, plan
from bot.letters.mailing.recipients import Recipient, RecipientsRefused
from bot.letters.problems import LetterProblem
from bot.london import LONDON
from bot.staff import audit
from bot.staff.member import Doing, NotAllowed
from bot.store.tables import CohortRow, HubRow, LetterRow

LONGEST_NAME = 100
LONGEST_SCHOOL = 200

REFUSALS: Mapping[Why, str] = MappingProxyType(
    {
        "no_address": "Which email address shall the letter go to?",
        "school_closed": "The register says that this school is closed, so no letter goes to it.",
        "example": "That address is an example, and nobody would read the letter: please give a real one.",
        "suppressed": "No letter goes to this address any more: they asked for none, or their mailbox takes no mail.",
        "had": "They have had this school year’s letter already, and nobody gets it twice.",
        "registered": "They are registered for this school year already, so they need no letter.",
    }
)
"""What a member is told when somebody gets no letter. Of a mailing of one, nothing is there twice or elsewhere."""


class LetterRefused(ValueError):
    """No letter goes there; the text is a sentence for who wanted to send it, and nothing was sent."""


@dataclass(frozen=True, slots=True)
class LetterSent:
    """A letter that is on its way. ``leaves_at``: when the hours for letters let it go. ``school`` and ``name`` may be empty."""

    id: str
    hub_name: str
    email: str
    name: str
    school: str
    leaves_at: datetime


async def send(
    session: AsyncSession,
    doing: Doing,
    hub_id: str,
    *,
    email: str,
    now: datetime,
    terms: LetterTerms,
    name: str = "",
    urn: int | None = None,
    school: str = "",
) -> Done[LetterSent]:
    """Sends this school year's letter of a hub to ``email``. The caller commits.

    ``name``: the head's; ``urn``: the school in the register; ``school``: its name, where it has no URN. Sent twice from a desk
    it is sent once, and the second sees who did. Raises NotAllowed, LetterRefused.
    """
    doing.member.check(hub_id)
    recipient = _recipient(email, name, urn, school)
    today = now.astimezone(LONDON).date()
    asked = Round(await _cohort(session, hub_id, school_year(today)), today, terms.reaches_people)
    if (before := await _before(session, asked.dated, recipient.email, terms, now)) is not None:
        return before
    try:
        made = await plan(session, asked, [recipient], terms.forms, terms.suppression)
        if made.left_out:
            raise LetterRefused(REFUSALS.get(made.left_out[0].why, "No letter goes to this address."))
        if not made.is_open:
            raise LetterRefused(f"{made.place.hub_name} takes no more schools this year, so its letter invites nobody.")
        async with session.begin_nested():
            begun = await begin(session, made, rate=terms.rate, attach=False, dated=today, now=now)
    except RecipientsRefused:
        raise LetterRefused(f"The register has no school with the URN {urn}: please correct it.") from None
    except (LetterProblem, HubProblem) as problem:
        # Somebody else may have sent it between our looking and our writing: the database lets one of us have it.
        if (before := await _before(session, asked.dated, recipient.email, terms, now)) is not None:
            return before
        raise LetterRefused(f"{str(problem).rstrip('.')}.") from None
    row = (await session.execute(_letters().where(LetterRow.mailing_id == begun.mailing_id))).one()
    sent = LetterSent(row.id, row.hub_name, row.email, row.name, row.school_name, terms.hours.next(now))
    await audit.write(session, doing, "sent", ("letter", sent.id), now, hub_id=hub_id, detail=sent.school)
    return Done(sent)


def _recipient(email: str, name: str, urn: int | None, school: str) -> Recipient:
    """Who is written to, checked. Raises LetterRefused."""
    name, school = " ".join(name.split()), " ".join(school.split())
    if not email.strip():
        raise LetterRefused(REFUSALS["no_address"])
    try:
        address = validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise LetterRefused("That is no email address: please write it like head@school.example.") from None
    for what, text, longest in (("name", name, LONGEST_NAME), ("school’s name", school, LONGEST_SCHOOL)):
        if len(text) > longest:
            raise LetterRefused(f"The {what} is longer than {longest} characters: please shorten it.")
        if text and not text.isprintable():
            raise LetterRefused(f"The {what} holds a character that cannot be printed: please take it out.")
    return Recipient(1, address, name, urn, LetterSchool(school, (), "", "") if school else None)


async def _cohort(session: AsyncSession, hub_id: str, year: int) -> str:
    cohort_id = await session.scalar(select(CohortRow.id).where(CohortRow.hub_id == hub_id, CohortRow.year == year))
    if cohort_id is None:
        if await session.get(HubRow, hub_id) is None:
            raise NotAllowed
        raise LetterRefused(f"The hub has no places of {said(year)} yet, so its letter would invite to nothing.")
    return cohort_id


async def _before(
    session: AsyncSession, today: date, email: str, terms: LetterTerms, now: datetime
) -> Done[LetterSent] | None:
    """What a member sent to this address before; None where no letter of the year went, or a whole mailing brought it."""
    of_year = _letters().where(LetterRow.kind == "area", LetterRow.year == school_year(today), LetterRow.email == email)
    row = (await session.execute(of_year)).one_or_none()
    entry = await audit.last(session, ("letter", row.id), "sent") if row else None
    if row is None or entry is None:
        return None
    leaves_at = row.released_at or terms.hours.next(now)
    return Done(
        LetterSent(row.id, row.hub_name, row.email, row.name, row.school_name, leaves_at), by=entry, is_new=False
    )


def _letters() -> Select[str, str, str, str, datetime | None, str]:
    row = LetterRow
    return (
        select(row.id, row.email, row.name, row.school_name, row.released_at, HubRow.name.label("hub_name"))
        .join(CohortRow, CohortRow.id == row.cohort_id)
        .join(HubRow, HubRow.id == CohortRow.hub_id)
    )
