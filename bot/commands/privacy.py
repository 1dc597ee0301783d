"""``psqm privacy``: show a person what is kept about them, erase it, and erase what is old."""

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.database import opened, read, write
from bot.commands.errors import UsageProblem, clear_errors
from bot.commands.notices import notices

if TYPE_CHECKING:
    from bot.housekeeping import Erased as ErasedForAge
    from bot.privacy import Erased
    from bot.settings import Settings

app = typer.Typer(name="privacy", help="What is kept about people: export it, erase it.", no_args_is_help=True)

_NOTHING = "Nothing is kept about that address: check its spelling, or ask for the one they registered with."

Email = Annotated[str, typer.Argument(help="The person's email address.")]


@app.command()
def export(
    email: Email,
    out: Annotated[Path | None, typer.Option("--out", help="Write to this file, which only you can read.")] = None,
) -> None:
    """Give out everything that is kept about a person, as JSON."""
    with clear_errors() as settings:
        document = _export(settings, email)
        if document is None:
            raise UsageProblem(_NOTHING)
        text = json.dumps(document, ensure_ascii=False, indent=2)
        if out is None:
            typer.echo(text)
        else:
            _write(out, text + "\n")
            typer.echo(f"Written to {out}.", err=True)


@app.command()
def erase(email: Email, yes: Annotated[bool, typer.Option("--yes", help="Do not ask before erasing.")] = False) -> None:
    """Erase everything that is kept about a person; a school whose last person goes is withdrawn."""
    with clear_errors() as settings:
        if not yes:
            typer.confirm(f"Erase everything about {email}? This cannot be undone.", abort=True, err=True)
        erased = _erase(settings, email)
        if erased is None:
            raise UsageProblem(_NOTHING)
        _tell(erased)


@app.command("object")
def object_(email: Email) -> None:
    """Send no letter to an address any more: for somebody who rings or writes rather than use the link in a letter."""
    with clear_errors() as settings:
        from bot.letters.opening import open_suppression
        from bot.outbox.mail import is_address
        from bot.privacy import object_to_letters

        if not is_address(email.strip()):
            raise UsageProblem(f"{email} is no email address: write it as in head@school.example.")
        suppression, now = open_suppression(settings), datetime.now(UTC)
        write(settings, lambda session: object_to_letters(session, email, suppression, now))
        typer.echo("No letter goes to that address any more.")


@app.command()
def retention() -> None:
    """Erase the conversations, registrations and letters whose time is over; the service does that by itself too."""
    with clear_errors() as settings:
        erased = asyncio.run(_retain(settings))
        counts = (_counted(count, what.removesuffix("s")) for what, count in erased._asdict().items())
        typer.echo(f"Erased: {', '.join(counts)}.")


def _export(settings: "Settings", email: str) -> dict[str, Any] | None:
    from bot.letters.opening import open_suppression
    from bot.privacy import Elsewhere, export

    elsewhere, suppression = Elsewhere.of(settings), open_suppression(settings)
    return read(settings, lambda session: export(session, email, elsewhere, suppression))


def _erase(settings: "Settings", email: str) -> "Erased | None":
    from bot.letters.opening import open_suppression
    from bot.privacy import Elsewhere, erase

    now, tell, days = datetime.now(UTC), notices(settings), settings.offer_days
    elsewhere, suppression = Elsewhere.of(settings), open_suppression(settings)
    return write(settings, lambda session: erase(session, email, now, tell, elsewhere, suppression, offer_days=days))


async def _retain(settings: "Settings") -> "ErasedForAge":
    from bot.housekeeping import apply_retention

    async with opened(settings) as database:
        return await apply_retention(database, settings, notices(settings), datetime.now(UTC))


def _write(path: Path, text: str) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageProblem(f"{path} is there already: choose another name.") from None
    except OSError as error:
        raise UsageProblem(f"{path} cannot be written ({error.strerror}): choose another place.") from None


def _tell(erased: "Erased") -> None:
    counted = [_counted(count, what) for what, count in erased.rows.items() if count]
    typer.echo(f"Erased: {', '.join(counted)}.")
    for school in erased.withdrawn:
        typer.echo(f"Withdrawn, as nobody of the school is left: {school}. Please tell the hub's leader.")


def _counted(count: int, what: str) -> str:
    if count == 1:
        return f"1 {what}"
    return f"{count} {'people' if what == 'person' else what + 's'}"
