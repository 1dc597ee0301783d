"""`psqm worker` on its own: it sends what others put into the outbox, and ends when it is told to."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from bot.store.database import Database
from tests.mails import a_mail, put, rows


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
async def test_the_worker_sends_and_ends_cleanly(sqlite_url: str, tmp_path: Path, told: signal.Signals) -> None:
    environment = {**os.environ, "PSQM_DATABASE_URL": sqlite_url, "PSQM_DATA_DIR": str(tmp_path)}
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from bot.cli import main; main()",
        "worker",
        env=environment,
        stderr=asyncio.subprocess.PIPE,
    )
    database = Database(sqlite_url)
    await put(database, a_mail())
    async with asyncio.timeout(30):
        while [row.state for row in await rows(database)] != ["sent"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    worker.send_signal(told)
    _, log = await asyncio.wait_for(worker.communicate(), 15)
    await database.close()
    assert worker.returncode == 0, log
    assert b"Traceback" not in log
    assert len(list((tmp_path / "mail").iterdir())) == 1
