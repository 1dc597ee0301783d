"""A desk that takes its time."""

import asyncio

from bot.chat.incoming import Answered, Pressed, Reply, Sender, Wrote


class SlowDesk:
    """Does everything in ``seconds``, and says that it did."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def press(self, _pressed: Pressed) -> Reply:
        return await self._work()

    async def answer(self, _answered: Answered) -> Reply:
        return await self._work()

    async def hear(self, _wrote: Wrote) -> Reply:
        return await self._work()

    async def command(self, _sender: Sender, _text: str, _key: str) -> Reply:
        return await self._work()

    async def question_text(self, _sender: Sender, _question_id: str) -> str:
        return "Can my TA lead this?"

    async def _work(self) -> Reply:
        await asyncio.sleep(self._seconds)
        return Reply("Three places are left.")
