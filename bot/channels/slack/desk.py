"""What Slack's door leads to (``bot.chat.desk.ChatDesk``)."""

from typing import Protocol

from bot.chat.incoming import Answered, Pressed, Reply, Sender, Wrote


class Desk(Protocol):
    """Does what is asked once for each key, and says what there is to say about it."""

    async def press(self, pressed: Pressed, /) -> Reply: ...

    async def answer(self, answered: Answered, /) -> Reply: ...

    async def hear(self, wrote: Wrote, /) -> Reply: ...

    async def command(self, sender: Sender, text: str, key: str, /) -> Reply:
        """The words after ``/psqm``."""

    async def question_text(self, sender: Sender, question_id: str, /) -> str:
        """The question's words, for the window in which it is answered. Raises NotAllowed."""
