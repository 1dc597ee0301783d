"""``psqm letters report``: the report that a hub encloses with its letters."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.database import write
from bot.commands.errors import UsageProblem, clear_errors

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def report(
    hub: Annotated[str, typer.Option(help="The hub's name, in quotes.")],
    file: Annotated[
        Path | None, typer.Argument(help="The report, a PDF file of at most 2 MB.", show_default=False)
    ] = None,
    standard: Annotated[bool, typer.Option("--standard", help="Go back to the standard report.")] = False,
) -> None:
    """Give a hub its own report, by a science subject leader who took part, to enclose with its letters."""
    with clear_errors() as settings:
        from bot.hubs.changing import hub_named
        from bot.letters.composing.hub_letter import set_report

        if (file is None) != standard:
            raise UsageProblem("Give the report's file, or --standard: one of them.")
        content = _content(file) if file else None

        async def keep(session: "AsyncSession") -> None:
            name = file.name if file else ""
            await set_report(session, await hub_named(session, hub), content, name, datetime.now(UTC))

        write(settings, keep)
        typer.echo(f"{hub} encloses {file.name if file else 'the standard report'} with its letters now.")


def _content(file: Path) -> bytes:
    from bot.letters.composing.hub_letter import LARGEST_REPORT

    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_REPORT + 1)  # enough to tell that it is too large
    except OSError as error:
        raise UsageProblem(f"{file} cannot be read ({error.strerror}): name another file.") from None
