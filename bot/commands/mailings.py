"""``psqm letters send|status|pause|resume``: letters to a whole area."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.database import read, write
from bot.commands.errors import UsageProblem, clear_errors

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

Hub = Annotated[str, typer.Option(help="The hub's name, in quotes.")]
Year = Annotated[int | None, typer.Option(help="School year by its beginning, 2026 for 2026/27. Default: this one.")]
Mailing = Annotated[
    str,
    typer.Argument(metavar="[MAILING]", help="Its number in `psqm letters status`; needless when there is only one."),
]


def send(
    hub: Hub = "",
    to: Annotated[
        Path | None,
        typer.Option(
            help="CSV of whom to write to: email; and, where known, name, school, urn, address, town, postcode."
        ),
    ] = None,
    near: Annotated[str, typer.Option(help="Only schools around this hub or postcode, as the register has them.")] = "",
    within: Annotated[str, typer.Option(help="How far around: 15km, 10miles.")] = "",
    save: Annotated[
        Path | None,
        typer.Option(help="Write the schools of the area into this CSV, to be completed; send nothing."),
    ] = None,
    year: Year = None,
    rate: Annotated[int | None, typer.Option(min=1, help="Letters a minute. Default: PSQM_LETTER_RATE.")] = None,
    attach: Annotated[bool, typer.Option("--attach", help="Attach PDF and report instead of linking them.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, print what would be done, and stop.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Stay until all have left, or leave it to the service.")
    ] = True,
) -> None:
    """Send the letter of a hub to the schools of its area: checks everything, says what it will do, and asks first.

    Nobody gets it twice in a school year. Letters leave in the hours of PSQM_LETTER_HOURS, from here and a running service.
    """
    with clear_errors() as settings:
        from bot.commands import sending
        from bot.letters.mailing.area import is_postcode

        if bool(near) != bool(within):
            raise UsageProblem("--near and --within go together: --near HUB --within 15km")
        asked = sending.Wanted(
            hub or ("" if is_postcode(near) else near),
            to,
            near,
            within,
            save,
            year,
            rate or settings.letter_rate,
            attach,
        )
        if save:
            sending.save_area(settings, asked)
        elif to is None:
            raise UsageProblem(
                "say whom to write to: --to FILE.csv. The register has no email addresses: "
                "--near HUB --within 15km --save FILE.csv writes the schools of an area to be completed"
            )
        else:
            sending.send(settings, asked, dry_run=dry_run, yes=yes, wait=wait)


def status(
    hub: Hub = "",
    year: Annotated[int | None, typer.Option(help="Only this school year, 2026 for 2026/27.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Show what came of letters: of each mailing, of those that were asked for, and in all."""
    with clear_errors() as settings:
        from bot.commands import mailings_shown
        from bot.hubs.changing import hub_named
        from bot.letters.mailing.status import Standing, standings

        async def look(session: "AsyncSession") -> list[Standing]:
            return await standings(session, hub_id=await hub_named(session, hub) if hub else None, year=year)

        found = read(settings, look)
        if as_json:
            typer.echo(json.dumps(mailings_shown.as_json(found), ensure_ascii=False, indent=2))
        else:
            mailings_shown.table(found)


def pause(mailing: Mailing = "") -> None:
    """Stop a mailing for now: what is planned stays planned. Letters that are in the outbox already still leave."""
    with clear_errors() as settings:
        from bot.letters.mailing import mailings

        async def work(session: "AsyncSession") -> tuple[str, bool]:
            mailing_id = await mailings.find(session, mailing, ("sending",))
            return mailing_id, await mailings.pause(session, mailing_id, "by hand")

        mailing_id, paused = write(settings, work)
        if not paused:
            raise UsageProblem(f"Mailing {mailing_id[:8]} is not being sent: psqm letters status shows it.")
        typer.echo(f"Paused. `psqm letters resume {mailing_id[:8]}` goes on.")


def resume(mailing: Mailing = "") -> None:
    """Go on with a mailing that was paused, or that paused because letters could not be delivered: those are tried again."""
    with clear_errors() as settings:
        from bot.letters.mailing import mailings

        async def work(session: "AsyncSession") -> tuple[str, bool]:
            mailing_id = await mailings.find(session, mailing, ("paused",))
            return mailing_id, await mailings.resume(session, mailing_id, datetime.now(UTC))

        mailing_id, resumed = write(settings, work)
        if not resumed:
            raise UsageProblem(f"Mailing {mailing_id[:8]} is not paused: psqm letters status shows it.")
        typer.echo("It goes on, as long as `psqm serve`, `psqm web` or `psqm worker` runs.")
