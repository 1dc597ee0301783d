"""Who is reminded of a letter, when, how often, and who never is."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.following_up.reminding import AHEAD, FollowUp, due, remind
from bot.letters.following_up.unanswered import is_unanswered
from bot.letters.mailing.writer import written_by
from bot.letters.problems import LetterProblem
from bot.letters.suppression import Suppression
from bot.outbox.eml_folder import EmlFolder
from bot.outbox.worker import Worker
from bot.registrations.application import Applicant, ApplyingSchool
from bot.registrations.changing import withdraw
from bot.registrations.notices import SilentNotices
from bot.store.database import Database
from bot.store.tables import CohortRow, InboundRow, LetterRow, MailingRow, OutboxRow, SchoolRow
from tests.an_area import change_letter, leave, mails_of, make_mailing, send_letter
from tests.mailings import POST, SUPPRESSION, writer
from tests.mails import SENDER
from tests.put_down import ANN, CY, NOW, make_hub, put_down

UNA = "una@ash.example"
DAY = timedelta(days=1)
DUE = NOW + 14 * DAY


PLAN = FollowUp(14, 14, 60, SUPPRESSION, lambda _now: False, POST)


@pytest.fixture
async def cohort(database: Database) -> str:
    return await make_hub(database, session_on=date(2027, 6, 1))


@pytest.fixture
async def mailing(database: Database, cohort: str) -> str:
    return await make_mailing(database, cohort)


@pytest.fixture
async def letter(database: Database, cohort: str, mailing: str) -> str:
    """Una's letter, sent ``NOW``."""
    return await send_letter(database, cohort, mailing, UNA)


async def run(database: Database, now: datetime, plan: FollowUp = PLAN, at_most: int = 200) -> int:
    async with database.writing() as session:
        reminded = await remind(session, now, plan, at_most)
        await session.commit()
    return reminded


async def test_a_letter_without_an_answer_is_followed_by_one_reminder_and_later_by_a_last_one(
    database: Database, letter: str
) -> None:
    assert await run(database, DUE - timedelta(seconds=1)) == 0
    assert await run(database, DUE) == 1
    assert await run(database, DUE) == 0
    await leave(database, DUE + DAY)
    assert await run(database, DUE + 14 * DAY - timedelta(seconds=1)) == 0
    assert await run(database, DUE + 14 * DAY) == 1
    await leave(database, DUE + 20 * DAY)
    assert [await run(database, DUE + days * DAY) for days in range(14, 60)] == [0] * 46
    assert await mails_of(database, UNA) == ["letter", "letter_reminder", "letter_last_reminder"]
    async with database.reading() as session:
        row = (await session.scalars(select(LetterRow))).one()
    assert (row.reminders, row.reminded_at) == (2, DUE + 14 * DAY)


async def test_the_last_one_counts_from_when_the_reminder_was_really_sent(database: Database, letter: str) -> None:
    await run(database, DUE)
    assert await run(database, DUE + 30 * DAY) == 0
    async with database.writing() as session:
        await session.execute(update(OutboxRow).where(OutboxRow.kind == "letter_reminder").values(state="failed"))
        await session.commit()
    assert await run(database, DUE + 60 * DAY) == 0


type Change = Callable[[Database, str], Awaitable[object]]


def moment(name: str) -> Change:
    return lambda database, letter: change_letter(database, letter, **{name: NOW + DAY})


async def arrives(database: Database, state: str, sender: str, letter_id: str | None) -> None:
    mail = {
        "key": "k", "size": 9, "sender": sender, "state": state, "verdict": "reply", "letter_id": letter_id, "attempts": 0,
        "next_at": NOW, "error": "", "received_at": NOW,
    }  # fmt: skip
    async with database.writing() as session:
        await session.execute(insert(InboundRow).values(mail))
        await session.commit()


def arrived(state: str, sender: str = UNA, *, about: bool = False) -> Change:
    return lambda database, letter: arrives(database, state, sender, letter if about else None)


async def suppressed(database: Database, _letter: str) -> None:
    async with database.writing() as session:
        await SUPPRESSION.add(session, UNA.upper(), "unsubscribed", NOW)
        await session.commit()


def cohort_is(**values: object) -> Change:
    async def change(database: Database, _letter: str) -> None:
        async with database.writing() as session:
            await session.execute(update(CohortRow).values(**values))
            await session.commit()

    return change


async def paused(database: Database, _letter: str) -> None:
    async with database.writing() as session:
        await session.execute(update(MailingRow).values(state="paused"))
        await session.commit()


async def the_school_closed(database: Database, letter: str) -> None:
    texts = dict.fromkeys(("name", "street", "locality", "town", "county", "postcode", "la", "phase", "type"), "")
    async with database.writing() as session:
        await session.execute(insert(SchoolRow).values(urn=100001, status="closed", teaches_primary=True, **texts))
        await session.commit()
    await change_letter(database, letter, urn=100001)


def registers(school: ApplyingSchool, person: Applicant, *, withdraws: bool = False) -> Change:
    async def change(database: Database, _letter: str) -> None:
        registration = await put_down(database, None, school, person)
        if withdraws:
            async with database.writing() as session:
                await withdraw(session, registration.id, "applicant", "", NOW, SilentNotices(), offer_days=7)
                await session.commit()

    return change


ELSEWHERE = ApplyingSchool("Elsewhere Primary School", "Farham", "FA1 1FA", None)
ASH = ApplyingSchool("The Ash Primary", "", "te11st", None)
HERSELF = replace(ANN, email=UNA)


@pytest.mark.parametrize(
    "what_came",
    [
        pytest.param(moment("visited_at"), id="a visit"),
        pytest.param(moment("replied_at"), id="a reply"),
        pytest.param(moment("bounced_at"), id="a bounce"),
        pytest.param(moment("stopped_at"), id="an unsubscription"),
        pytest.param(suppressed, id="on the list of those who want none"),
        pytest.param(arrived("new"), id="a mail that nobody has looked at yet"),
        pytest.param(arrived("failed"), id="a mail that could not be read"),
        pytest.param(arrived("handed_over", "deputy@ash.example", about=True), id="a colleague's reply"),
        pytest.param(registers(ELSEWHERE, HERSELF), id="the person registered another school"),
        pytest.param(registers(ASH, CY), id="a colleague registered the school"),
        pytest.param(registers(ASH, CY, withdraws=True), id="the school withdrew"),
        pytest.param(cohort_is(is_open=False), id="the hub is closed"),
        pytest.param(cohort_is(taken=10), id="the hub is full"),
        pytest.param(cohort_is(session_on=DUE.date()), id="the first session is today"),
        pytest.param(cohort_is(session_on=None), id="the first session is not fixed any more"),
        pytest.param(paused, id="the mailing is paused"),
        pytest.param(the_school_closed, id="the school was closed"),
    ],
)
async def test_nobody_is_reminded_after(database: Database, letter: str, what_came: Change) -> None:
    await what_came(database, letter)
    assert await run(database, DUE) == 0
    assert await mails_of(database, UNA) == ["letter"]
    async with database.reading() as session:
        assert await due(session, DUE, PLAN, 10) == []


@pytest.mark.parametrize("what_came", [suppressed, moment("visited_at"), registers(ASH, CY)])
async def test_what_came_between_both_reminders_stops_the_last_one(
    database: Database, letter: str, what_came: Change
) -> None:
    await run(database, DUE)
    await leave(database, DUE + DAY)
    await what_came(database, letter)
    assert await run(database, DUE + 20 * DAY) == 0


@pytest.mark.parametrize("what_came", [moment("visited_at"), registers(ASH, CY), arrived("new"), cohort_is(taken=10)])
async def test_what_came_while_a_reminder_waited_is_seen_when_it_leaves(
    database: Database, letter: str, what_came: Change
) -> None:
    await run(database, DUE)
    async with database.reading() as session:
        assert await is_unanswered(session, letter, DUE)
    await what_came(database, letter)
    async with database.reading() as session:
        assert not await is_unanswered(session, letter, DUE)


@pytest.mark.parametrize(
    "nothing_for_them",
    [
        pytest.param(arrived("ignored"), id="an out-of-office note"),
        pytest.param(arrived("new", "somebody@else.example"), id="somebody else's mail"),
        pytest.param(registers(ELSEWHERE, CY), id="another school registered"),
        pytest.param(cohort_is(session_on=DUE.date() + DAY), id="the first session is tomorrow"),
        pytest.param(cohort_is(taken=9), id="a last place is left"),
    ],
)
async def test_somebody_is_reminded_all_the_same_after(
    database: Database, letter: str, nothing_for_them: Change
) -> None:
    await nothing_for_them(database, letter)
    assert await run(database, DUE) == 1


async def test_a_letter_that_was_asked_for_gets_no_reminder(database: Database, cohort: str, mailing: str) -> None:
    await send_letter(database, cohort, None, UNA)
    await send_letter(database, cohort, mailing, "vic@elm.example", kind="asked")
    assert await run(database, DUE) == 0


async def test_who_asked_for_the_letter_after_it_came_has_answered(
    database: Database, cohort: str, letter: str
) -> None:
    await send_letter(database, cohort, None, UNA, at=NOW + DAY)
    assert await run(database, DUE) == 0


@pytest.mark.parametrize("state", ["queued", "waiting", "failed", "withheld"])
async def test_a_letter_that_has_not_left_gets_no_reminder(database: Database, letter: str, state: str) -> None:
    """Failed: the address takes no mail. Withheld: it is one for examples."""
    async with database.writing() as session:
        await session.execute(update(OutboxRow).values(state=state, sent_at=None, next_at=DUE + DAY))
        await session.commit()
    assert await run(database, DUE) == 0


async def test_nobody_is_reminded_in_a_quiet_time(database: Database, letter: str) -> None:
    assert await run(database, DUE, replace(PLAN, is_quiet=lambda _now: True)) == 0
    assert await run(database, DUE) == 1


async def test_reminders_leave_no_faster_than_the_rate_and_none_in_a_quiet_time(
    database: Database, cohort: str, mailing: str
) -> None:
    for n in range(8):
        await send_letter(database, cohort, mailing, f"head@school{n}.example")
    until = DUE + timedelta(minutes=2)
    plan = replace(PLAN, rate=2, is_quiet=lambda at: at >= until)
    assert await run(database, DUE, plan, at_most=3) == 3
    assert await run(database, DUE, plan, at_most=3) == 1
    assert await run(database, DUE, plan) == 0
    row = OutboxRow
    async with database.reading() as session:
        leave_at = list(
            await session.scalars(select(row.next_at).where(row.kind == "letter_reminder").order_by(row.id))
        )
    assert leave_at == [DUE + n * timedelta(seconds=30) for n in range(4)]


async def test_a_slower_mailing_keeps_its_own_rate_and_an_hour_is_filled_at_most(
    database: Database, cohort: str
) -> None:
    slow = await make_mailing(database, cohort, rate=1)
    for n in range(62):
        await send_letter(database, cohort, slow, f"head@school{n}.example")
    assert await run(database, DUE) == 60
    assert await run(database, DUE + AHEAD) == 2


async def test_those_who_decided_do_not_keep_the_others_waiting(
    database: Database, cohort: str, mailing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is on the list is only known page by page."""
    monkeypatch.setattr("bot.letters.following_up.unanswered._PAGE", 2)
    for n in range(7):
        email = f"head@school{n}.example"
        await send_letter(database, cohort, mailing, email)
        if n not in (3, 6):
            async with database.writing() as session:
                await SUPPRESSION.add(session, email, "bounced", NOW)
                await session.commit()
    assert await run(database, DUE, at_most=2) == 2


async def test_several_services_remind_each_once(database: Database, cohort: str, mailing: str) -> None:
    for n in range(20):
        await send_letter(database, cohort, mailing, f"head@school{n}.example")
    done = await asyncio.gather(*(run(database, DUE, at_most=7) for _ in range(6)))
    done.append(await run(database, DUE))
    assert sum(done) == 20
    assert [len(await mails_of(database, f"head@school{n}.example")) for n in range(20)] == [2] * 20


async def test_a_list_of_another_key_stops_everything(database: Database, letter: str) -> None:
    """With another key nobody is found on the list: better nobody is reminded than those who said stop."""
    await suppressed(database, letter)
    other = replace(PLAN, suppression=Suppression("another secret key, which is long enough"))
    with pytest.raises(LetterProblem, match="PSQM_SECRET_KEY") as error:
        await run(database, DUE, other)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("sent", "first"),
    [
        pytest.param(
            datetime(2027, 3, 20, 8, tzinfo=UTC), datetime(2027, 4, 3, 8, tzinfo=UTC), id="summer time begins"
        ),
        pytest.param(datetime(2027, 10, 24, 0, 30, tzinfo=UTC), datetime(2027, 11, 7, 0, 30, tzinfo=UTC), id="it ends"),
        pytest.param(datetime(2028, 2, 15, 9, tzinfo=UTC), datetime(2028, 2, 29, 9, tzinfo=UTC), id="a leap day"),
        pytest.param(datetime(2028, 2, 29, 9, tzinfo=UTC), datetime(2028, 3, 14, 9, tzinfo=UTC), id="from a leap day"),
        pytest.param(datetime(2026, 12, 24, 9, tzinfo=UTC), datetime(2027, 1, 7, 9, tzinfo=UTC), id="a new year"),
    ],
)
async def test_days_are_days_whatever_the_clock_and_the_calendar_do(
    database: Database, cohort: str, mailing: str, sent: datetime, first: datetime
) -> None:
    await cohort_is(session_on=date(2028, 6, 1))(database, "")
    await send_letter(database, cohort, mailing, UNA, at=sent)
    assert await run(database, first - timedelta(seconds=1)) == 0
    assert await run(database, first) == 1


async def test_the_day_of_the_first_session_begins_at_midnight_in_london(database: Database, letter: str) -> None:
    await cohort_is(session_on=date(2027, 7, 2))(database, "")
    assert await run(database, datetime(2027, 7, 1, 23, 30, tzinfo=UTC)) == 0  # 00:30 on the day, in summer time
    assert await run(database, datetime(2027, 7, 1, 22, 30, tzinfo=UTC)) == 1


async def test_who_answers_in_the_moment_in_which_they_would_be_reminded_is_not(postgres_url: str) -> None:
    """On PostgreSQL both write at the same time: whoever comes second waits, and then looks again."""
    database = Database(postgres_url)
    cohort = await make_hub(database, session_on=date(2027, 6, 1))
    letter = await send_letter(database, cohort, await make_mailing(database, cohort), UNA)
    async with database.writing() as visitor:
        await note_visit(visitor, letter, DUE)
        reminding = asyncio.create_task(run(database, DUE))
        await until_somebody_waits(database)
        await visitor.commit()
    assert await reminding == 0
    assert await mails_of(database, UNA) == ["letter"]
    await database.close()


async def note_visit(session: AsyncSession, letter: str, now: datetime) -> None:
    await session.execute(update(LetterRow).where(LetterRow.id == letter).values(visited_at=now))


async def until_somebody_waits(database: Database) -> None:
    waits = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(10):
        while True:
            async with database.reading() as session:
                if await session.scalar(waits):
                    return
            await asyncio.sleep(0.01)


async def test_a_reminder_leaves_as_one_and_not_to_somebody_who_answered_while_it_waited(
    database: Database, cohort: str, mailing: str, tmp_path: Path
) -> None:
    for who in (UNA, "vic@elm.example"):
        await send_letter(database, cohort, mailing, who)
    assert await run(database, DUE) == 2
    async with database.writing() as session:
        await session.execute(update(LetterRow).where(LetterRow.email == UNA).values(visited_at=DUE))
        await session.execute(
            update(OutboxRow).where(OutboxRow.kind == "letter_reminder").values(next_at=NOW - 400 * DAY)
        )
        await session.commit()
    writers = written_by(writer(clock=lambda: DUE))
    await Worker(database, EmlFolder(tmp_path), SENDER, writers=writers).work_off()
    async with database.reading() as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.kind == "letter_reminder"))
        assert {row.recipient: row.state for row in rows} == {UNA: "withheld", "vic@elm.example": "sent"}
    [written] = [path.read_text() for path in tmp_path.glob("*.eml")]  # noqa: ASYNC240
    assert "Subject: reminder" in written
