"""Hubs as the command line shows them: tables for people, dictionaries for JSON."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.hubs.listing import HubYear
from bot.hubs.place import Place
from bot.hubs.year import said
from bot.registrations.registration import Registration


def table(hubs: list[HubYear]) -> None:
    """Prints the hubs, a line a year."""
    if not hubs:
        Console().print("There is no hub yet: add a leader with `psqm leaders add`, then a hub with `psqm hubs add`.")
        return
    shown = Table()
    for heading in ("Hub", "Year", "Places", "Leader", "Where", "First session"):
        shown.add_column(heading)
    for hub in hubs:
        place = hub.place
        name = escape(place.hub_name) + (" [yellow](example)[/]" if place.is_example else "")
        where = hub.postcode or f"{hub.easting}, {hub.northing}"
        leader = f"{place.leader_name} <{place.leader_email}>"
        shown.add_row(name, said(place.year), _places(hub), escape(leader), where, escape(_first_session(place)))
    Console().print(shown)


def with_schools(years: list[HubYear], schools: list[Registration]) -> None:
    """Prints a hub, and its schools year by year."""
    table(years)
    for year in years:
        of_year = [school for school in schools if school.year == year.place.year]
        if not of_year:
            continue
        shown = Table(title=said(year.place.year), title_justify="left")
        for heading in ("School", "Town", "State", "Contact"):
            shown.add_column(heading)
        for school in of_year:
            state = "place offered" if school.offered_until else school.state
            contact = escape(f"{school.contacts[0].name} <{school.contacts[0].email}>") if school.contacts else ""
            shown.add_row(escape(school.school_name), escape(school.school_town), state, contact)
        Console().print(shown)


def as_json(hub: HubYear) -> dict[str, Any]:
    """A hub's places of one year."""
    place = hub.place
    return {
        "hub": place.hub_name,
        "is_example": place.is_example,
        "leader": {"name": place.leader_name, "email": place.leader_email},
        "postcode": hub.postcode,
        "easting": hub.easting,
        "northing": hub.northing,
        "year": place.year,
        "capacity": place.capacity,
        "taken": place.taken,
        "left": place.left,
        "is_open": hub.is_open,
        "session_on": place.session_on.isoformat() if place.session_on else None,
        "session_at": place.session_at.isoformat("minutes") if place.session_at else None,
        "session_venue": place.session_venue,
    }


def with_schools_as_json(years: list[HubYear], schools: list[Registration]) -> list[dict[str, Any]]:
    """A hub's years, each with its schools."""
    return [
        as_json(year)
        | {
            "schools": [
                {"registration": school.id, "name": school.school_name, "state": school.state}
                for school in schools
                if school.year == year.place.year
            ]
        }
        for year in years
    ]


def _places(hub: HubYear) -> str:
    taken = f"{hub.place.taken} of {hub.place.capacity} taken"
    return taken if hub.is_open else f"{taken}, closed"


def _first_session(place: Place) -> str:
    if place.session_on is None:
        return "not yet fixed"
    at = f", {place.session_at:%H:%M}" if place.session_at else ""
    venue = f", {place.session_venue}" if place.session_venue else ""
    return f"{place.session_on:%-d %B %Y}{at}{venue}"
