"""Mail as files that any mail program opens, as long as no mail server is set."""

import asyncio
from pathlib import Path

from bot.outbox.mime import Composed
from bot.outbox.retry import NotSent


class EmlFolder:
    """Writes each message to ``folder`` as ``<when>-<kind>-<id>.eml``; the same message again is the same file."""

    reaches_people = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: Composed) -> None:
        """Raises NotSent when the file cannot be written."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise NotSent("server", f"the mail folder cannot be written to ({error.strerror})") from error

    async def rest(self) -> None:
        """Nothing is open between two messages."""

    def _write(self, message: Composed) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{message.moment}-{message.kind}-{message.id}.eml"
        draft = self._folder / f".{name}.draft"
        draft.write_bytes(message.content)
        draft.replace(self._folder / name)
