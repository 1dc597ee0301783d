"""Registrations as the command line shows them."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.hubs.year import said
from bot.registrations.registration import Registration

_SHORT_ID = 8


def table(found: list[Registration]) -> None:
    """Prints the registrations, a line each."""
    if not found:
        Console().print("There is no such registration.")
        return
    shown = Table()
    for heading in ("Id", "School", "Where", "Year", "Hub", "State", "Contact"):
        shown.add_column(heading)
    for one in found:
        school = escape(one.school_name) + (" [yellow](by hand)[/]" if one.by_hand else "")
        where = ", ".join(filter(None, [one.school_town, one.school_postcode]))
        people = f"{one.contacts[0].name} <{one.contacts[0].email}>" if one.contacts else ""
        row = (one.id[:_SHORT_ID], school, escape(where), said(one.year), _hub(one), _state(one), escape(people))
        shown.add_row(*row)
    Console().print(shown)


def _hub(one: Registration) -> str:
    if one.place is None:
        return "[yellow]none near[/]"
    return escape(one.place.hub_name) + (" [yellow](example)[/]" if one.place.is_example else "")


def _state(one: Registration) -> str:
    return "place offered" if one.offered_until else one.state
