"""Registrations as files: for spreadsheets and for programs."""

import csv
import io
import json
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from bot.hubs.year import said
from bot.registrations.registration import Contact, Registration

# A spreadsheet takes a cell that begins so for a formula, which may run commands or send the sheet elsewhere: OWASP, "CSV
# injection". An apostrophe before it makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_json(found: list[Registration]) -> str:
    """All that is kept of the registrations, as a list of objects; moments in UTC."""
    return json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2, default=_plain) + "\n"


def as_csv(found: list[Registration]) -> str:
    """A line a registration with the person who is written to, and the others' emails; safe to open in a spreadsheet."""
    written = io.StringIO(newline="")
    rows = [_row(one) for one in found]
    writer = csv.DictWriter(written, fieldnames=list(_COLUMNS), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows({name: disarmed(str(value)) for name, value in row.items()} for row in rows)
    return written.getvalue()


def disarmed(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell


_COLUMNS = (
    *("id", "school", "town", "postcode", "urn", "by_hand", "year", "state", "place_offered_until"),
    *("hub", "leader", "leader_email", "registered_at"),
    *("name", "role", "email", "phone", "other_emails"),
)


def _row(one: Registration) -> dict[str, object]:
    first = one.contacts[0] if one.contacts else Contact("", "", "", "", "")
    return {
        "id": one.id,
        "school": one.school_name,
        "town": one.school_town,
        "postcode": one.school_postcode,
        "urn": one.urn or "",
        "by_hand": "yes" if one.by_hand else "no",
        "year": said(one.year),
        "state": one.state,
        "place_offered_until": one.offered_until.isoformat(timespec="minutes") if one.offered_until else "",
        "hub": one.place.hub_name if one.place else "",
        "leader": one.place.leader_name if one.place else "",
        "leader_email": one.place.leader_email if one.place else "",
        "registered_at": one.created_at.isoformat(timespec="minutes"),
        "name": first.name,
        "role": first.role,
        "email": first.email,
        "phone": first.phone,
        "other_emails": "; ".join(person.email for person in one.contacts[1:]),
    }


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    raise TypeError(type(value).__name__)
