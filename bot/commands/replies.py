"""``psqm replies``: the mail that arrived, what came of it, and another try."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.database import read, write
from bot.commands.errors import UsageProblem, clear_errors

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.replies.office import Standing
    from bot.settings import Settings

app = typer.Typer(name="replies", help="Mail that answers letters, and what came of it.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="ID", help="The mail's number in `psqm replies list`.")]


@app.command("list")
def show_all(
    failed: Annotated[bool, typer.Option("--failed", help="Only what could not be handled.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """List the mails that arrived, the newest first, with what they were taken for and what came of them."""
    with clear_errors() as settings:
        from bot.replies.office import listed

        mails = read(settings, lambda session: listed(session, failed=failed))
        if as_json:
            typer.echo(json.dumps([_as_json(mail) for mail in mails], ensure_ascii=False, indent=2))
        elif mails:
            _print(mails)
        else:
            typer.echo("Everything could be handled." if failed else "No mail has arrived.")


@app.command()
def show(number: Number) -> None:
    """Print a mail as it arrived, to look at what the assistant stumbled over; only what waits or failed is kept."""
    with clear_errors() as settings:
        from bot.replies.office import raw_of

        raw = read(settings, lambda session: raw_of(session, number))
        if raw is None:
            raise UsageProblem(f"Mail {number} is not there, or was handled and is kept no more.")
        sys.stdout.buffer.write(raw)


@app.command()
def retry(
    number: Annotated[int | None, typer.Argument(metavar="[ID]", help="The number in `psqm replies list`.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that failed or waits.")] = False,
) -> None:
    """Handle a mail again that could not be handled, or all of them; mend the cause first."""
    with clear_errors() as settings:
        if (number is None) != everything:
            raise UsageProblem("Give the number of one mail, or --all for all: `psqm replies list --failed` has them.")

        async def work(session: "AsyncSession") -> int:
            from bot.replies.office import retry, state_of

            count = await retry(session, datetime.now(UTC), number)
            if number is not None and not count:
                state = await state_of(session, number)
                says = f"Mail {number} is {state}: nothing to do." if state else f"There is no mail {number}."
                raise UsageProblem(says)
            return count

        count = write(settings, work)
        typer.echo(f"{count} {'mail' if count == 1 else 'mails'} will be handled again.")


@app.command()
def check() -> None:
    """Look into the mailbox once, handle what is there, and say what came of it."""
    with clear_errors() as settings:
        from bot import logs

        if not settings.imap_url:
            raise UsageProblem("No mailbox is set: set PSQM_IMAP_URL and PSQM_REPLY_ADDRESS, see docs/replies.md.")
        logs.configure(settings)
        new, came_of = asyncio.run(_check(settings))
        typer.echo(f"The mailbox can be read. New there: {new}.")
        for (state, verdict), count in sorted(came_of.items()):
            typer.echo(f"  {count} {state.replace('_', ' ')} ({verdict.replace('_', ' ')})")
        if new > sum(came_of.values()):
            typer.echo("The others wait for the assistant: `psqm serve` answers them, see `psqm replies list`.")


async def _check(settings: "Settings") -> "tuple[int, Counter[tuple[str, str]]]":
    from bot.commands.database import opened
    from bot.replies.mailbox.imap import MailboxRefused, MailboxTrouble
    from bot.replies.opening import look_once

    came_of: Counter[tuple[str, str]] = Counter()

    def count(state: str, verdict: str) -> None:
        came_of[state, verdict] += 1

    async with opened(settings) as database:
        try:
            new = await look_once(settings, database, count)
        except MailboxTrouble as trouble:
            what = (
                "user and password (or PSQM_IMAP_OAUTH_…)"
                if isinstance(trouble, MailboxRefused)
                else "host, port and folder"
            )
            raise UsageProblem(f"The mailbox of PSQM_IMAP_URL {trouble}: check {what} there") from None
    return new, came_of


def _as_json(mail: "Standing") -> dict[str, object]:
    from dataclasses import asdict

    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(mail).items()}


def _print(mails: "Sequence[Standing]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from bot.london import LONDON

    table = Table("ID", "Arrived", "From", "State", "Taken for", "What went wrong", box=None, padding=(0, 2, 0, 0))
    for mail in mails:
        arrived = f"{mail.received_at.astimezone(LONDON):%-d %b %H:%M}"
        state, verdict = mail.state.replace("_", " "), mail.verdict.replace("_", " ")
        table.add_row(*(Text(cell) for cell in (str(mail.id), arrived, mail.sender, state, verdict, mail.error)))
    Console().print(table)
