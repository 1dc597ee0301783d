"""``psqm letters follow-up``: who is reminded of their letter."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.database import opened, read
from bot.commands.errors import clear_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.letters.following_up.reminding import FollowUp
    from bot.letters.following_up.unanswered import Unanswered
    from bot.settings import Settings

MOST_SHOWN = 1000


def follow_up(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show who would be reminded.")] = False,
) -> None:
    """Remind those of whom nothing was heard since their letter; the service does that by itself too, every hour."""
    with clear_errors() as settings:
        from bot.letters.mailing.sending import open_follow_up
        from bot.notices.opening import open_scheme

        plan = open_follow_up(settings, open_scheme(settings))
        if dry_run:
            _show(_due(settings, plan))
        elif plan.is_quiet(datetime.now(UTC)):
            typer.echo(f"Nobody was reminded: letters leave {settings.letter_hours} (PSQM_LETTER_HOURS).")
        else:
            count = asyncio.run(_remind(settings, plan))
            typer.echo(f"Reminders put into the outbox: {count}.")


def _due(settings: "Settings", plan: "FollowUp") -> "list[Unanswered]":
    from bot.letters.following_up.reminding import due

    return read(settings, lambda session: due(session, datetime.now(UTC), plan, MOST_SHOWN + 1))


async def _remind(settings: "Settings", plan: "FollowUp") -> int:
    from bot.housekeeping import follow_up_letters

    async with opened(settings) as database:
        return await follow_up_letters(database, plan, datetime.now(UTC))


def _show(found: "Sequence[Unanswered]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not found:
        typer.echo("Nobody is to be reminded now.")
        return
    table = Table("Reminder", "To", "School", "Hub", "Letter of", box=None, padding=(0, 2, 0, 0))
    for it in found[:MOST_SHOWN]:
        letter = it.letter
        school, hub = letter.school.name if letter.school else "", letter.place.hub_name if letter.place else ""
        which = "last" if it.kind == "letter_last_reminder" else "first"
        cells = (which, letter.email, school, hub, f"{letter.dated:%-d %b %Y}")
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)
    more = " or more" if len(found) > MOST_SHOWN else ""
    typer.echo(f"To be reminded: {min(len(found), MOST_SHOWN)}{more}.")
