"""``psqm letters``: the letter that invites schools, how it is worded, sent and followed."""

import typer

from bot.commands import mailings

app = typer.Typer(
    name="letters", help="The letter: its wording, sending it to an area, and what came of it.", no_args_is_help=True
)

app.command()(mailings.send)
app.command()(mailings.status)
app.command()(mailings.pause)
app.command()(mailings.resume)
