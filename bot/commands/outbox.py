"""``psqm outbox``: what has not left yet, what could not be delivered, and another try."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot.commands.errors import UsageProblem, clear_errors

if TYPE_CHECKING:
    from bot.outbox.office import Standing
    from bot.settings import Settings

app = typer.Typer(name="outbox", help="Mail that waits, and mail that could not be delivered.", no_args_is_help=True)


@app.command("list")
def show(
    failed: Annotated[bool, typer.Option("--failed", help="Only what could not be delivered.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Also what was sent.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """List the mails that have not left, the newest first, with what went wrong."""
    with clear_errors() as settings:
        if failed and everything:
            raise UsageProblem("Give --failed or --all, not both.")
        mails = asyncio.run(_listed(settings, failed, everything))
        if as_json:
            typer.echo(json.dumps([_as_json(mail) for mail in mails], ensure_ascii=False, indent=2))
        elif mails:
            _print(mails)
        else:
            typer.echo("No mail has failed." if failed else "No mail waits.")


@app.command()
def retry(
    mail_id: Annotated[
        int | None, typer.Argument(metavar="[ID]", help="The mail's number in `psqm outbox list`.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every mail that could not be delivered.")] = False,
) -> None:
    """Send a mail again that could not be delivered, or all of them; mend the cause first."""
    with clear_errors() as settings:
        if (mail_id is None) != everything:
            raise UsageProblem("Give the number of one mail, or --all for all: `psqm outbox list --failed` has them.")
        count = asyncio.run(_retry(settings, mail_id))
        typer.echo(f"{count} {'mail' if count == 1 else 'mails'} will be sent again.")


async def _listed(settings: "Settings", failed: bool, everything: bool) -> "list[Standing]":
    from bot.commands.database import opened
    from bot.outbox.office import UNSENT, listed

    async with opened(settings) as database, database.reading() as session:
        return await listed(session, ("failed",) if failed else (*UNSENT, "sent") if everything else UNSENT)


async def _retry(settings: "Settings", mail_id: int | None) -> int:
    from bot.commands.database import opened
    from bot.outbox.office import retry, state_of

    async with opened(settings) as database, database.writing() as session:
        count = await retry(session, datetime.now(UTC), mail_id)
        if mail_id is not None and not count:
            state = await state_of(session, mail_id)
            raise UsageProblem(
                f"Mail {mail_id} is {state}, not failed: nothing to do." if state else f"There is no mail {mail_id}."
            )
        await session.commit()
        return count


def _as_json(mail: "Standing") -> dict[str, object]:
    from dataclasses import asdict

    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(mail).items()}


def _print(mails: "Sequence[Standing]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("ID", "State", "To", "Subject", "Tries", "Next", "What went wrong", box=None, padding=(0, 2, 0, 0))
    for mail in mails:
        upcoming = _clock(mail.next_at) if mail.state in ("queued", "waiting") else ""
        cells = (str(mail.id), mail.state, mail.recipient, mail.subject, str(mail.attempts), upcoming, mail.error)
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo('Europe/London')):%-d %b %H:%M}"
