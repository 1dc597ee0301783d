"""Somebody presses Ctrl-C while `psqm letters send` shows how far it is: it ends cleanly, and the rest stays planned."""

import asyncio
import os
import signal
import sys
from datetime import date
from pathlib import Path

from sqlalchemy import select

from bot.store.tables import LetterRow, MailingRow
from tests.mailings import ready_hub
from tests.registering import opened


async def test_ctrl_c_says_who_goes_on_and_leaves_the_rest_planned(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email\n" + "".join(f"head{n}@school{n}.sch.uk\n" for n in range(20)))
    async with opened(sqlite_url) as database:
        async with database.writing() as session:
            await ready_hub(session, session_on=date(2099, 1, 14))
            await session.commit()
        sending = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from bot.cli import main; main()",
            "letters", "send", "--hub", "Northfield", "--year", "2026", "--to", str(file), "--rate", "1", "--yes",
            env={
                **os.environ,
                "PSQM_DATABASE_URL": sqlite_url,
                "PSQM_DATA_DIR": str(tmp_path),
                "PSQM_LETTER_HOURS": "00:00-24:00 daily",
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(60):
            while not list((tmp_path / "mail").glob("*.eml")):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        sending.send_signal(signal.SIGINT)
        said, log = await asyncio.wait_for(sending.communicate(), 30)
        async with database.reading() as session:
            (mailing,) = await session.scalars(select(MailingRow))
            states = sorted(await session.scalars(select(LetterRow.state)))
    assert sending.returncode == 0, log
    assert b"Traceback" not in log
    assert f"psqm letters pause {mailing.id[:8]}".encode() in said
    assert b"`psqm serve`" in said
    assert states == ["planned"] * 19 + ["released"]
