"""`python -m bench desk`: what each page of the desk takes with 2,000 registrations and 20,000 messages, on both databases.

Timed from the request to the whole page, by a client in the same process: what the server takes is less. Writes bench/desk.md.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import insert, select

from bench import databases
from bench.tables import table
from bot.app import init_app
from bot.channels.keys import DATABASE
from bot.hubs import add_hub, add_leader
from bot.settings import Settings
from bot.staff.finding import member_by_email
from bot.staff.officers import add_officer
from bot.staff.sign_in import issue
from bot.store.database import Database
from bot.store.tables import (
    AuditRow,
    CohortRow,
    ContactRow,
    ConversationRow,
    HubRow,
    LetterRow,
    MailingRow,
    MessageRow,
    OutboxRow,
    PersonRow,
    QuestionRow,
    RegistrationEventRow,
    RegistrationRow,
)

PAGES = (
    "/desk",
    "/desk/hubs",
    "/desk/hubs/{cohort}",
    "/desk/registrations",
    "/desk/registrations?page=40",
    "/desk/registrations?text=school%20199&state=confirmed",
    "/desk/registrations/{registration}",
    "/desk/registrations/export.csv",
    "/desk/questions",
    "/desk/questions/{question}",
    "/desk/conversations",
    "/desk/conversations/{conversation}",
    "/desk/letters",
    "/desk/learning",
    "/desk/learning/topics",
    "/desk/figures",
    "/desk/figures/topics.svg",
    "/desk/figures/answered.svg",
    "/desk/figures/registrations.svg",
    "/desk/figures/questions.svg",
    "/desk/record",
    "/desk/sessions",
)
"""Addresses, with what stands for one of each; a page that is not there is left out."""

ROUNDS = 30
_TARGET_MS = 100
_YEAR = 2026
_WHEN = datetime(2026, 11, 2, 9, tzinfo=UTC)
_OFFICER, _LEADER = "olive@office.example", "leader0@hubs.example"
_ABOUT = """\
# The desk: what was measured

Milliseconds from a request to its whole page, with {registrations} registrations in {hubs} hubs, {messages} messages in
{conversations} conversations, {questions} questions, {letters} letters and {entries} entries of the record. Client and
service share one process, so the server's own time is less. *CPU* is what that process used, which other work on the machine
does not lengthen. Export is a file of everything, and no page. Written by `python -m bench desk`; do not edit.
"""


async def measure(rounds: int, size: float, after_page: Callable[[], None]) -> dict[str, Any]:
    """Milliseconds of every page for the office and for a leader, by database; ``size`` 1 is what the figures are for."""
    counts = {
        "registrations": int(2000 * size), "hubs": int(100 * size), "messages": int(20_000 * size),
        "conversations": int(2000 * size), "questions": int(400 * size), "entries": int(3000 * size),
        "letters": int(2000 * size),
    }  # fmt: skip
    measured: dict[str, Any] = {"counts": counts, "rounds": rounds}
    for kind in databases.KINDS:
        async with databases.fresh(kind) as url:
            measured[kind] = await _of_database(url, counts, rounds, after_page)
    return measured


def written(measured: dict[str, Any], folder: Path) -> str:
    """Writes desk.md into ``folder`` and returns its text."""
    head = ["page"]
    for kind in databases.KINDS:
        for who in ("office", "leader"):
            head += [f"{kind}, {who}: median", "worst", "CPU"]
    rows = []
    for page in measured[databases.KINDS[0]]["office"]:
        row = [f"`{page}`"]
        for kind in databases.KINDS:
            for who in ("office", "leader"):
                times = measured[kind][who].get(page)
                row += _shown(times) if times else ["", "", ""]
        rows.append(row)
    medians = [
        statistics.median(wall for wall, _ in times)
        for kind in databases.KINDS
        for who in ("office", "leader")
        for page, times in measured[kind][who].items()
        if "export" not in page
    ]
    where = (
        f"`{measured['command']}`, {measured['date']}, {measured['cores']} cores, {measured['cpu']}, load average when the "
        f"command began: {measured['load_before']}. {measured['rounds']} requests a page, one after the other. "
        f"The slowest page's median: {max(medians):.0f} ms; the aim is {_TARGET_MS} ms."
    )
    text = "\n\n".join([_ABOUT.format(**measured["counts"]).strip(), where, table(head, rows)]) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "desk.md").write_text(text, encoding="utf-8")
    return text


def _shown(times: list[tuple[float, float]]) -> list[str]:
    wall, cpu = ([each[number] for each in times] for number in (0, 1))
    return [f"{statistics.median(wall):.0f}", f"{max(wall):.0f}", f"{statistics.median(cpu):.0f}"]


async def _of_database(
    url: str, counts: dict[str, int], rounds: int, after_page: Callable[[], None]
) -> dict[str, dict[str, list[tuple[float, float]]]]:
    with tempfile.TemporaryDirectory(prefix="psqm-bench-") as folder:
        settings = Settings(
            database_url=url,
            data_dir=Path(folder),
            secret_key="a secret key for benches, long enough",
            rate_limit="off",
            example_data=False,
            log_level="error",
        )
        async with TestClient(TestServer(app := init_app(settings))) as client:
            ids = await _fill(app[DATABASE], counts)
            times: dict[str, dict[str, list[tuple[float, float]]]] = {}
            for who, email in (("office", _OFFICER), ("leader", _LEADER)):
                await _sign_in(client, app[DATABASE], email)
                times[who] = {}
                for page in PAGES:
                    if found := await _time(client, page.format(**ids), rounds):
                        times[who][page] = found
                    after_page()
            return times


async def _time(client: Any, path: str, rounds: int) -> list[tuple[float, float]]:
    """Milliseconds by the clock and of the CPU, for each request but the first; none when there is no such page."""
    times = []
    for _ in range(rounds + 1):
        began, used = time.perf_counter(), time.process_time()
        response = await client.get(path, allow_redirects=False)
        await response.read()
        times.append(((time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000))
        if response.status != 200:
            return []
    return times[1:]


async def _sign_in(client: Any, database: Database, email: str) -> None:
    async with database.writing() as session:
        member = await member_by_email(session, email)
        assert member is not None
        token = await issue(session, member, datetime.now(UTC))
        await session.commit()
    page = await (await client.get(f"/desk/sign-in/{token}")).text()
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    await client.post(f"/desk/sign-in/{token}", data={"csrf": csrf}, allow_redirects=False)


async def _fill(database: Database, counts: dict[str, int]) -> dict[str, str]:
    """Fills an empty database; returns one id of each, the leader's."""
    n, hubs = counts["registrations"], counts["hubs"]
    async with database.writing() as session:
        await add_officer(session, "Olive Office", _OFFICER)
        for number in range(hubs):
            email = f"leader{number}@hubs.example"
            await add_leader(session, f"Leader {number}", email)
            await add_hub(
                session, name=f"Hub {number:03d}", leader_email=email, postcode="", easting=500_000, northing=200_000,
                year=_YEAR, capacity=n // hubs + 5, now=_WHEN,
            )  # fmt: skip
        cohorts = [tuple(row) for row in await session.execute(
            select(CohortRow.id, CohortRow.hub_id).join(HubRow, HubRow.id == CohortRow.hub_id).order_by(HubRow.name)
        )]  # fmt: skip
        registrations = [_registration(number, cohorts[number % hubs][0]) for number in range(n)]
        people = [
            {"id": f"p{number}", "email": f"head{number}@s{number}.example", "name": f"Ann Head {number}",
             "role": "headteacher", "phone": "01632 960123", "created_at": _WHEN}
            for number in range(n)
        ]  # fmt: skip
        contacts = [{"registration_id": f"r{number}", "person_id": f"p{number}", "since": _WHEN} for number in range(n)]
        events = [
            {
                "registration_id": f"r{number}",
                "at": _WHEN,
                "state": "interested",
                "by": "applicant",
                "why": "Registered.",
            }
            for number in range(n)
            for _ in range(2)
        ]
        conversations = [
            {"id": f"c{number}", "channel": "web", "created_at": _WHEN, "last_at": _WHEN, "seen_n": 0}
            for number in range(counts["conversations"])
        ]
        each = counts["messages"] // counts["conversations"]
        messages = [_message(number, each) for number in range(counts["messages"])]
        questions = [_question(number, cohorts[number % hubs][1]) for number in range(counts["questions"])]
        entries = [
            {"at": _WHEN, "member": "officer:x", "name": "Olive Office", "door": "desk", "action": "confirmed",
             "subject_kind": "registration", "subject_id": f"r{number % n}", "hub_id": cohorts[number % hubs][1],
             "detail": f"School {number % n}"}
            for number in range(counts["entries"])
        ]  # fmt: skip
        mailings = [
            {"id": f"w{number}", "cohort_id": cohort_id, "state": "done", "attach": False, "rate": 10, "why": "",
             "next_release_at": _WHEN, "created_at": _WHEN + timedelta(minutes=number)}
            for number, (cohort_id, _) in enumerate(cohorts)
        ]  # fmt: skip
        letters = [_letter(number, cohorts[number % hubs][0], number % hubs) for number in range(counts["letters"])]
        mails = [_mail(number) for number in range(counts["letters"])]
        for rows_of, rows in (
            (RegistrationRow, registrations), (PersonRow, people), (ContactRow, contacts), (RegistrationEventRow, events),
            (ConversationRow, conversations), (MessageRow, messages), (QuestionRow, questions), (AuditRow, entries),
            (MailingRow, mailings), (LetterRow, letters), (OutboxRow, mails),
        ):  # fmt: skip
            for begin in range(0, len(rows), 500):
                await session.execute(insert(rows_of), rows[begin : begin + 500])
        await session.commit()
    return {
        "cohort": str(cohorts[0][0]), "hub": str(cohorts[0][1]), "registration": "r0", "question": "q0", "conversation": "c0",
    }  # fmt: skip


def _registration(number: int, cohort_id: str) -> dict[str, Any]:
    at = _WHEN + timedelta(minutes=number)
    return {
        "id": f"r{number}", "year": _YEAR, "school_key": f"school {number}", "school_name": f"School {number} Primary",
        "school_town": "Testham", "school_postcode": "TE1 1ST", "by_hand": True, "cohort_id": cohort_id,
        "state": ("interested", "confirmed", "confirmed", "waiting")[number % 4], "created_at": at, "updated_at": at,
    }  # fmt: skip


def _message(number: int, each: int) -> dict[str, Any]:
    n, yours = number % each + 1, number % 2 == 1
    at = _WHEN + timedelta(minutes=number)
    understood = {"certainty": "sure", "topics": ["ask/cost"], "alternatives": ["ask/training"]}
    return {
        "id": f"m{number}", "conversation_id": f"c{number // each}", "n": n, "sender": "you" if yours else "assistant",
        "author": "", "text": "What does it cost, and who gets trained?" if yours else "The letter says what it costs.",
        "choices": [], "links": [], "expects": "text", "topics": [] if yours else ["ask/cost"],
        "answers": None if yours or n == 1 else n - 1, "created_at": at, "answered_at": at if yours else None,
        "understood": understood if yours else None,
    }  # fmt: skip


def _question(number: int, hub_id: str) -> dict[str, Any]:
    at = _WHEN + timedelta(hours=number)
    is_open = number % 2 == 0
    return {
        "id": f"q{number}", "hub_id": hub_id, "conversation_id": f"c{number}", "reason": "left_open",
        "text": "May two schools share one place?", "shares_from": 1, "shares_upto": 6, "name": "Ann Head",
        "email": f"head{number}@s{number}.example", "school_name": f"School {number}",
        "state": "open" if is_open else "answered", "answer": "" if is_open else "Yes, please ring me.",
        "answered_by": None if is_open else "officer:x", "answered_name": "" if is_open else "Olive Office",
        "answered_at": None if is_open else at, "created_at": at, "due_at": at + timedelta(days=2),
    }  # fmt: skip


def _letter(number: int, cohort_id: str, mailing: int) -> dict[str, Any]:
    at = _WHEN + timedelta(minutes=number)
    return {
        "id": f"l{number}", "kind": "area", "year": _YEAR, "cohort_id": cohort_id, "mailing_id": f"w{mailing}",
        "email": f"head{number if number % 4 == 0 else number + 100_000}@s{number}.example", "name": "Ann Head",
        "school_name": f"School {number} Primary", "school_address": "1 Test Street", "school_town": "Testham",
        "school_postcode": "TE1 1ST", "dated": _WHEN.date(), "state": "released", "created_at": at, "released_at": at,
        "visited_at": at if number % 2 else None, "replied_at": at if number % 9 == 0 else None, "reminders": 0,
    }  # fmt: skip


def _mail(number: int) -> dict[str, Any]:
    return {
        "key": f"letter:{number}", "kind": "letter", "letter_id": f"l{number}", "recipient": f"head{number}@s{number}.example",
        "recipient_name": "Ann Head", "reply_to": "", "subject": "", "text": "", "html": "", "attachments": [], "headers": {},
        "from_name": "", "bounce_to": "", "message_id": f"<{number}@bench.example>", "state": "sent", "attempts": 1,
        "next_at": _WHEN, "last_error": "", "created_at": _WHEN, "sent_at": _WHEN,
    }  # fmt: skip
