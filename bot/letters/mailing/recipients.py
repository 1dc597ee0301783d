"""Who gets a letter: a CSV file, as spreadsheets write it, taken whole or not at all."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from bot.letters.letter import LetterSchool
from bot.letters.problems import LetterProblem

COLUMNS = ("email", "name", "school", "urn", "address", "town", "postcode")
LARGEST = 64 * 1024 * 1024
"""Bytes of a file: many times what all schools of the register take."""
_SHOWN = 30
_LONGEST = {"name": 100, "school": 200, "address": 500, "town": 100, "postcode": 10}
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Spreadsheets read a cell that begins so as a formula, and some of these fetch or run something.
_FORMULA = re.compile(r"[=+@]|-[^\s]")
_ADDRESS_LINES = re.compile(r"[\n,]")


class RecipientsRefused(LetterProblem):
    """A file cannot be used, and nothing was written; the text names the lines that are wrong, and what is wrong there."""

    def __init__(self, problems: Sequence[str]) -> None:
        shown = list(problems[:_SHOWN])
        if len(problems) > _SHOWN:
            shown.append(f"… and {len(problems) - _SHOWN:,} more")
        super().__init__("Nothing was sent or planned, as the file has to be corrected first:\n" + "\n".join(shown))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A line of the file. ``email`` is in lower case, and empty where none is given yet; ``name`` may be empty.

    ``school`` is as the file says; ``urn``, where given, decides.
    """

    line: int
    email: str
    name: str
    urn: int | None
    school: LetterSchool | None


def read_recipients(content: bytes, progress: Callable[[int], None] = lambda _line: None) -> list[Recipient]:
    """Reads a file whose header names ``email`` and any others of ``COLUMNS``, in any order. Raises RecipientsRefused.

    UTF-8, UTF-16 with a mark, or Windows-1252; columns separated by commas, semicolons or tabs. ``progress`` gets line numbers.
    """
    text = _decoded(content)
    if not text.strip():
        raise RecipientsRefused(
            [f"the file is empty: its first line names the columns, such as {', '.join(COLUMNS[:3])}"]
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        at = _columns(next(reader, []))
        read_lines = list(_lines(reader, at, progress))
    except csv.Error as error:
        raise RecipientsRefused([f"line {reader.line_num}: the quotation marks do not match ({error})"]) from None
    problems = [line for line in read_lines if isinstance(line, str)]
    recipients = [line for line in read_lines if isinstance(line, Recipient)]
    problems += _contradictions(recipients)
    if problems or not recipients:
        raise RecipientsRefused(sorted(problems, key=_line_of) or ["there is nobody in it: add a line for each school"])
    return recipients


def _decoded(content: bytes) -> str:
    if len(content) > LARGEST:
        raise RecipientsRefused([f"it has {len(content) // 1024**2:,} MB: divide it into several files"])
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), None)
    if b"\0" in content and encoding != "utf-16":
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise RecipientsRefused([f'line {line}: this is no text but something else: save it again as "CSV UTF-8"'])
    for tried in [encoding] if encoding else ["utf-8", "cp1252"]:
        try:
            return content.decode(tried)
        except UnicodeDecodeError as error:
            bad_at = error.start
    line = content[:bad_at].count(b"\n") + 1
    raise RecipientsRefused([f'line {line}: the letters cannot be told: save the file again as "CSV UTF-8"'])


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _columns(header: Sequence[str]) -> dict[str, int]:
    names = [name.strip().strip("\ufeff").casefold() for name in header]
    problems = [f'line 1: the column "{name}" is not known' for name in names if name and name not in COLUMNS]
    problems += [f"line 1: the column {name} is there twice" for name in COLUMNS if names.count(name) > 1]
    if "email" not in names:
        problems.insert(0, "line 1: the column email is missing")
    if problems:
        raise RecipientsRefused([*problems, f"the first line names the columns, which may be: {', '.join(COLUMNS)}"])
    return {name: names.index(name) for name in COLUMNS if name in names}


def _lines(
    reader: Iterator[list[str]], at: dict[str, int], progress: Callable[[int], None]
) -> Iterator[Recipient | str]:
    for row in reader:
        line: int = reader.line_num  # type: ignore[attr-defined]
        if line % 1000 == 0:
            progress(line)
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > max(at.values()) + 1 and any(cell.strip() for cell in row[max(at.values()) + 1 :]):
            yield f"line {line}: there are more values than columns"
            continue
        cells = {name: _tidy(name, row[where]) if where < len(row) else "" for name, where in at.items()}
        problems = list(_problems(cells))
        try:
            email = _normalized(cells["email"]) if cells["email"] else ""
        except EmailNotValidError as error:
            problems.append(f'"{cells["email"][:80]}" is no email address ({str(error).rstrip(".")})')
        if problems:
            yield f"line {line}: {'; '.join(problems)}"
        else:
            yield _recipient(line, email, cells)


def _tidy(name: str, cell: str) -> str:
    if name == "address":
        return "\n".join(filter(None, (" ".join(part.split()) for part in _ADDRESS_LINES.split(cell))))
    return " ".join(cell.split())


def _problems(cells: dict[str, str]) -> Iterator[str]:
    for name, cell in cells.items():
        if _FORMULA.match(cell):
            yield f'{name} begins with "{cell[0]}" as a formula does: write the value itself'
        elif not cell.replace("\n", "").isprintable():
            yield f"{name} holds a character that cannot be printed"
        elif len(cell) > _LONGEST.get(name, len(cell)):
            yield f"{name} has more than {_LONGEST[name]} characters"
    if (urn := cells.get("urn", "")) and not re.fullmatch(r"\d{5,7}", urn, re.ASCII):
        yield f'"{urn[:20]}" is no URN, which has six digits'
    where = [name for name in ("address", "town", "postcode") if cells.get(name)]
    if where and not cells.get("school") and not cells.get("urn"):
        yield f"there is {' and '.join(where)} but no school: name it, or give its URN"


def _normalized(email: str) -> str:
    return validate_email(email, check_deliverability=False).normalized.lower()


def _recipient(line: int, email: str, cells: dict[str, str]) -> Recipient:
    urn = int(cells["urn"]) if cells.get("urn") else None
    school = None
    if cells.get("school"):
        lines = tuple(filter(None, cells.get("address", "").split("\n")))
        school = LetterSchool(cells["school"], lines, cells.get("town", ""), cells.get("postcode", ""), urn)
    return Recipient(line, email, cells.get("name", ""), urn, school)


def _contradictions(recipients: list[Recipient]) -> Iterator[str]:
    """The same address for two schools or two names: a person gets one letter, and somebody has to say which."""
    first: dict[str, Recipient] = {}
    for recipient in recipients:
        known = first.setdefault(recipient.email, recipient) if recipient.email else recipient
        if (known.urn, known.school, known.name) != (recipient.urn, recipient.school, recipient.name):
            yield (
                f"line {recipient.line}: {recipient.email} stands in line {known.line} too, with another name or school: "
                "keep the line that the letter should go by"
            )


def _line_of(problem: str) -> int:
    found = re.match(r"line (\d+)", problem)
    return int(found[1]) if found else 0
