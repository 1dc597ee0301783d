"""`psqm officers`: the people of the office, who see all hubs on the desk."""

from typing import Annotated

import typer

from bot.commands.database import read, write
from bot.commands.errors import clear_errors

app = typer.Typer(help="The people of the office, who see all hubs on the desk.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="Their address of record, where sign-in links go.")]


@app.command()
def add(name: Annotated[str, typer.Argument(help="The name, in quotes.")], email: Email) -> None:
    """Add somebody, or correct the name of the one with this email."""
    with clear_errors() as settings:
        from bot.staff.officers import add_officer

        write(settings, lambda session: add_officer(session, name, email))
        typer.echo(f"{name.strip()} can sign in at {settings.public_url}/desk")


@app.command(name="list")
def list_() -> None:
    """List them by name."""
    with clear_errors() as settings:
        from bot.staff.officers import officers

        found = read(settings, officers)
        for name, email in found:
            typer.echo(f"{name} <{email}>")
        if not found:
            typer.echo("Nobody yet: psqm officers add, or sign in with the office's own address.")


@app.command()
def remove(email: Email) -> None:
    """Remove somebody: they are signed out at once."""
    with clear_errors() as settings:
        from bot.staff.officers import remove_officer

        write(settings, lambda session: remove_officer(session, email))
        typer.echo(f"Removed: {email.strip().lower()}")
