"""`psqm hubs`: where schools can take part, and how many."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.database import read, write
from bot.commands.errors import UsageProblem, clear_errors

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.settings import Settings

app = typer.Typer(help="Hubs, and their places of each school year.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The hub's name, in quotes.")]
Postcode = Annotated[str, typer.Option(help="Where the hub is: looked up among the schools of the register.")]
Easting = Annotated[int | None, typer.Option(help="Metres of the British National Grid, instead of looking up.")]
Northing = Annotated[int | None, typer.Option(help="Metres of the British National Grid, instead of looking up.")]
Year = Annotated[int | None, typer.Option(help="School year by its beginning, 2026 for 2026/27. Default: this one.")]
Capacity = Annotated[int | None, typer.Option(help="How many schools it takes. Default: as facts.yml says.")]
SessionOn = Annotated[str, typer.Option(help="Date of the first session: 2027-01-14 or 14/01/2027.")]
SessionAt = Annotated[str, typer.Option(help="When it begins: 13:30.")]
SessionVenue = Annotated[str, typer.Option(help="Where it is.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


@app.command()
def add(
    name: Name,
    leader: Annotated[str, typer.Option(help="Email of the leader, whom `psqm leaders add` has added.")],
    postcode: Postcode = "",
    easting: Easting = None,
    northing: Northing = None,
    capacity: Capacity = None,
    year: Year = None,
    session_on: SessionOn = "",
    session_at: SessionAt = "",
    session_venue: SessionVenue = "",
) -> None:
    """Add a hub with its places of a school year."""
    with clear_errors() as settings:
        from bot.hubs import entry

        hub = entry.read(
            {
                "name": name,
                "leader_email": leader,
                "postcode": postcode,
                "easting": easting,
                "northing": northing,
                "capacity": capacity,
                "year": year,
                "session_on": session_on,
                "session_at": session_at,
                "session_venue": session_venue,
            }
        )
        usual = _usual(settings)
        write(settings, lambda session: entry.enter(session, hub, **usual, now=datetime.now(UTC)))
        typer.echo(f"Added the hub {hub.name}. `psqm hubs show` shows it.")


@app.command(name="import")
def import_(file: Annotated[Path, typer.Argument(help="CSV with a header; --help lists its columns.")]) -> None:
    """Add many hubs from a CSV file: all of them, or none when a line is wrong.

    Columns, in any order: name, leader_email; and, each where it helps, leader_name (adds the leader), postcode or easting and
    northing, year, capacity, session_on, session_at, session_venue.
    """
    with clear_errors() as settings:
        from bot.hubs.file import enter_hubs, read_hubs

        try:
            lines = read_hubs(file.read_bytes())
        except OSError as error:
            raise UsageProblem(f"{file} cannot be read ({error.strerror}): name another file") from None
        usual = _usual(settings)
        write(settings, lambda session: enter_hubs(session, lines, **usual, now=datetime.now(UTC)))
        typer.echo(f"Hubs added: {len(lines)}.")


@app.command(name="list")
def list_(
    year: Annotated[int | None, typer.Option(help="Only this school year, 2026 for 2026/27.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the hubs with their places."""
    with clear_errors() as settings:
        from bot.commands import hubs_shown
        from bot.hubs.listing import listed

        hubs = read(settings, lambda session: listed(session, year=year))
        if as_json:
            typer.echo(json.dumps([hubs_shown.as_json(hub) for hub in hubs], ensure_ascii=False, indent=2))
        else:
            hubs_shown.table(hubs)


@app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Show a hub: its leader, its places year by year, and the schools of each."""
    with clear_errors() as settings:
        from bot.commands import hubs_shown
        from bot.hubs.changing import hub_named
        from bot.hubs.listing import HubYear, listed
        from bot.registrations.reading import listed as registrations
        from bot.registrations.registration import Registration

        async def look(session: "AsyncSession") -> tuple[list[HubYear], list[Registration]]:
            years = await listed(session, hub_id=await hub_named(session, name))
            return years, await registrations(session, hub=years[0].place.hub_name, state=None, year=None)

        years, schools = read(settings, look)
        if as_json:
            typer.echo(json.dumps(hubs_shown.with_schools_as_json(years, schools), ensure_ascii=False, indent=2))
        else:
            hubs_shown.with_schools(years, schools)


@app.command(name="set")
def set_(
    name: Name,
    rename: Annotated[str, typer.Option(help="Another name for the hub.")] = "",
    leader: Annotated[str, typer.Option(help="Email of another leader.")] = "",
    year: Year = None,
    new_year: Annotated[bool, typer.Option("--new-year", help="Give the hub places of --year.")] = False,
    capacity: Annotated[int | None, typer.Option(help="How many schools it takes; not below those it has.")] = None,
    is_open: Annotated[bool | None, typer.Option("--open/--closed", help="Whether it takes new schools.")] = None,
    session_on: Annotated[str, typer.Option(help='Date of the first session, or "none" to take it back.')] = "",
    session_at: SessionAt = "",
    session_venue: SessionVenue = "",
) -> None:
    """Change a hub, or its places of a school year. Places that this frees are offered to schools that wait."""
    with clear_errors() as settings:
        from bot.commands.hub_changes import Changes, change

        changes = Changes(
            rename=rename,
            leader=leader,
            new_year=new_year,
            capacity=capacity,
            is_open=is_open,
            session_on=session_on,
            session_at=session_at,
            session_venue=session_venue,
        )
        usual = _usual(settings)
        offered = write(
            settings,
            lambda session: change(session, settings, name, year or usual["year"], changes, usual["capacity"]),
        )
        typer.echo(
            f"Changed the hub {rename or name}."
            + (f" Places offered to schools that wait: {offered}." if offered else "")
        )


def _usual(settings: "Settings") -> dict[str, int]:
    """The year and capacity of a hub that names none."""
    from bot.facts import load_facts
    from bot.hubs import school_year
    from bot.london import LONDON

    schools = load_facts(settings.facts_path).facts["hub_schools"].number
    if schools is None:
        from bot.facts import FactsError

        raise FactsError("hub_schools should be a number: correct it in facts.yml")
    return {"year": school_year(datetime.now(LONDON).date()), "capacity": schools}
