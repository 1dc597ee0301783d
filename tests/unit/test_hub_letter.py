"""What a hub makes of the letter its own, in both databases."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.composing import hub_letter as kept
from bot.letters.composing.hub_letter import LARGEST_REPORT, STANDARD, HubLetter, hub_letter
from bot.letters.problems import LetterProblem
from bot.store.tables import HubRow
from tests.registering import NOW, new_hub, opened

PDF = b"%PDF-1.7\nour report\n%%EOF\n"


@pytest.fixture
async def session(database_url: str) -> AsyncIterator[AsyncSession]:
    async with opened(database_url) as database, database.writing() as session:
        yield session


@pytest.fixture
async def hub_id(session: AsyncSession) -> str:
    await new_hub(session, "Northfield")
    return (await session.scalars(select(HubRow.id))).one()


async def test_a_hub_has_the_standard_until_it_sets_its_own(session: AsyncSession, hub_id: str) -> None:
    assert await hub_letter(session, None) == STANDARD
    assert await hub_letter(session, hub_id) == STANDARD
    await kept.set_sender_address(session, hub_id, (" 1 High Street ", "", "Otley"), NOW)
    await kept.set_wording(session, hub_id, "# Ours", NOW)
    await kept.set_report(session, hub_id, PDF, "ours.pdf", NOW)
    assert await hub_letter(session, hub_id) == HubLetter(("1 High Street", "Otley"), "# Ours", PDF, "ours.pdf")


async def test_each_can_go_back_to_the_standard_alone(session: AsyncSession, hub_id: str) -> None:
    await kept.set_report(session, hub_id, PDF, "ours.pdf", NOW)
    await kept.set_wording(session, hub_id, "# Ours", NOW)
    await kept.set_report(session, hub_id, None, "", NOW)
    assert await hub_letter(session, hub_id) == HubLetter((), "# Ours", None, "")
    await kept.set_wording(session, hub_id, "", NOW)
    assert await hub_letter(session, hub_id) == STANDARD


@pytest.mark.parametrize("lines", [(), (" ", ""), ("line",) * 7, ("x" * 61,)])
async def test_an_address_that_does_not_fit_the_letterhead_is_refused(
    session: AsyncSession, hub_id: str, lines: tuple[str, ...]
) -> None:
    with pytest.raises(LetterProblem, match="1 to 6 lines of at most 60 characters"):
        await kept.set_sender_address(session, hub_id, lines, NOW)
    assert await hub_letter(session, hub_id) == STANDARD


@pytest.mark.parametrize(
    ("report", "says"),
    [
        (b"", "no PDF file"),
        (b"PK\x03\x04 a Word file", "no PDF file"),
        (PDF[:-8], "breaks off"),
        (PDF + b" " * LARGEST_REPORT, "make it smaller than 2 MB"),
    ],
)
async def test_what_is_no_pdf_or_too_large_is_refused(
    session: AsyncSession, hub_id: str, report: bytes, says: str
) -> None:
    with pytest.raises(LetterProblem, match=says):
        await kept.set_report(session, hub_id, report, "report.pdf", NOW)
    assert await hub_letter(session, hub_id) == STANDARD


async def test_the_reports_name_is_one_line_without_folders(session: AsyncSession, hub_id: str) -> None:
    await kept.set_report(session, hub_id, PDF, "../a\\b\r\nc.pdf", NOW)
    assert (await hub_letter(session, hub_id)).report_name == "..-a-b c.pdf"
