"""What the tests of mailings share: a hub that may write, people to write to, and forms that say little."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.composing.hrefs import Hrefs
from bot.letters.composing.hub_letter import HubLetter
from bot.letters.letter import Letter, LetterSchool
from bot.letters.links import LetterLinks, ReplyAddresses
from bot.letters.mailing.hours import LetterHours
from bot.letters.mailing.mailings import Begun, begin
from bot.letters.mailing.planning import Plan, Round, plan
from bot.letters.mailing.posting import LetterPost
from bot.letters.mailing.recipients import Recipient
from bot.letters.mailing.releasing import Releaser
from bot.letters.mailing.troubled import Office
from bot.letters.mailing.writer import LetterWriter
from bot.letters.problems import LetterProblem
from bot.letters.suppression import Suppression
from bot.notices import NoticeScheme
from bot.store.database import Database
from bot.store.tables import CohortRow, HubLetterRow, LetterRow
from tests.registering import NOW, YEAR, new_hub

SECRET = "a secret key for tests, long enough"
SCHEME = NoticeScheme("Test Quality Mark", "TQM", "office@tqm.example", "www.tqm.example")
LINKS = LetterLinks(SECRET, "https://assistant.example", 180)
REPLIES = ReplyAddresses(SECRET, "letters@tqm.example")
SUPPRESSION = Suppression(SECRET)
POST = LetterPost(LINKS, REPLIES, "office@tqm.example")
OFFICE = Office(SCHEME, "office@tqm.example")
ALWAYS = LetterHours.parse("00:00-24:00 daily")
TODAY = NOW.date()
SESSION_ON = date(2027, 1, 14)


@dataclass(frozen=True)
class Words:
    subject: str
    text: str
    html: str


@dataclass
class FewWords:
    """Forms with the name in them; ``wrong`` is what keeps letters from being composed."""

    wrong: str = ""
    reports: int = field(default=0)

    def check(self, letter: Letter, own: HubLetter) -> None:
        if self.wrong:
            raise LetterProblem(self.wrong)

    def mail(self, letter: Letter, own: HubLetter, hrefs: Hrefs) -> Words:
        self.check(letter, own)
        return Words(
            "An invitation", f"Dear {letter.name}, {hrefs.page}\n", f'<a href="{hrefs.page}">{letter.name}</a>'
        )

    def reminder(
        self, letter: Letter, own: HubLetter, hrefs: Hrefs, which: Literal["reminder", "last_reminder"]
    ) -> Words:
        return Words(which, f"{which} {hrefs.page}\n", f"<p>{which}</p>")

    def pdf(self, letter: Letter, own: HubLetter) -> bytes:
        return b"%PDF letter"

    def report(self, own: HubLetter) -> tuple[str, bytes]:
        self.reports += 1
        return own.report_name or "report.pdf", own.report or b"%PDF report"


async def ready_hub(session: AsyncSession, name: str = "Northfield", **chosen: Any) -> str:
    """A hub with everything that a letter needs; returns its cohort's id."""
    cohort_id = await new_hub(session, name, **({"session_on": SESSION_ON, "capacity": 10} | chosen))
    hub_id = (await session.scalars(select(CohortRow.hub_id).where(CohortRow.id == cohort_id))).one()
    await session.execute(
        insert(HubLetterRow).values(
            hub_id=hub_id, sender_address="1 Mill Lane\nOtley", wording="", report=None, report_name="", updated_at=NOW
        )
    )
    return cohort_id


def people(count: int, first: int = 0) -> list[Recipient]:
    """Heads of schools that no register has."""
    return [
        Recipient(
            n + 2, f"head{n}@school{n}.example", f"Ann Lee {n}", None, LetterSchool(f"School {n}", (), "Otley", "")
        )
        for n in range(first, first + count)
    ]


async def planned(
    database: Database,
    cohort_id: str,
    recipients: Sequence[Recipient],
    *,
    urns: Collection[int] | None = None,
    reaches_people: bool = True,
    forms: FewWords | None = None,
) -> Plan:
    """What a mailing would do."""
    asked = Round(cohort_id, TODAY, reaches_people, urns)
    async with database.reading() as session:
        return await plan(session, asked, recipients, forms or FewWords(), SUPPRESSION)


async def begun(
    database: Database, cohort_id: str, recipients: Sequence[Recipient], *, rate: int = 6000, attach: bool = False,
    now: datetime = NOW,
) -> Begun:  # fmt: skip
    """Begins a mailing to all of them."""
    plan = await planned(database, cohort_id, recipients)
    async with database.writing() as session:
        mailing = await begin(session, plan, rate=rate, attach=attach, dated=TODAY, now=now)
        await session.commit()
    return mailing


async def a_ready_mailing(database: Database, count: int, **chosen: Any) -> Begun:
    """Begins a mailing of ``count`` letters of a new hub."""
    async with database.writing() as session:
        cohort_id = await ready_hub(session)
        await session.commit()
    return await begun(database, cohort_id, people(count), **chosen)


async def letter_rows(database: Database) -> list[LetterRow]:
    async with database.reading() as session:
        return list(await session.scalars(select(LetterRow).order_by(LetterRow.email)))


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def wall() -> datetime:
    return datetime.now(UTC)


def releaser(database: Database, clock: Any = wall, hours: LetterHours = ALWAYS) -> Releaser:
    return Releaser(database, POST, SUPPRESSION, hours, OFFICE, clock)


def writer(forms: Any = None, hours: LetterHours = ALWAYS, clock: Any = wall) -> LetterWriter:
    return LetterWriter(forms or FewWords(), LINKS, SUPPRESSION, hours, "TQM-letter.pdf", clock)


__all__ = ["NOW", "YEAR"]
