"""Importing the register: nothing twice, changes and closures followed, refused files without a trace, on both databases."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.schools.importing import import_file
from bot.schools.register_file import FileRefused, open_register
from bot.schools.search import by_urn, find, successor_of
from bot.store.database import Database
from bot.store.tables import SchoolRow
from tests.school_register import import_path, register_text, school, write_links, write_register


async def names(database: Database) -> dict[int, str]:
    async with database.reading() as session:
        return dict((await session.execute(select(SchoolRow.urn, SchoolRow.name))).all())


async def found(database: Database, query: str) -> list[int]:
    async with database.reading() as session:
        return [one.school.urn for one in await find(session, query)]


async def successor(database: Database, urn: int) -> int | None:
    async with database.reading() as session:
        closed = await by_urn(session, urn)
        assert closed
        heir = await successor_of(session, closed)
    return heir.urn if heir else None


async def test_importing_twice_changes_nothing(database_url: str, tmp_path: Path) -> None:
    path = write_register(tmp_path / "r.csv", school(1, "Hill School"), school(2, "Mill School"))
    first, second = await import_path(database_url, path), await import_path(database_url, path)
    assert (first.added, first.changed, first.unchanged) == (2, 0, 0)
    assert (second.added, second.changed, second.unchanged) == (0, 0, 2)


async def test_a_later_file_is_followed(database: Database, database_url: str, tmp_path: Path) -> None:
    before = [school(1, "Hill School"), school(2, "Mill School"), school(3, "Kiln School")]
    await import_path(database_url, write_register(tmp_path / "1.csv", *before))
    after = [school(1, "Hilltop School"), school(2, "Mill School", status="closed", CloseDate="31-08-2025")]
    report = await import_path(database_url, write_register(tmp_path / "2.csv", *after, school(4, "Well School")))
    assert (report.added, report.changed, report.unchanged) == (1, 2, 0)
    assert await names(database) == {1: "Hilltop School", 2: "Mill School", 3: "Kiln School", 4: "Well School"}
    async with database.reading() as session:
        assert await session.scalar(select(SchoolRow.closed_on).where(SchoolRow.urn == 2)) == date(2025, 8, 31)
    assert (await found(database, "hilltop"))[0] == 1
    assert (await found(database, "well"))[0] == 4


async def test_a_refused_file_leaves_the_register_as_it_was(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await import_path(database_url, write_register(tmp_path / "1.csv", school(1, "Hill School")))
    rows = [school(1, "Other School"), *(school(urn, "School") for urn in range(2, 10))]
    mostly_bad = register_text(*rows).replace('"Primary"', '"Primary","extra"', 4)
    (tmp_path / "2.csv").write_text(mostly_bad, encoding="cp1252", newline="")
    with pytest.raises(FileRefused, match="4 of its 9 rows cannot be read. The first is line 2"):
        await import_path(database_url, tmp_path / "2.csv")
    assert await names(database) == {1: "Hill School"}


async def test_a_few_bad_rows_are_left_out_and_told(database: Database, database_url: str, tmp_path: Path) -> None:
    rows = [school(urn, f"School {urn}") for urn in range(1, 10)]
    path = write_register(tmp_path / "r.csv", *rows, school(3, "The same again"))
    report = await import_path(database_url, path)
    assert [(bad.line, bad.why) for bad in report.skipped] == [(11, "URN 3 is in line 4 already")]
    assert (await names(database))[3] == "School 3"
    assert report.added == 9


async def test_progress_reaches_the_end(database: Database, tmp_path: Path) -> None:
    path = write_register(tmp_path / "r.csv", *(school(urn, "School") for urn in range(1, 1200)))
    seen: list[tuple[int, int]] = []
    await import_file(database, open_register(path), lambda read, size: seen.append((read, size)))
    assert seen == sorted(seen)
    assert seen[-1] == (path.stat().st_size,) * 2


async def test_a_closed_school_leads_to_the_open_one_of_its_name_and_postcode(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    rows = [
        school(1, "Hill School", status="closed"),
        school(2, "Hill School", postcode="ZZ9 9ZZ"),
        school(3, "Mill School"),
        school(4, "Hill School"),
        school(5, "Kiln School", status="closed", postcode=""),
        school(6, "Kiln School", postcode=""),
    ]
    report = await import_path(database_url, write_register(tmp_path / "r.csv", *rows))
    assert report.successors == 1
    assert await successor(database, 1) == 4
    assert await successor(database, 5) is None


async def test_links_say_better_who_the_successor_is(database: Database, database_url: str, tmp_path: Path) -> None:
    rows = [
        school(1, "Hill School", status="closed"),
        school(2, "Hill School"),
        school(3, "Old Academy", status="closed"),
        school(4, "New Academy"),
    ]
    await import_path(database_url, write_register(tmp_path / "r.csv", *rows))
    links = [
        (1, 3, "Successor"),
        (3, 4, "Successor - merged"),
        (4, 3, "Predecessor"),
        (77, 4, "Successor"),
    ]
    report = await import_path(database_url, write_links(tmp_path / "links.csv", *links))
    assert (report.kind, report.successors) == ("links", 2)
    assert await successor(database, 1) == 4
    moved = school(1, "Hill School", status="closed", town="Elsewhere"), school(2, "Hill School")
    assert (await import_path(database_url, write_register(tmp_path / "again.csv", *moved))).changed == 1
    assert await successor(database, 1) == 4


async def test_a_chain_that_leads_nowhere_ends(database: Database, database_url: str, tmp_path: Path) -> None:
    rows = [school(urn, f"School {urn}", status="closed", postcode=f"ZZ{urn} 1AA") for urn in (1, 2, 3)]
    await import_path(database_url, write_register(tmp_path / "r.csv", *rows))
    links = [(1, 2, "Successor"), (2, 1, "Successor"), (3, 99, "Successor")]
    await import_path(database_url, write_links(tmp_path / "l.csv", *links))
    assert [await successor(database, urn) for urn in (1, 2, 3)] == [None, None, None]


async def test_of_several_successors_the_open_one_counts(database: Database, database_url: str, tmp_path: Path) -> None:
    rows = [school(1, "A", status="closed"), school(2, "B"), school(3, "C", status="closed")]
    await import_path(database_url, write_register(tmp_path / "r.csv", *rows))
    links = [(1, 3, "Successor"), (1, 2, "Successor"), (1, 9, "Successor")]
    await import_path(database_url, write_links(tmp_path / "l.csv", *links))
    assert await successor(database, 1) == 2


async def test_schools_that_came_without_an_index_are_found_after_the_next_import(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    path = write_register(tmp_path / "r.csv", school(1, "Hill School"))
    await import_path(database_url, path)
    async with database.writing() as session:
        await session.execute(text("DELETE FROM school_search"))
        await session.commit()
    assert await found(database, "hill") == []
    await import_path(database_url, path)
    assert await found(database, "hill") == [1]
