"""`psqm leaders`: who leads the hubs."""

from typing import Annotated

import typer

from bot.commands.database import write
from bot.commands.errors import clear_errors

app = typer.Typer(help="Hub leaders.", no_args_is_help=True)


@app.callback()
def leaders() -> None:
    """Hub leaders."""  # a group with one command would be that command, without its name


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The leader's name, in quotes.")],
    email: Annotated[str, typer.Argument(help="Where mail about schools and places goes.")],
) -> None:
    """Add a hub leader, or correct the name of the one with this email."""
    with clear_errors() as settings:
        from bot.hubs import add_leader

        write(settings, lambda session: add_leader(session, name, email))
        typer.echo(f"{name.strip()} can lead hubs now: psqm hubs add")
