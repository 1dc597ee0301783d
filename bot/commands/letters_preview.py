"""``psqm letters preview``: one of each form, to look at before anything is sent."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.database import read
from bot.commands.errors import UsageProblem, clear_errors
from bot.london import LONDON

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.hubs.place import Place
    from bot.letters.composing.hub_letter import HubLetter


def preview(
    hub: Annotated[str, typer.Option(help="The hub whose letter to show. Default: an invented one.")] = "",
    out: Annotated[
        Path | None, typer.Option(help="Folder for the files. Default: preview in the data folder.", show_default=False)
    ] = None,
    opens: Annotated[bool, typer.Option("--open/--no-open", help="Open each file.")] = True,
) -> None:
    """Write one of each form of the letter, to an invented school, and open them."""
    with clear_errors() as settings:
        from bot.letters.composing.preview import forms_of
        from bot.letters.composing.standard import example_letter
        from bot.letters.opening import open_forms, open_letter_links
        from bot.letters.problems import LetterProblem

        today = datetime.now(LONDON).date()
        place, own = read(settings, lambda session: _of_hub(session, hub, today))
        forms, letter = open_forms(settings), example_letter(today, place)
        files = forms_of(forms, letter, own, open_letter_links(settings))
        folder = out or settings.ensure_data_dir() / "preview"
        paths = _written(folder, files)
        typer.echo("\n".join(str(path) for path in paths))
        try:
            forms.check(letter, own)
        except LetterProblem as problem:
            typer.secho(f"Before it can be sent: {problem}", fg=typer.colors.YELLOW, err=True)
        if opens:
            for path in paths:
                typer.launch(str(path))


async def _of_hub(session: "AsyncSession", hub: str, today: date) -> "tuple[Place | None, HubLetter]":
    from bot.hubs import school_year
    from bot.hubs.changing import cohort_of, hub_named
    from bot.hubs.finding import place_of
    from bot.letters.composing.hub_letter import hub_letter
    from bot.letters.composing.standard import EXAMPLE_OWN

    if not hub:
        return None, EXAMPLE_OWN
    hub_id = await hub_named(session, hub)
    place = await place_of(session, await cohort_of(session, hub_id, school_year(today)))
    return place, await hub_letter(session, hub_id)


def _written(folder: Path, files: dict[str, bytes]) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise UsageProblem(
            f"{folder} cannot be written to ({error.strerror}): name another folder with --out."
        ) from None
    return [folder / name for name in files]
