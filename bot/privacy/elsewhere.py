"""What is kept of people outside the database: the engine's memory, and mails written as files."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings
from bot.store.engine_memory import EngineMemory
from bot.store.tables import OutboxRow


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """``mail_folder`` is where mails go while no mail server is set, each as ``<when>-<kind>-<id>.eml``."""

    memory: EngineMemory
    mail_folder: Path

    @classmethod
    def of(cls, settings: Settings) -> "Elsewhere":
        """The places that the settings name."""
        return cls(EngineMemory(settings.tracker_url), settings.data_dir / "mail")

    async def forget_conversations(self, conversation_ids: Collection[str]) -> int:
        """Deletes what the engine noted in them, and returns how many events that were; raises StoreUnavailable."""
        return await self.memory.forget(conversation_ids)

    async def forget_mails(self, mails: Sequence[OutboxRow]) -> None:
        """Deletes the files of these mails, where there are any."""
        names = [f"{mail.created_at:%Y%m%dT%H%M%SZ}-{mail.kind}-{mail.id}.eml" for mail in mails]
        await asyncio.to_thread(_delete_files, [self.mail_folder / name for name in names])


def _delete_files(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
