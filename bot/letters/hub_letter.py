"""What a hub makes of the letter its own."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import HubLetterRow


@dataclass(frozen=True, slots=True)
class HubLetter:
    """``sender_address`` has a line each; an empty ``wording`` is the standard one, ``report`` None the standard report."""

    sender_address: tuple[str, ...] = ()
    wording: str = ""
    report: bytes | None = None
    report_name: str = ""


async def hub_letter(session: AsyncSession, hub_id: str | None) -> HubLetter:
    """The hub's own, or the standard where it has none."""
    row = await session.get(HubLetterRow, hub_id) if hub_id else None
    if row is None:
        return HubLetter()
    lines = tuple(line.strip() for line in row.sender_address.splitlines() if line.strip())
    return HubLetter(lines, row.wording, row.report, row.report_name)
