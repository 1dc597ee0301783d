"""``psqm worker``: sends mail without serving anything."""

import asyncio
import signal
from typing import TYPE_CHECKING

import typer

from bot.commands.errors import clear_errors

if TYPE_CHECKING:
    from bot.settings import Settings


def worker() -> None:
    """Send the mail that waits in the outbox, and letters as they fall due, until stopped; `psqm serve` and `psqm web` do too.

    Posts to Slack and Teams leave from `psqm serve` and `psqm web` alone.
    """
    with clear_errors() as settings:
        from bot import logs

        logs.configure(settings)
        asyncio.run(_work(settings))


async def _work(settings: "Settings") -> None:
    from bot.commands.database import opened
    from bot.letters.mailing.releasing import releasing
    from bot.letters.mailing.sending import open_releaser, open_writers
    from bot.notices.opening import open_scheme
    from bot.outbox.opening import open_worker
    from bot.questions.opening import question_writers

    scheme = open_scheme(settings)
    async with opened(settings) as database:
        writers = open_writers(settings, scheme) | question_writers()
        outbox = open_worker(settings, database, scheme.short_name, scheme.email, writers=writers)
        for told in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(told, outbox.stop)
        typer.echo("Sending mail. Stop with Ctrl-C.", err=True)
        async with releasing(open_releaser(settings, database, scheme)):
            await outbox.run()
