"""`psqm registrations`: which schools have registered, and what becomes of them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.commands.database import read, write
from bot.commands.errors import UsageProblem, clear_errors
from bot.commands.notices import notices

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.registrations.registration import Registration
    from bot.registrations.registration import State as Kept
    from bot.settings import Settings

app = typer.Typer(help="Schools that have registered.", no_args_is_help=True)

Hub = Annotated[str | None, typer.Option(help="Only those of this hub.")]
Year = Annotated[int | None, typer.Option(help="Only those for this school year, 2026 for 2026/27.")]
ByHand = Annotated[bool, typer.Option("--by-hand", help="Only schools that the register does not have.")]
Id = Annotated[str, typer.Argument(help="The registration's id as `list` shows it, or how it begins.")]
Why = Annotated[str, typer.Option(help="Why, for the record.")]
State = Annotated[
    Literal["interested", "confirmed", "waiting", "withdrawn"] | None, typer.Option(help="Only those in this state.")
]


@app.command(name="list")
def list_(
    hub: Hub = None,
    state: State = None,
    year: Year = None,
    by_hand: ByHand = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """List registrations, in the order in which they were made."""
    with clear_errors() as settings:
        from bot.commands import registrations_shown as shown
        from bot.registrations import exporting

        found = _listed(settings, hub, state, year, by_hand)
        if as_json:
            typer.echo(exporting.as_json(found), nl=False)
        else:
            shown.table(found)


@app.command()
def export(
    hub: Hub = None,
    state: State = None,
    year: Year = None,
    by_hand: ByHand = False,
    as_: Annotated[Literal["csv", "json"], typer.Option("--as", help="The format.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="The file to write. Default: the terminal.")] = None,
) -> None:
    """Export registrations with their people, as CSV for spreadsheets or as JSON."""
    with clear_errors() as settings:
        from bot.registrations import exporting

        found = _listed(settings, hub, state, year, by_hand)
        text = exporting.as_csv(found) if as_ == "csv" else exporting.as_json(found)
        if out is None:
            typer.echo(text, nl=False)
            return
        try:
            # With its mark, so that spreadsheets read UTF-8 as what it is.
            out.write_text(text, encoding="utf-8-sig" if as_ == "csv" else "utf-8", newline="")
        except OSError as error:
            raise UsageProblem(f"{out} cannot be written ({error.strerror}): name another file") from None
        typer.echo(f"Registrations written to {out}: {len(found)}.", err=True)


@app.command()
def confirm(id_: Id, why: Why = "Confirmed by the office.") -> None:
    """Confirm the place that a school holds."""
    with clear_errors() as settings:
        from bot.registrations import changing

        async def work(session: "AsyncSession") -> "Registration":
            tell = notices(settings)
            return await changing.confirm(session, await _full_id(session, id_), "office", why, _now(), tell)

        _report(write(settings, work))


@app.command()
def withdraw(id_: Id, why: Why = "Withdrawn by the office.") -> None:
    """Withdraw a school; its place is offered to the first school that waits."""
    with clear_errors() as settings:
        from bot.registrations import changing

        async def work(session: "AsyncSession") -> "Registration":
            full, tell, days = await _full_id(session, id_), notices(settings), settings.offer_days
            return await changing.withdraw(session, full, "office", why, _now(), tell, offer_days=days)

        _report(write(settings, work))


@app.command()
def assign(
    id_: Id,
    hub: Annotated[str, typer.Option(help="The hub's name.")],
    why: Why = "Handed to the hub by the office.",
) -> None:
    """Hand a school that waits to a hub, where it gets a place or waits for one."""
    with clear_errors() as settings:
        from bot.hubs.changing import cohort_of, hub_named
        from bot.registrations import reading
        from bot.registrations.assigning import assign as hand_over

        async def work(session: "AsyncSession") -> "Registration":
            full = await _full_id(session, id_)
            year = (await reading.registration(session, full)).year
            cohort_id = await cohort_of(session, await hub_named(session, hub), year)
            return await hand_over(session, full, cohort_id, "office", why, _now(), notices(settings))

        _report(write(settings, work))


def _listed(
    settings: "Settings", hub: str | None, state: "Kept | None", year: int | None, by_hand: bool
) -> "list[Registration]":
    from bot.hubs.changing import hub_named
    from bot.registrations.reading import listed

    async def look(session: "AsyncSession") -> "list[Registration]":
        if hub is not None:
            await hub_named(session, hub)
        return await listed(session, hub=hub, state=state, year=year, by_hand=by_hand)

    return read(settings, look)


async def _full_id(session: "AsyncSession", beginning: str) -> str:
    from bot.registrations.reading import identified

    found = await identified(session, beginning)
    if len(found) != 1:
        which = "several begin" if found else "none begins"
        raise UsageProblem(f"Of the registrations {which} with {beginning}: take an id from psqm registrations list")
    return found[0]


def _report(registration: "Registration") -> None:
    typer.echo(f"{registration.school_name}: {registration.state}.")


def _now() -> datetime:
    return datetime.now(UTC)
