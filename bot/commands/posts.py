"""``psqm posts``: what has not been posted to Slack and Teams yet, and what could not be."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.errors import clear_errors

if TYPE_CHECKING:
    from bot.posts.office import Standing
    from bot.settings import Settings

app = typer.Typer(
    name="posts", help="Posts to Slack and Teams that wait, or could not be posted.", no_args_is_help=True
)


@app.callback()
def _group() -> None:
    """Keeps ``list`` a command of its own while it is the only one."""


@app.command("list")
def show(
    failed: Annotated[bool, typer.Option("--failed", help="Only what could not be posted, and left by mail.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """List the posts that have not left, the newest first, with what went wrong."""
    with clear_errors() as settings:
        posts = asyncio.run(_listed(settings, failed))
        if as_json:
            typer.echo(json.dumps([_as_json(post) for post in posts], indent=2))
        elif posts:
            _print(posts)
        else:
            typer.echo("No post has failed." if failed else "No post waits.")


async def _listed(settings: "Settings", failed: bool) -> "list[Standing]":
    from bot.commands.database import opened
    from bot.posts.office import listed

    async with opened(settings) as database, database.reading() as session:
        return await listed(session, failed=failed)


def _as_json(post: "Standing") -> dict[str, object]:
    from dataclasses import asdict
    from datetime import datetime

    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(post).items()}


def _print(posts: "list[Standing]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("ID", "Where", "State", "What", "About", "Tries", "What went wrong", box=None, padding=(0, 2, 0, 0))
    for post in posts:
        about = f"{post.subject_kind} {post.subject_id[:8]}"
        cells = (str(post.id), post.platform, post.state, post.kind, about, str(post.attempts), post.error)
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)
