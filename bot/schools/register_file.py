"""A file of the school register, as the DfE publishes it: opened, recognised, checked whole before a row is used.

The published files are Windows-1252 with commas; their columns change in number and order, so they are found by name. A
file in UTF-8 or UTF-16 (saved by an editor or a spreadsheet) is read as what it is.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

from bot.schools.register_row import COLUMNS, BadRow

Kind = Literal["schools", "links"]
Progress = Callable[[int, int], None]
"""Called with the bytes read and all bytes of the file."""

LINK_COLUMNS = ("URN", "LinkURN", "LinkType")
_PUBLISHED = "Take it as GIAS publishes it: edubasealldata….csv or links_edubasealldata….csv."
_PIECE = 1 << 20  # bytes
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class FileRefused(Exception):
    """A file cannot be used at all, and nothing of it was; the text is one line that says why and what to do."""


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A file that was found to be whole; ``rows`` counts those below its header, ``columns`` says where each needed one is."""

    path: Path
    kind: Kind
    encoding: str
    columns: dict[str, int]
    width: int
    rows: int

    def records(self, progress: Progress = lambda _read, _all: None) -> Iterator[tuple[int, dict[str, str]] | BadRow]:
        """Each row as its line number and its needed fields, or what is wrong with its shape."""
        size = self.path.stat().st_size
        with _opened(self.path) as (raw, unpacked):
            for line, fields in _rows(unpacked, self.encoding, self.path):
                if isinstance(fields, str):
                    yield BadRow(line, fields)
                elif fields:
                    if line % 500 == 0:
                        progress(raw.tell(), size)
                    yield self._record(line, fields)
            progress(size, size)

    def _record(self, line: int, fields: list[str]) -> tuple[int, dict[str, str]] | BadRow:
        if len(fields) != self.width:
            return BadRow(line, f"it has {len(fields)} fields, the header {self.width}")
        return line, {name: _tidy(fields[at]) for name, at in self.columns.items()}


def _tidy(cell: str) -> str:
    return cell if cell.isalnum() else " ".join(cell.split())


def open_register(path: Path) -> RegisterFile:
    """Recognises a file and reads it through; raises FileRefused."""
    try:
        with _opened(path) as (_raw, unpacked):
            encoding, ends_with_newline = _encoding(unpacked, path)
        with _opened(path) as (_raw, unpacked):
            return _checked(path, encoding, ends_with_newline, _rows(unpacked, encoding, path, header=True))
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise FileRefused(f"{path} is not a whole .gz file: download it again.") from None
    except OSError as error:
        raise FileRefused(f"{path} cannot be read ({error.strerror or error}).") from None


def _checked(
    path: Path, encoding: str, ends_with_newline: bool, rows: Iterator[tuple[int, list[str] | str]]
) -> RegisterFile:
    _line, header = next(rows, (1, []))
    if isinstance(header, str) or not any(header):
        raise FileRefused(f"{path} does not begin with a header, its columns separated by commas. {_PUBLISHED}")
    kind, columns = _found([name.strip() for name in header], path)
    count, width, last = 0, len(header), len(header)
    line = 1
    for at, fields in rows:
        line = at
        if isinstance(fields, str):
            last = 0
        elif fields:
            count, last = count + 1, len(fields)
    if last < width and not ends_with_newline:
        raise FileRefused(f"{path} ends in the middle of line {line}: it was cut off. Download it again.")
    if not count:
        raise FileRefused(f"{path} holds a header and nothing else. {_PUBLISHED}")
    return RegisterFile(path, kind, encoding, columns, width, count)


def _found(header: list[str], path: Path) -> tuple[Kind, dict[str, int]]:
    kind: Kind = "links" if "LinkURN" in header else "schools"
    needed = LINK_COLUMNS if kind == "links" else COLUMNS
    if missing := [name for name in needed if name not in header]:
        named = f'"{'", "'.join(missing[:4])}"' + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
        separated = " Its columns must be separated by commas." if len(header) == 1 else ""
        raise FileRefused(f"{path} is not the school register: it lacks the columns {named}.{separated} {_PUBLISHED}")
    if twice := [name for name, times in Counter(header).items() if times > 1 and name in needed]:
        raise FileRefused(f'{path} has the column "{twice[0]}" more than once. {_PUBLISHED}')
    return kind, {name: header.index(name) for name in needed}


def _rows(
    unpacked: IO[bytes], encoding: str, path: Path, header: bool = False
) -> Iterator[tuple[int, list[str] | str]]:
    """The first line and the fields of each row, or what is wrong with it; the header comes only if asked for."""
    reader = csv.reader(io.TextIOWrapper(unpacked, encoding, newline=""), strict=True)
    if not header:
        next(reader, None)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "end of data" in str(error):
                raise FileRefused(
                    f"{path} ends inside a quoted field of line {line}: it was cut off. Download it again."
                ) from None
            yield line, f"its quotation marks do not match ({error})"


def _encoding(unpacked: IO[bytes], path: Path) -> tuple[str, bool]:
    """How the file is written, and whether it ends with a newline; reads it to its end."""
    start = unpacked.read(_PIECE)
    if not start.strip():
        raise FileRefused(f"{path} is empty. {_PUBLISHED}")
    marked = next((encoding for mark, encoding in _BOMS if start.startswith(mark)), None)
    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_utf8, is_1252, only_ascii, last = True, True, True, start
    piece = start
    while piece:
        if b"\0" in piece and marked != "utf-16":
            raise FileRefused(f"{path} is not a text file. {_PUBLISHED}")
        only_ascii = only_ascii and piece.isascii()
        is_utf8 = is_utf8 and _decodes(utf8, piece)
        is_1252 = is_1252 and not piece.translate(None, _ALLOWED_IN_1252)
        last, piece = piece, unpacked.read(_PIECE)
    if marked:
        return marked, last.rstrip(b"\0").endswith((b"\n", b"\r"))
    if is_utf8 and not only_ascii:
        return "utf-8", last.endswith(b"\n")
    if not is_1252:
        raise FileRefused(f"{path} is neither Windows-1252, as published, nor UTF-8. {_PUBLISHED}")
    return "cp1252", last.endswith(b"\n")


_ALLOWED_IN_1252 = bytes(sorted(set(range(256)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D}))


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes) -> bool:
    try:
        decoder.decode(piece)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The file as it lies on the disk, and what is in it."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not packed:
            yield raw, raw
            return
        with gzip.open(raw) as unpacked:
            yield raw, cast(IO[bytes], unpacked)
