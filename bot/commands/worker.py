"""``psqm worker``: sends mail without serving anything."""

import asyncio
import signal
from typing import TYPE_CHECKING

import typer

from bot.commands.errors import clear_errors

if TYPE_CHECKING:
    from bot.settings import Settings


def worker() -> None:
    """Send the mail that waits in the outbox until stopped; `psqm serve` and `psqm web` do it too."""
    with clear_errors() as settings:
        from bot import logs

        logs.configure(settings)
        asyncio.run(_work(settings))


async def _work(settings: "Settings") -> None:
    from bot.commands.database import opened
    from bot.facts import load_facts
    from bot.outbox.opening import open_worker

    facts = load_facts(settings.facts_path)
    async with opened(settings) as database:
        outbox = open_worker(settings, database, facts.short_name, facts.scheme_email)
        for told in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(told, outbox.stop)
        typer.echo("Sending mail. Stop with Ctrl-C.", err=True)
        await outbox.run()
