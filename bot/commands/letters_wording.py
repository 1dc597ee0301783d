"""``psqm letters wording``: a hub's own wording of the letter, checked before it is kept."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.database import read, write
from bot.commands.errors import UsageProblem, clear_errors

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def wording(
    hub: Annotated[str, typer.Option(help="The hub's name, in quotes.")],
    file: Annotated[
        Path | None, typer.Argument(help="The wording, as docs/letter-wording.md describes it.", show_default=False)
    ] = None,
    standard: Annotated[bool, typer.Option("--standard", help="Go back to the standard wording.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Print the wording that the hub has now.")] = False,
) -> None:
    """Give a hub its own wording of the letter, from a file."""
    with clear_errors() as settings:
        from bot.hubs.changing import hub_named
        from bot.letters.composing.hub_letter import hub_letter, set_wording
        from bot.letters.opening import open_forms

        if sum((file is not None, standard, show)) != 1:
            raise UsageProblem("Give the wording's file, or --standard, or --show: one of them.")

        async def kept(session: "AsyncSession") -> str:
            return (await hub_letter(session, await hub_named(session, hub))).wording

        async def keep(session: "AsyncSession") -> None:
            await set_wording(session, await hub_named(session, hub), given, datetime.now(UTC))

        if show:
            own = read(settings, kept)
            typer.echo(own or (settings.letter_path / "letter.md").read_text(encoding="utf-8"), nl=False)
            return
        given = _text(file) if file else ""
        if file:
            open_forms(settings).check_wording(given)
        write(settings, keep)
        which = f"its own wording of the letter, from {file}" if file else "the standard wording of the letter"
        typer.echo(f'{hub} has {which} now. `psqm letters preview --hub "{hub}"` shows it.')


def _text(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageProblem(f"{file} cannot be read ({error.strerror}): name another file.") from None
    except UnicodeDecodeError:
        raise UsageProblem(f"{file} is not a text in UTF-8: save it as plain text in UTF-8.") from None
    if not text.strip():
        raise UsageProblem(f"{file} is empty: --standard goes back to the standard wording.")
    return text
