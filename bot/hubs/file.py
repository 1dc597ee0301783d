"""Many hubs at once, from a CSV file: all of them, or none."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.entry import Entry, enter, read
from bot.hubs.problems import HubProblem

_NEEDED = ("name", "leader_email")
COLUMNS = tuple(Entry.model_fields)


class Line(NamedTuple):
    """A hub of the file and the number of its line, the header's being 1."""

    number: int
    entry: Entry


class FileRefused(HubProblem):
    """A file of hubs cannot be used; the text names every line that is wrong, and what is wrong there."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("Nothing was written, as the file has to be corrected first:\n" + "\n".join(problems))


def read_hubs(content: bytes) -> list[Line]:
    """Reads a file with a header of ``COLUMNS``, in any order, as spreadsheets write it. Raises FileRefused."""
    reader = csv.DictReader(io.StringIO(_decoded(content), newline=""), restkey="", strict=True)
    try:
        _check_header(reader.fieldnames or [])
        read_lines = list(_lines(reader))
    except csv.Error as error:
        raise FileRefused([f"line {reader.line_num}: this is no CSV ({error})"]) from None
    problems = [entry_or_problem for entry_or_problem in read_lines if isinstance(entry_or_problem, str)]
    lines = [entry_or_problem for entry_or_problem in read_lines if isinstance(entry_or_problem, Line)]
    if problems or not lines:
        raise FileRefused(problems or ["there is no hub in it"])
    return lines


async def enter_hubs(session: AsyncSession, lines: list[Line], *, year: int, capacity: int, now: datetime) -> None:
    """Adds all hubs, with ``year`` and ``capacity`` where they name none. Raises FileRefused: do not commit then."""
    problems = []
    for line in lines:
        try:
            await enter(session, line.entry, year=year, capacity=capacity, now=now)
        except HubProblem as problem:
            problems.append(f"line {line.number}: {problem}")
    if problems:
        raise FileRefused(problems)


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise FileRefused(["this is no CSV in UTF-8: save it again as CSV UTF-8"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what British spreadsheets write unless told otherwise


def _check_header(names: Sequence[str]) -> None:
    problems = [f"line 1: the column {name} is missing" for name in _NEEDED if name not in names]
    problems += [f'line 1: the column "{name}" is not known' for name in names if name not in COLUMNS]
    problems += [
        f"line 1: the column {name} is there twice"
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if problems:
        raise FileRefused([*problems, f"columns may be: {', '.join(COLUMNS)}"])


def _lines(reader: "csv.DictReader[str]") -> Iterator[Line | str]:
    for row in reader:
        if not any(row.values()):
            continue
        if "" in row:
            yield f"line {reader.line_num}: there are more values than columns"
            continue
        try:
            yield Line(reader.line_num, read(row))
        except HubProblem as problem:
            yield f"line {reader.line_num}: {problem}"
