"""Import and look-up on a register of full size, on both databases, beside the peers."""

import asyncio
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from statistics import quantiles
from typing import Any

from sqlalchemy import select

from bench.processes import BenchError, environment
from bench.schools.databases import both
from bench.schools.messy import Generator, Messy, Row
from bench.schools.register import full_register
from bench.schools.systems import Like, Ours, Rapidfuzz, System
from bench.topics import ROOT
from bot.store.database import Database
from bot.store.tables import SchoolRow

SEED = 20_261_124
"""Of the queries that are reported; look-up was made with others."""
_EACH = 40
_QUICK_EACH = 2
_WARM_UP = 20

type Step = Callable[[str, int], Callable[[], None]]
"""Announces work of so many parts; returns what to call after each."""


def measure(step: Step, *, quick: bool) -> dict[str, Any]:
    """Everything, as results.json keeps it. Raises BenchError."""
    register = full_register()
    with both() as urls:
        imports: dict[str, Any] = {}
        done = step("schools: import", len(urls))
        for kind, url in urls.items():
            imports[kind] = _import(url, str(register))
            done()
        looked_up = asyncio.run(_look_up(urls, step, _QUICK_EACH if quick else _EACH))
    return {"imports": imports, **looked_up, "seed": SEED}


def _import(url: str, path: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.schools.importing", url, path]
    ran = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    if ran.returncode:
        raise BenchError(f"the import failed: {ran.stderr.strip().splitlines()[-1]}")
    measured: dict[str, Any] = json.loads(ran.stdout)
    return measured


async def _look_up(urls: Mapping[str, str], step: Step, each: int) -> dict[str, Any]:
    databases = {kind: Database(url) for kind, url in urls.items()}
    try:
        rows, wanted = await _rows(databases["SQLite"])
        systems: dict[str, System] = {f"ours, {kind}": Ours(database) for kind, database in databases.items()}
        systems |= {f"LIKE, {kind}": Like(database) for kind, database in databases.items()}
        systems["rapidfuzz in memory"] = Rapidfuzz(rows)
        queries = Generator(wanted, rows, SEED).queries(each)
        outcome = await _ask_all(systems, queries, step)
    finally:
        for database in databases.values():
            await database.close()
    return {"systems": outcome, "queries": len(queries), "schools": len(rows)}


async def _rows(database: Database) -> tuple[list[Row], list[Row]]:
    """Every school, and those that queries are made from: open ones that teach primary ages, with town and postcode."""
    columns = (SchoolRow.urn, SchoolRow.name, SchoolRow.town, SchoolRow.postcode)
    async with database.reading() as session:
        every = [Row(*row) for row in await session.execute(select(*columns).order_by(SchoolRow.urn))]
        primary = select(SchoolRow.urn).where(SchoolRow.status == "open", SchoolRow.teaches_primary)
        open_primary = set(await session.scalars(primary))
    return every, [row for row in every if row.urn in open_primary and row.town and row.postcode]


async def _ask_all(systems: Mapping[str, System], queries: list[Messy], step: Step) -> dict[str, Any]:
    """Each query to every system in turn, so that whatever else the machine does hits all alike."""
    for system in systems.values():
        for query in queries[:_WARM_UP]:
            await system.first(query.text)
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    right: dict[str, dict[str, int]] = {name: dict.fromkeys((query.kind for query in queries), 0) for name in systems}
    asked: defaultdict[str, int] = defaultdict(int)
    done = step("schools: look-up", len(queries))
    for query in queries:
        asked[query.kind] += 1
        for name, system in systems.items():
            started = time.perf_counter()
            found = await system.first(query.text)
            seconds[name].append(time.perf_counter() - started)
            right[name][query.kind] += not query.right.isdisjoint(found)
        done()
    return {name: _figures(seconds[name], right[name], asked) for name in systems}


def _figures(seconds: list[float], right: Mapping[str, int], asked: Mapping[str, int]) -> dict[str, Any]:
    percentiles = [second * 1000 for second in quantiles(seconds, n=100, method="inclusive")]
    return {
        "p50_ms": percentiles[49],
        "p95_ms": percentiles[94],
        "right": sum(right.values()) / sum(asked.values()),
        "by_kind": {kind: [right[kind], asked[kind]] for kind in asked},
    }
