"""A database with the real schools of one London borough and two hubs, for conversations that register a school."""

import asyncio
import csv
import gzip
import io
from datetime import UTC, date, datetime, time
from importlib.resources import files
from pathlib import Path

from bot import hubs
from bot.schools.importing import import_file
from bot.schools.register_file import open_register
from bot.store.database import Database
from bot.store.migrate import upgrade

BOROUGH = "Barnet"
NEAR, FAR = "Lee Valley hub", "Chiltern hub"
SESSION = date(2027, 1, 14)


def furnish(data_dir: Path, *, near_capacity: int = 10, far_capacity: int = 10) -> None:
    """Makes the service's SQLite database in ``data_dir``: the schools of BOROUGH, and two hubs this school year."""
    data_dir.mkdir(parents=True, exist_ok=True)
    register = data_dir / "register.csv"
    register.write_bytes(_rows_of(BOROUGH))
    asyncio.run(_fill(f"sqlite+aiosqlite:///{data_dir}/psqm.db", register, near_capacity, far_capacity))


def _rows_of(borough: str) -> bytes:
    sample = files("bot.schools") / "sample" / "gias-sample.csv.gz"
    text = gzip.decompress(sample.read_bytes()).decode("cp1252")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    kept = io.StringIO(newline="")
    writer = csv.DictWriter(kept, rows.fieldnames or [])
    writer.writeheader()
    writer.writerows(row for row in rows if row["LA (name)"] == borough)
    return kept.getvalue().encode("cp1252")


async def _fill(url: str, register: Path, near_capacity: int, far_capacity: int) -> None:
    await upgrade(url)
    database = Database(url)
    await import_file(database, open_register(register))
    now = datetime.now(UTC)
    year = hubs.school_year(now.date())
    async with database.writing() as session:
        await hubs.add_leader(session, "Lou Park", "lou.park@leevalley.org.uk")
        await hubs.add_leader(session, "Kit Rowe", "kit.rowe@chiltern.org.uk")
        await hubs.add_hub(
            session,
            name=NEAR,
            leader_email="lou.park@leevalley.org.uk",
            postcode="EN4 9BU",
            easting=526600,
            northing=195900,
            year=year,
            capacity=near_capacity,
            session_on=SESSION,
            session_at=time(13, 30),
            session_venue="Valley Hall",
            now=now,
        )
        await hubs.add_hub(
            session,
            name=FAR,
            leader_email="kit.rowe@chiltern.org.uk",
            postcode="HP1 1AA",
            easting=505000,
            northing=207000,
            year=year,
            capacity=far_capacity,
            now=now,
        )
        await session.commit()
    await database.close()
