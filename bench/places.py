"""`python -m bench places`: registrations a second on both databases, alone and with many after the same places.

Beside it, in turn, a transaction that only inserts one registration: what database and driver cost anyway.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, or_, select

from bench import databases
from bench.tables import table
from bot.hubs import add_hub, add_leader
from bot.registrations.application import Applicant, Application, ApplyingSchool
from bot.registrations.notices import SilentNotices
from bot.registrations.registering import register
from bot.store.database import Database
from bot.store.tables import CohortRow, RegistrationRow

YEAR = 2026
CAPACITY = 8
_ABOUT = """\
# Holding places: what was measured

A registration finds out whether the school is there, takes a place of the cohort or a turn on its waiting list, and
keeps person, consent and history, in one transaction; mail is left out. *Bare* is a transaction that only inserts a
row. All are measured in alternating rounds with new hubs each, so trust the ratios more than the figures. Clients are
tasks of one process, on two pools of connections; every hub has {capacity} places. Written by `python -m bench places`;
do not edit.
"""


@dataclass(frozen=True)
class Way:
    """How registrations come: so many clients, after the places of so many hubs; no hub: bare rows."""

    name: str
    clients: int
    hubs: int


WAYS = (
    Way("bare, one client", 1, 0),
    Way("one client, one hub", 1, 1),
    Way("40 clients, 20 hubs", 40, 20),
    Way("40 clients, one hub", 40, 1),
)


async def measure(rounds: int, registrations: int, after_round: Callable[[], None]) -> dict[str, Any]:
    """Registrations a second for each database and way: the median of ``rounds``, each of so many registrations."""
    measured: dict[str, Any] = {"rounds": rounds, "registrations": registrations}
    for kind in databases.KINDS:
        async with databases.fresh(kind) as url:
            pools = [Database(url), Database(url)]
            rates: dict[str, list[float]] = {way.name: [] for way in WAYS}
            for _ in range(rounds):
                for way in WAYS:
                    rates[way.name].append(await _rate(pools, way, registrations))
                    after_round()
            measured[kind] = {"per_second": rates, "too_many": await _too_many(pools[0])}
            for pool in pools:
                await pool.close()
    return measured


def written(measured: dict[str, Any], folder: Path) -> str:
    """Writes places.md into ``folder`` and returns its text."""
    rows = []
    for way in WAYS:
        row = [way.name]
        for kind in databases.KINDS:
            rates = measured[kind]["per_second"]
            rate, bare = (statistics.median(rates[name]) for name in (way.name, WAYS[0].name))
            row += [f"{rate:.0f}", f"{rate / bare:.2f}", ", ".join(f"{each:.0f}" for each in rates[way.name])]
        rows.append(row)
    head = [""] + [f"{kind}{what}" for kind in databases.KINDS for what in (", a second", " ÷ bare", " by round")]
    overfull = sum(measured[kind]["too_many"] for kind in databases.KINDS)
    where = (
        f"`{measured['command']}`, {measured['date']}, {measured['cores']} cores, {measured['cpu']}, load average when the "
        f"command began: {measured['load_before']}. {measured['rounds']} rounds of {measured['registrations']} registrations. "
        f"Cohorts with a place too many, or a wrong count: {overfull}."
    )
    text = "\n\n".join([_ABOUT.format(capacity=CAPACITY).strip(), where, table(head, rows)]) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "places.md").write_text(text, encoding="utf-8")
    return text


async def _rate(pools: list[Database], way: Way, registrations: int) -> float:
    cohorts = await _new_cohorts(pools[0], way.hubs)
    each = registrations // way.clients

    async def client(number: int) -> None:
        pool = pools[number % len(pools)]
        for n in range(each):
            if cohorts:
                await _register(pool, cohorts[(number + n) % len(cohorts)])
            else:
                await _insert(pool)

    started = time.perf_counter()
    await _all(client(number) for number in range(way.clients))
    return way.clients * each / (time.perf_counter() - started)


async def _all(clients: Any) -> None:
    tasks: list[Awaitable[None]] = list(clients)
    await asyncio.gather(*tasks)


async def _register(database: Database, cohort_id: str) -> None:
    name = uuid4().hex
    application = Application(
        ApplyingSchool(f"School {name}", "Barnham", "XX2 3BB", None),
        Applicant("Ann Lee", "Headteacher", f"{name}@schools.example", ""),
        "Yes.",
        YEAR,
        cohort_id,
        None,
    )
    async with database.writing() as session:
        await register(session, application, datetime.now(UTC), SilentNotices())
        await session.commit()


async def _insert(database: Database) -> None:
    name, now = uuid4().hex, datetime.now(UTC)
    async with database.writing() as session:
        await session.execute(
            insert(RegistrationRow).values(
                id=str(uuid4()),
                year=YEAR,
                school_key=name,
                school_name=name,
                school_town="",
                school_postcode="",
                by_hand=True,
                state="waiting",
                created_at=now,
                updated_at=now,
            )
        )
        await session.commit()


async def _new_cohorts(database: Database, hubs: int) -> list[str]:
    async with database.writing() as session:
        await add_leader(session, "Rosa Lind", "rosa@hubs.example")
        ids = [
            await add_hub(
                session,
                name=uuid4().hex,
                leader_email="rosa@hubs.example",
                postcode="",
                easting=500_000,
                northing=200_000,
                year=YEAR,
                capacity=CAPACITY,
                now=datetime.now(UTC),
            )
            for _ in range(hubs)
        ]
        found = await session.scalars(select(CohortRow.id).where(CohortRow.hub_id.in_(ids)))
        await session.commit()
        return list(found)


async def _too_many(database: Database) -> int:
    row = RegistrationRow
    holds = or_(row.state.in_(["interested", "confirmed"]), row.offered_until.is_not(None))
    held = select(func.count()).where(row.cohort_id == CohortRow.id, holds).scalar_subquery()
    wrong = select(func.count()).select_from(CohortRow).where(or_(held != CohortRow.taken, held > CohortRow.capacity))
    async with database.reading() as session:
        return await session.scalar(wrong) or 0
