"""`psqm train`: trains, compares with the model that answers, and lets the running engine take the new one."""

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.errors import UsageProblem, clear_errors

if TYPE_CHECKING:
    from bot.learning.comparing import Changed, Comparison
    from bot.settings import Settings

_MOST_SHOWN = 25


def train(
    force: Annotated[bool, typer.Option(help="Train even if nothing has changed.")] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Show what gets better and worse, and ask before anything is replaced.")
    ] = False,
    yes: Annotated[
        bool | None, typer.Option("--yes/--no", help="With --compare: replace the model, or keep it, without asking.")
    ] = None,
) -> None:
    """Train the model, if its examples, responses or components have changed; a running engine takes it at once."""
    with clear_errors() as settings:
        from bot import training

        if yes is not None and not compare:
            raise UsageProblem("--yes and --no belong to --compare.")
        if not compare:
            trained = _working(lambda: training.train(settings.model_path, force=force))
            typer.echo(f"{'Trained' if trained else 'Nothing has changed'}: {settings.model_path}")
        else:
            trained = _compared(settings, force=force, yes=yes)
        if trained:
            _take_up(settings)


def _working[Result](work: Callable[[], Result]) -> Result:
    from rich.console import Console

    with Console(stderr=True).status("Training: some minutes when something has changed"):
        return work()


def _compared(settings: "Settings", *, force: bool, yes: bool | None) -> bool:
    """Whether the model was replaced."""
    from bot import training
    from bot.learning.comparing import compare, practice

    candidate = _working(lambda: training.train_candidate(settings.model_path, force=force))
    if candidate is None:
        typer.echo(f"Nothing has changed: {settings.model_path}")
        return False
    if settings.model_path.is_file():
        questions, says = practice()
        typer.echo(f"Compared by {says}.")
        _show(asyncio.run(compare(settings.model_path, candidate, questions)))
    if yes is None:
        if not sys.stdin.isatty():
            raise UsageProblem(f"Nobody is there to ask: add --yes or --no. The new model waits at {candidate}.")
        yes = typer.confirm("Replace the model?")
    if not yes:
        typer.echo(f"Nothing is replaced. The new model waits at {candidate}: the same command asks again.")
        return False
    training.replace(settings.model_path)
    typer.echo(f"Replaced: {settings.model_path}")
    return True


def _take_up(settings: "Settings") -> None:
    from bot.learning.teaching import NotTaught, Teaching

    try:
        model = asyncio.run(Teaching(settings.engine_url, settings.engine_secret).load_model())
    except NotTaught as error:
        typer.echo(f"It is used from the engine's next start. {error}")
    else:
        typer.echo(f"The running engine answers with it now ({model}).")


def _show(comparison: "Comparison") -> None:
    old, new = comparison.rights
    typer.echo(f"Right: {old} of {comparison.asked} before, {new} now.")
    for topic, (before, after) in comparison.by_topic.items():
        typer.echo(f"  {topic}: {before} → {after}")
    for title, changed in (("Better", comparison.better), ("Worse", comparison.worse), ("Other", comparison.others)):
        _show_changed(title, changed)


def _show_changed(title: str, changed: "list[Changed]") -> None:
    typer.echo(f"{title}: {len(changed)}")
    for one in changed[:_MOST_SHOWN]:
        typer.echo(f"  {one.text}  [{one.before} → {one.after}]")
    if len(changed) > _MOST_SHOWN:
        typer.echo(f"  and {len(changed) - _MOST_SHOWN} more")
