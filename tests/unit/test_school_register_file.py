"""The register's files: read as published and as people save them, refused whole when they are not what they seem."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from bot.example_data import SAMPLE
from bot.schools.register_file import FileRefused, open_register
from bot.schools.register_row import COLUMNS, BadRow, read_row, teaches_primary
from tests.school_register import register_text, school, write_register

FULL_COLUMNS = Path(__file__).parent / "data" / "gias-full-columns-2021.csv.gz"
NAME = "St Agnes’ École Primary"


def rows_of(path: Path) -> list[dict[str, Any] | BadRow]:
    records = open_register(path).records()
    return [record if isinstance(record, BadRow) else read_row(*record) for record in records]


def read_one(**given: str) -> dict[str, Any] | BadRow:
    return read_row(2, school(100, given.pop("name", "Hill School"), **given))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_rightly_however_it_was_saved(tmp_path: Path, encoding: str) -> None:
    path = write_register(tmp_path / "r.csv", school(1, NAME), school(2, "Plain School"), encoding=encoding)
    assert [row["name"] for row in rows_of(path) if isinstance(row, dict)] == [NAME, "Plain School"]


def test_compressed_files_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "r.csv.gz"
    path.write_bytes(gzip.compress(register_text(school(1, NAME)).encode("cp1252")))
    assert [row["name"] for row in rows_of(path) if isinstance(row, dict)] == [NAME]


def test_columns_are_found_by_name_in_any_order_among_others(tmp_path: Path) -> None:
    columns = ("Ofsted", *reversed(COLUMNS), "Another")
    row = school(1, NAME, town="Oakham") | {"Ofsted": "x", "Another": "y"}
    (tmp_path / "r.csv").write_text(register_text(row, columns=columns), encoding="cp1252", newline="")
    (read,) = rows_of(tmp_path / "r.csv")
    assert isinstance(read, dict)
    assert (read["urn"], read["name"], read["town"]) == (1, NAME, "Oakham")


@pytest.mark.parametrize(
    ("path", "count", "apostrophe"), [(SAMPLE, 34903, "St John’s CE Primary School"), (FULL_COLUMNS, 99, None)]
)
def test_published_files_are_read_whole(path: Path, count: int, apostrophe: str | None) -> None:
    rows = rows_of(path)
    assert len(rows) == count
    assert [row for row in rows if isinstance(row, BadRow)] == []
    if apostrophe:
        assert apostrophe in {row["name"] for row in rows if isinstance(row, dict)}


GOOD = register_text(school(1, NAME), school(2, "Plain School")).encode("cp1252")
HEADER = register_text().encode("cp1252")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"  \r\n ", "is empty"),
        (HEADER, "a header and nothing else"),
        (b"name,town\r\nx,y\r\n", 'it lacks the columns "URN", "LA (name)", "EstablishmentName"'),
        (GOOD.replace(b'"Town"', b'"City"', 1), 'it lacks the columns "Town"'),
        (GOOD.replace(b'","', b'";"'), "separated by commas"),
        (GOOD.replace(b'"County (name)"', b'"Town"', 1), 'it lacks the columns "County (name)"'),
        (HEADER.replace(b"\r\n", b',"Town"\r\n') + GOOD[len(HEADER) :], 'the column "Town" more than once'),
        (GOOD[:-3], "ends inside a quoted field of line 3"),
        (GOOD[: GOOD.rindex(b',"')], "ends in the middle of line 3"),
        (GOOD.replace(b"Plain", b"Pl\x81in"), "neither Windows-1252"),
        (GOOD.replace(b"Plain", b"Pl\x00in"), "not a text file"),
        (gzip.compress(GOOD)[:-20], "not a whole .gz file"),
        (b"\x1f\x8b not gzip at all", "not a whole .gz file"),
        (b"PK\x03\x04" + bytes(60), "not a text file"),
    ],
)
def test_a_wrong_file_is_refused_whole_with_the_reason(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "wrong.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as refused:
        open_register(path)
    assert told in str(refused.value)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="cannot be read"):
        open_register(tmp_path / "none.csv")


def test_a_last_line_without_newline_is_whole_when_its_fields_are_all_there(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_bytes(GOOD.removesuffix(b"\r\n"))
    assert len(rows_of(tmp_path / "r.csv")) == 2


def test_bad_rows_are_told_by_their_lines_and_others_are_read(tmp_path: Path) -> None:
    good = register_text(school(1, "One"), school(2, "Two\r\nlines"), school(3, "Three"), school(4, "Four"))
    content = good.replace('"3","', '"x","', 1) + '"5","too short"\r\n'
    (tmp_path / "r.csv").write_text(content, encoding="cp1252", newline="")
    rows = rows_of(tmp_path / "r.csv")
    assert [row["name"] for row in rows if isinstance(row, dict)] == ["One", "Two lines", "Four"]
    bad = [row for row in rows if isinstance(row, BadRow)]
    assert [row.line for row in bad] == [5, 7]
    assert "URN is 'x'" in bad[0].why
    assert "2 fields" in bad[1].why


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"URN": ""}, "URN"),
        ({"URN": "0"}, "URN"),
        ({"URN": "١٢٣"}, "URN"),
        ({"URN": "123456789"}, "URN"),
        ({"EstablishmentStatus (code)": "9"}, "EstablishmentStatus"),
        ({"EstablishmentName": ""}, "EstablishmentName is empty"),
        ({"EstablishmentName": "x" * 201}, "longer than 200"),
        ({"Easting": "far"}, "Easting is 'far'"),
        ({"Northing": "-1"}, "Northing is '-1'"),
        ({"StatutoryLowAge": "200"}, "StatutoryLowAge is '200'"),
        ({"status": "closed", "CloseDate": "31-02-2020"}, "CloseDate is '31-02-2020'"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(given: dict[str, str], why: str) -> None:
    read = read_one(**given)
    assert isinstance(read, BadRow)
    assert why in read.why


def test_a_row_is_tidied_up() -> None:
    given = {"postcode": "zz11aa", "Locality": "Ham", "Address3": "Nr Wick", "Easting": "0", "Northing": "5"}
    read = read_one(**given, StatutoryLowAge="3")
    assert isinstance(read, dict)
    assert (read["postcode"], read["locality"]) == ("ZZ1 1AA", "Ham, Nr Wick")
    assert (read["easting"], read["northing"], read["low_age"]) == (None, None, 3)


@pytest.mark.parametrize(
    ("phase", "ages", "name", "taught"),
    [
        ("Primary", (None, None), "", True),
        ("All-through", (None, None), "", True),
        ("Middle deemed secondary", (9, 13), "", True),
        ("Secondary", (11, 16), "", False),
        ("Nursery", (2, 5), "", False),
        ("16 plus", (16, 19), "", False),
        ("Not applicable", (2, 11), "", True),
        ("Not applicable", (11, 18), "", False),
        ("Not applicable", (2, 5), "", False),
        ("Not applicable", (None, None), "Hill Preparatory School", True),
        ("Not applicable", (None, None), "Hill College", False),
    ],
)
def test_who_teaches_primary_ages(phase: str, ages: tuple[int | None, int | None], name: str, taught: bool) -> None:
    assert teaches_primary(phase, *ages, name) is taught
