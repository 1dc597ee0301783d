"""`python -m bench.schools.importing URL FILE`: one import in a process of its own, whose memory is measured; prints JSON."""

import asyncio
import json
import resource
import sys
import time
from pathlib import Path

from bot.schools.importing import import_file
from bot.schools.register_file import open_register
from bot.store.database import Database
from bot.store.migrate import upgrade


async def timed(url: str, path: Path) -> dict[str, float]:
    """Rows, seconds of reading and importing ``path``, and the largest resident size so far in bytes."""
    database = Database(url)
    started = time.perf_counter()
    report = await import_file(database, open_register(path))
    seconds = time.perf_counter() - started
    await database.close()
    rows = report.added + report.changed + report.unchanged
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"rows": rows, "seconds": seconds, "peak_bytes": peak}


async def main(url: str, path: Path) -> dict[str, dict[str, float]]:
    """The first import into an empty database, and the same file again."""
    await upgrade(url)
    return {"first": await timed(url, path), "again": await timed(url, path)}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], Path(sys.argv[2])))))
