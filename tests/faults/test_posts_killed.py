"""A worker that is killed between posting and noting it: the post appears once more at most, and all the others once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.registrations.application import ApplyingSchool
from tests.chat_desk import NOTICES, linked, posts
from tests.faults.post_worker import killed_at_the_end
from tests.put_down import make_hub, put_down
from tests.registering import opened

SCHOOLS = 5


async def test_a_kill_between_post_and_note_repeats_one_post(database_url: str, tmp_path: Path) -> None:
    wall = tmp_path / "wall"
    async with opened(database_url) as database:
        cohort = await make_hub(database)
        await linked(database)
        for n in range(SCHOOLS):
            await put_down(database, cohort, ApplyingSchool(f"School {n}", "Testham", "TE1 1ST", None), notices=NOTICES)

        async def posted() -> bool:
            return wall.exists() and bool(wall.read_text())

        async def all_is_noted() -> bool:
            # The school's name was typed, which the office hears of too; it has no account, and gets mail.
            return all(post.state == "sent" for post in await posts(database))

        async with killed_at_the_end(database_url, wall, hangs=True):
            await _until(posted)
        assert [post.state for post in await posts(database)].count("in_flight") == 1
        async with killed_at_the_end(database_url, wall, hangs=False):
            await _until(all_is_noted)
        times = Counter(wall.read_text().splitlines())
        assert len(times) == SCHOOLS == len(await posts(database))
        assert sorted(times.values()) == [1] * (SCHOOLS - 1) + [2]


async def _until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
