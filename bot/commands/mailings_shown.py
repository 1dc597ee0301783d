"""Mailings as the command line shows them."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.hubs.year import said
from bot.letters.mailing.hours import LetterHours
from bot.letters.mailing.planning import Plan, Why
from bot.letters.mailing.status import Standing, in_all
from bot.london import LONDON

_COLUMNS = {
    "letters": "Letters",
    "planned": "Plan-\nned",
    "leaving": "Leav-\ning",
    "sent": "Sent",
    "failed": "Fail-\ned",
    "bounced": "Boun-\nced",
    "visited": "Visi-\nted",
    "replied": "Re-\nplied",
    "registered": "Regis-\ntered",
    "unsubscribed": "Unsub-\nscribed",
}
"""Divided so that the table fits into a window of eighty columns."""
_WHY: dict[Why, str] = {
    "no_address": "has no email address in the file",
    "twice": "stands in the file before",
    "elsewhere": "is not in the area, or has no URN to tell",
    "school_closed": "is closed, as the register says",
    "example": "has an address that is reserved for examples",
    "suppressed": "has asked for no more letters, or cannot be reached",
    "had": "had this year's letter",
    "registered": "is registered already",
}


def table(found: list[Standing]) -> None:
    """Prints a line for each mailing, and one for all of them."""
    if not found:
        Console().print("No letter has been planned or asked for yet: `psqm letters send --help` says how.")
        return
    total = in_all(found)
    shown = Table(box=SIMPLE_HEAD, padding=0, collapse_padding=True, pad_edge=False, show_footer=len(found) > 1)
    shown.add_column("Mailing", "in all", overflow="fold", min_width=14)
    for name, heading in _COLUMNS.items():
        shown.add_column(heading, str(getattr(total, name)), justify="right", no_wrap=True, min_width=len(heading) // 2)
    for each in found:
        shown.add_row(_head(each), *(str(getattr(each.came, name)) for name in _COLUMNS))
        shown.add_section()
    Console().print(shown)
    for each in found:
        if each.state == "paused" and each.mailing_id:
            Console().print(f"{each.mailing_id[:8]} is paused: {escape(each.why)}.")


def as_json(found: list[Standing]) -> dict[str, Any]:
    """The same for scripts: each mailing, and what came of all."""
    return {"mailings": [_as_json(each) for each in found], "in_all": asdict(in_all(found))}


def plan(plan: Plan, rate: int, attach: bool, hours: LetterHours, now: datetime) -> None:
    """Prints who gets a letter and who does not, and how long that takes, before anybody is asked."""
    place, console = plan.place, Console()
    session = f"{place.session_on:%-d %B %Y}" if place.session_on else "not fixed"
    console.print(
        f"[bold]{escape(place.hub_name)}[/], {said(place.year)}, from {escape(place.leader_name)}; first session {session}; "
        f"{rate:,} {'letter' if rate == 1 else 'letters'} a minute{', PDF and report attached' if attach else ''}."
    )
    if not plan.is_open:
        console.print(
            "[yellow]The hub is closed for new schools: whoever registers waits, or is offered another hub.[/]"
        )
    elif place.left <= 0:
        console.print("[yellow]Every place of the hub is taken: whoever registers is put on its waiting list.[/]")
    shown = Table("", "Lines", "Which", show_header=True)
    shown.add_row("gets the letter", f"{len(plan.recipients):,}", _some([each.line for each in plan.recipients]))
    for why, words in _WHY.items():
        if lines := [each.recipient.line for each in plan.left_out if each.why == why]:
            shown.add_row(words, f"{len(lines):,}", _some(lines))
    console.print(shown)
    if between := len(plan.recipients) - 1:
        last = hours.after(now, timedelta(minutes=1) / rate * between).astimezone(LONDON)
        console.print(
            f"At this rate, and in the hours for letters, the last one leaves on {last:%A %-d %B, about %H:%M}."
        )


def _some(lines: list[int], most: int = 8) -> str:
    return ", ".join(map(str, lines[:most])) + (" …" if len(lines) > most else "")


def _head(each: Standing) -> str:
    began = f", {each.created_at.astimezone(LONDON):%-d %b}" if each.created_at else ""
    number = f"[bold]{each.mailing_id[:8]}[/]{began}" if each.mailing_id else "asked for"
    state = "" if each.state == "asked" else f", {each.state}"
    return "\n".join(filter(None, (number, escape(each.hub), f"{said(each.year)}{state}")))


def _as_json(each: Standing) -> dict[str, Any]:
    return {
        "mailing": each.mailing_id,
        "hub": each.hub,
        "year": each.year,
        "state": each.state,
        "why": each.why,
        "rate": each.rate,
        "created_at": each.created_at.isoformat() if each.created_at else None,
        **asdict(each.came),
    }
