"""Files of the school register for tests, as published: Windows-1252, CRLF, text quoted."""

from pathlib import Path

from bot.schools.importing import Report, import_file
from bot.schools.register_file import open_register
from bot.schools.register_row import COLUMNS
from bot.store.database import Database

STATUS = {"open": "1", "closed": "2", "closing": "3", "proposed": "4"}


def school(urn: int, name: str, **given: str) -> dict[str, str]:
    """A row: an open primary school unless ``given`` says otherwise, by short names or by the register's own."""
    row = dict.fromkeys(COLUMNS, "") | {
        "URN": str(urn),
        "EstablishmentName": name,
        "EstablishmentStatus (code)": STATUS[given.pop("status", "open")],
        "PhaseOfEducation (name)": given.pop("phase", "Primary"),
        "Town": given.pop("town", "Millbrook"),
        "Postcode": given.pop("postcode", "ZZ1 1AA"),
        "LA (name)": given.pop("la", "Westshire"),
    }
    assert set(given) <= set(COLUMNS), given
    return row | given


def register_text(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    """The file's text, its header first."""
    lines = [columns, *([row[column] for column in columns] for row in rows)]
    return "".join(",".join(f'"{cell}"' for cell in line) + "\r\n" for line in lines)


def write_register(path: Path, *rows: dict[str, str], encoding: str = "cp1252") -> Path:
    path.write_bytes(register_text(*rows).encode(encoding))
    return path


def write_links(path: Path, *links: tuple[int, int, str]) -> Path:
    """A links file: URN, LinkURN, LinkType."""
    lines = ["URN,LinkURN,LinkName,LinkType,LinkEstablishedDate"]
    lines += [f'{urn},{link},"A school","{kind}",01-09-2020' for urn, link, kind in links]
    path.write_bytes("".join(line + "\r\n" for line in lines).encode("cp1252"))
    return path


async def import_path(url: str, path: Path) -> Report:
    """Imports a file into the database at ``url``."""
    database = Database(url)
    try:
        return await import_file(database, open_register(path))
    finally:
        await database.close()
