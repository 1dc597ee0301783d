"""What a hub makes of the letter its own: who it is from, its wording, and the report that goes with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.problems import LetterProblem
from bot.outbox.mail import one_line
from bot.store.inserting import insert_once
from bot.store.tables import HubLetterRow

LARGEST_REPORT = 2 * 1024 * 1024
"""Bytes. In base64 and with the letter beside it, less than the 10 MB that every mail server takes."""

_MOST_LINES = 6
_LONGEST_LINE = 60
_LONGEST_NAME = 80
_PDF_HEADER, _PDF_END = b"%PDF-", b"%%EOF"
_PDF_MARGIN = 1024
"""Bytes at either end of a file within which readers look for both (ISO 32000-1, Annex H, notes 13 and 18)."""


@dataclass(frozen=True, slots=True)
class HubLetter:
    """``sender_address`` has a line each; an empty ``wording`` is the standard one, ``report`` None the standard PDF."""

    sender_address: tuple[str, ...]
    wording: str
    report: bytes | None
    report_name: str


STANDARD = HubLetter((), "", None, "")


async def hub_letter(session: AsyncSession, hub_id: str | None) -> HubLetter:
    """What this hub has of its own; of no hub, and of one that has never set anything, the standard."""
    row = await session.scalar(select(HubLetterRow).where(HubLetterRow.hub_id == hub_id)) if hub_id else None
    if row is None:
        return STANDARD
    address = tuple(line for line in row.sender_address.splitlines() if line)
    return HubLetter(address, row.wording, row.report, row.report_name)


async def set_sender_address(session: AsyncSession, hub_id: str, lines: tuple[str, ...], now: datetime) -> None:
    """Sets what stands at the top of the hub's letters; raises LetterProblem for what does not fit there. The caller commits."""
    lines = tuple(line for given in lines if (line := one_line(given, _LONGEST_LINE + 1)))
    if not 1 <= len(lines) <= _MOST_LINES or any(len(line) > _LONGEST_LINE for line in lines):
        raise LetterProblem(
            f"A sender's address has 1 to {_MOST_LINES} lines of at most {_LONGEST_LINE} characters: shorten it, with commas "
            "between the lines"
        )
    await _set(session, hub_id, now, sender_address="\n".join(lines))


async def set_wording(session: AsyncSession, hub_id: str, wording: str, now: datetime) -> None:
    """Sets the hub's own wording, which ``LetterForms.check_wording`` has passed; empty: the standard one. The caller commits."""
    await _set(session, hub_id, now, wording=wording)


async def set_report(session: AsyncSession, hub_id: str, report: bytes | None, name: str, now: datetime) -> None:
    """Sets the hub's own report and its file name, None: the standard one. Raises LetterProblem. The caller commits."""
    if report is not None:
        check_report(report)
    name = one_line(name.replace("/", "-").replace("\\", "-"), _LONGEST_NAME) if report is not None else ""
    await _set(session, hub_id, now, report=report, report_name=name)


def check_report(report: bytes) -> None:
    """Raises LetterProblem for what is no PDF file, or too large to be sent by mail."""
    if len(report) > LARGEST_REPORT:
        size = len(report) / 1024 / 1024
        raise LetterProblem(f"The report has {size:.1f} MB: make it smaller than {LARGEST_REPORT // 1024 // 1024} MB")
    if _PDF_HEADER not in report[:_PDF_MARGIN]:
        raise LetterProblem("The report is no PDF file: save it as PDF first")
    if _PDF_END not in report[-_PDF_MARGIN:]:
        raise LetterProblem("The report is a PDF file that breaks off: save it anew")


async def _set(session: AsyncSession, hub_id: str, now: datetime, **values: Any) -> None:
    standard = {"sender_address": "", "wording": "", "report": None, "report_name": ""}
    row = {"hub_id": hub_id, "updated_at": now} | standard
    await session.execute(insert_once(session, HubLetterRow, row, unique=["hub_id"]))
    change = update(HubLetterRow).where(HubLetterRow.hub_id == hub_id)
    await session.execute(change.values(updated_at=now, **values))
