"""A row of the school register, read into what is kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.schools.wording import postcode

COLUMNS = (
    "URN",
    "LA (name)",
    "EstablishmentName",
    "TypeOfEstablishment (name)",
    "EstablishmentStatus (code)",
    "CloseDate",
    "PhaseOfEducation (name)",
    "StatutoryLowAge",
    "StatutoryHighAge",
    "NumberOfPupils",
    "Street",
    "Locality",
    "Address3",
    "Town",
    "County (name)",
    "Postcode",
    "Easting",
    "Northing",
)
"""The columns that are read, by the names that the register gives them."""

_TEXTS = (
    ("name", "EstablishmentName", 200),
    ("street", "Street", 200),
    ("town", "Town", 100),
    ("county", "County (name)", 100),
    ("la", "LA (name)", 100),
    ("phase", "PhaseOfEducation (name)", 50),
    ("type", "TypeOfEstablishment (name)", 100),
)
_STATUSES = {"1": "open", "2": "closed", "3": "closing", "4": "proposed"}
_LARGEST_URN = 9_999_999
_LONGEST_POSTCODE = 10
_LONGEST_LOCALITY = 200


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out: its first line in the file, and why."""

    line: int
    why: str


class _Wrong(Exception):
    pass


def read_row(line: int, fields: Mapping[str, str]) -> dict[str, Any] | BadRow:
    """The row's columns of the table ``school``, all but ``successor``; or what is wrong with it."""
    try:
        status = _status(fields["EstablishmentStatus (code)"])
        row: dict[str, Any] = {"urn": _urn(fields["URN"]), "status": status}
        row |= {name: _text(column, fields[column], longest) for name, column, longest in _TEXTS}
        if not row["name"]:
            raise _Wrong("EstablishmentName is empty")
        locality = ", ".join(part for part in (fields["Locality"], fields["Address3"]) if part)
        row["locality"] = _text("Locality", locality, _LONGEST_LOCALITY)
        row["postcode"] = _postcode(fields["Postcode"])
        row["low_age"], row["high_age"] = (
            _number(name, fields, 99) for name in ("StatutoryLowAge", "StatutoryHighAge")
        )
        row["pupils"] = _number("NumberOfPupils", fields, 99_999)
        row["easting"], row["northing"] = _where(fields)
        row["closed_on"] = _date(fields["CloseDate"]) if status == "closed" else None
    except _Wrong as wrong:
        return BadRow(line, str(wrong))
    row["teaches_primary"] = teaches_primary(row["phase"], row["low_age"], row["high_age"], row["name"])
    return row


def teaches_primary(phase: str, low_age: int | None, high_age: int | None, name: str) -> bool:
    """Whether children of 5 to 11 are taught. Special and independent schools have no phase: their ages say it, or their name.

    Middle schools that count as secondary begin at 9, so that they teach the last two primary years.
    """
    if phase in _PRIMARY_PHASES or phase in _OTHER_PHASES:
        return phase in _PRIMARY_PHASES
    if low_age is not None and high_age is not None:
        return low_age <= 10 and high_age >= 6
    return any(word in name.casefold() for word in ("primary", "infant", "junior", "preparatory", "prep school"))


_PRIMARY_PHASES = {"Primary", "Middle deemed primary", "Middle deemed secondary", "All-through"}
_OTHER_PHASES = {"Nursery", "Secondary", "16 plus"}


def _urn(value: str) -> int:
    if not (value.isascii() and value.isdecimal()) or not 0 < int(value) <= _LARGEST_URN:
        raise _Wrong(f"URN is {value!r}, not a number of up to seven digits")
    return int(value)


def _status(value: str) -> str:
    try:
        return _STATUSES[value.lstrip("0")]
    except KeyError:
        raise _Wrong(f"EstablishmentStatus (code) is {value!r}, not 1 to 4") from None


def _text(column: str, value: str, longest: int) -> str:
    if len(value) > longest:
        raise _Wrong(f"{column} is longer than {longest} characters")
    return value


def _postcode(value: str) -> str:
    code = postcode(value)
    return code if len(code) <= _LONGEST_POSTCODE else ""  # of schools abroad, some write a whole address there


def _number(column: str, fields: Mapping[str, str], largest: int) -> int | None:
    value = fields[column]
    if not value:
        return None
    if not (value.isascii() and value.isdecimal()) or int(value) > largest:
        raise _Wrong(f"{column} is {value!r}, not a whole number up to {largest:,}")
    return int(value)


def _where(fields: Mapping[str, str]) -> tuple[int | None, int | None]:
    # Metres; the National Grid ends at 700 km east and 1,300 km north. Blank and 0 mean "unknown".
    easting, northing = _number("Easting", fields, 700_000), _number("Northing", fields, 1_300_000)
    return (easting, northing) if easting and northing else (None, None)


def _date(value: str) -> date | None:
    if not value:
        return None
    try:
        day, month, year = (int(part) for part in value.replace("/", "-").split("-"))
        return date(year, month, day)
    except ValueError:
        raise _Wrong(f"CloseDate is {value!r}, not a day like 31-08-2025") from None
