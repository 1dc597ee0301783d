"""A process apart in which a leader answers: reads a question's id a line, answers it, and prints when the click was.

``python -m bench.answering URL``. The moment is ``time.monotonic()``, which the processes of a machine share on Linux.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime

from bot.desk import questions
from bot.questions.notices import SilentQuestionNotices
from bot.staff.finding import member_by_email
from bot.staff.member import Doing
from bot.store.database import Database

LEADER = "ruth.calder@hub.example"


async def answer(database: Database, question_id: str) -> float:
    """Answers as a door does; returns the moment of the click."""
    clicked = time.monotonic()
    async with database.writing() as session:
        member = await member_by_email(session, LEADER)
        assert member is not None
        doing = Doing(member, "desk")
        now = datetime.now(UTC)
        await questions.answer(session, doing, question_id, "Yes, it is.", now, SilentQuestionNotices())
        await session.commit()
    return clicked


async def _serve(url: str) -> None:
    database = Database(url)
    while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
        print(await answer(database, line), flush=True)
    await database.close()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
