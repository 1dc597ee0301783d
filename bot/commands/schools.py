"""`psqm schools`: the register of schools."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.errors import UsageProblem, clear_errors

if TYPE_CHECKING:
    from rich.progress import Progress

    from bot.schools.importing import Report
    from bot.settings import Settings

app = typer.Typer(help="The school register.", no_args_is_help=True)

_SHOWN = 20  # bad rows; --json has all


@app.callback()
def schools() -> None:
    """The school register."""  # a group with one command would be that command, without its name


@app.command(name="import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Files as GIAS publishes them, plain or .gz: edubasealldata….csv, links_edubasealldata….csv."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Import schools, and which school took a closed one's place. What is there already stays; running it again is harmless."""
    import asyncio

    with clear_errors() as settings:
        reports = asyncio.run(_import(settings, files))
        if as_json:
            typer.echo(json.dumps([_as_json(report) for report in reports], ensure_ascii=False, indent=2))
        else:
            typer.echo("\n".join(_as_text(report) for report in reports))


async def _import(settings: "Settings", files: list[Path]) -> list["Report"]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from bot.schools.importing import import_file
    from bot.schools.register_file import FileRefused, open_register
    from bot.store.database import Database
    from bot.store.migrate import upgrade

    settings.ensure_data_dir()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    try:
        # All are looked at before the first is imported; links come last, as they tie schools together.
        opened = sorted((open_register(path) for path in files), key=lambda file: file.kind == "links")
        await upgrade(settings.database_url)
        database = Database(settings.database_url)
        try:
            with Progress(*columns, console=Console(stderr=True)) as progress:
                return [await import_file(database, file, _bar(progress, file.path.name)) for file in opened]
        finally:
            await database.close()
    except FileRefused as error:
        raise UsageProblem(str(error)) from None


def _bar(progress: "Progress", name: str) -> Callable[[int, int], None]:
    task = progress.add_task(name, total=None)
    return lambda read, size: progress.update(task, total=size, completed=read)


def _as_text(report: "Report") -> str:
    counts = f"{report.added:,} added, {report.changed:,} changed, {report.unchanged:,} unchanged"
    successors = f"{report.successors:,} closed schools led to their successors"
    lines = [f"{report.path}: {successors if report.kind == 'links' else f'{counts}; {successors}'}."]
    if report.skipped:
        lines.append(f"Left out, for you to look at: {len(report.skipped):,} rows.")
        lines += [f"  line {bad.line}: {bad.why}" for bad in report.skipped[:_SHOWN]]
    if len(report.skipped) > _SHOWN:
        lines.append(f"  … and {len(report.skipped) - _SHOWN:,} more: --json lists all.")
    return "\n".join(lines)


def _as_json(report: "Report") -> dict[str, Any]:
    return {
        "file": str(report.path),
        "kind": report.kind,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "successors": report.successors,
        "skipped": [{"line": bad.line, "why": bad.why} for bad in report.skipped],
    }
