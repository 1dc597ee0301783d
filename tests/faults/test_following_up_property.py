"""Whatever happens in whatever order: nobody who answered in any way is reminded, nobody more than twice, nobody forgotten."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from bot.letters.following_up.reminding import AHEAD, FollowUp, remind
from bot.registrations.application import ApplyingSchool
from bot.store.database import Database
from bot.store.tables import InboundRow, Table
from tests.an_area import change_letter, leave, mails_of, make_mailing, send_letter
from tests.mailings import POST, SUPPRESSION
from tests.put_down import ANN, CY, NOW, make_hub, put_down

PEOPLE = ("una@ash.example", "vic@elm.example", "wyn@fir.example")
ANSWERS = ("visit", "reply", "bounce", "stop", "want none", "write", "register", "colleague registers", "ask for it")
NO_ANSWERS = ("nothing", "out of office")
PLAN = FollowUp(14, 10, 60, SUPPRESSION, lambda _now: False, POST)
MOMENTS = {"visit": "visited_at", "reply": "replied_at", "bounce": "bounced_at", "stop": "stopped_at"}


@dataclass(frozen=True)
class Step:
    """After ``days``, something happens to somebody; then the service looks who is to be reminded, ``rounds`` times."""

    days: int
    who: str
    what: str
    rounds: int


STEPS = st.lists(
    st.builds(
        Step,
        days=st.integers(0, 16),
        who=st.sampled_from(PEOPLE),
        what=st.sampled_from(ANSWERS + NO_ANSWERS * 6),
        rounds=st.integers(0, 3),
    ),
    max_size=12,
)


@dataclass
class Expected:
    """What a person ought to have got: said as simply as possible."""

    last_mail: datetime
    reminders: int = 0
    has_answered: bool = False

    def look(self, now: datetime) -> None:
        days = (PLAN.reminder_days, PLAN.last_reminder_days, None)[self.reminders]
        if days and not self.has_answered and now >= self.last_mail + timedelta(days=days):
            self.reminders += 1
            self.last_mail = now + AHEAD  # the latest at which it has left


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_reminders_go_to_those_alone_who_said_nothing(database_url: str, steps: list[Step]) -> None:
    asyncio.run(_live_through(database_url, steps))


async def _live_through(database_url: str, steps: Sequence[Step]) -> None:
    database = Database(database_url)
    try:
        await _empty(database)
        cohort = await make_hub(database, session_on=date(2028, 7, 1))
        mailing = await make_mailing(database, cohort)
        letters = {who: await send_letter(database, cohort, mailing, who) for who in PEOPLE}
        expected = {who: Expected(NOW) for who in PEOPLE}
        now = NOW
        for step in steps:
            now += timedelta(days=step.days, hours=2)
            await _happens(database, cohort, letters[step.who], step, now)
            expected[step.who].has_answered |= step.what in ANSWERS
            for _ in range(step.rounds):
                await _round(database, now)
            if step.rounds:
                for one in expected.values():
                    one.look(now)
            await leave(database, now + AHEAD)
            for who, one in expected.items():
                got = [kind for kind in await mails_of(database, who) if kind != "letter_asked"]
                assert got == ["letter", "letter_reminder", "letter_last_reminder"][: one.reminders + 1]
    finally:
        await database.close()


async def _round(database: Database, now: datetime) -> None:
    async with database.writing() as session:
        await remind(session, now, PLAN)
        await session.commit()


async def _happens(database: Database, cohort: str, letter: str, step: Step, now: datetime) -> None:
    person = replace(ANN, email=step.who)
    domain = step.who.partition("@")[2].partition(".")[0].title()
    school = ApplyingSchool(f"{domain} Primary School", "Testham", "TE1 1ST", None)
    match step.what:
        case "want none":
            async with database.writing() as session:
                await SUPPRESSION.add(session, step.who, "unsubscribed", now)
                await session.commit()
        case "write" | "out of office":
            await _arrives(database, step, now)
        case "register":
            await put_down(database, None, replace(school, name="Other School"), person, now=now)
        case "colleague registers":
            await put_down(database, None, school, CY, now=now)
        case "ask for it":
            await send_letter(database, cohort, None, step.who, at=now)
        case "visit" | "reply" | "bounce" | "stop":
            await change_letter(database, letter, **{MOMENTS[step.what]: now})


async def _arrives(database: Database, step: Step, now: datetime) -> None:
    mail: dict[str, Any] = {
        "key": f"{step.who} {now}", "size": 9, "sender": step.who, "verdict": "", "attempts": 0, "next_at": now,
        "state": "new" if step.what == "write" else "ignored", "error": "", "received_at": now,
    }  # fmt: skip
    async with database.writing() as session:
        await session.execute(insert(InboundRow).values(mail))
        await session.commit()


async def _empty(database: Database) -> None:
    async with database.writing() as session:
        for table in reversed(Table.metadata.sorted_tables):
            await session.execute(delete(table))
        await session.commit()
