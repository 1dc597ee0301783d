"""Waits for something that goes on beside the test."""

import asyncio
from collections.abc import Callable


async def until(is_so: Callable[[], object], seconds: float = 10) -> None:
    """Returns as soon as it is so; fails with TimeoutError when it is not after ``seconds``."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
