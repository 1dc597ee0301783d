"""``psqm letters``: the letter that invites schools, how it is worded, sent and followed."""

import typer

from bot.commands import letters_address, letters_follow_up, letters_preview, letters_report, letters_wording, mailings

app = typer.Typer(
    name="letters", help="The letter: its wording, sending it to an area, and what came of it.", no_args_is_help=True
)

app.command()(letters_preview.preview)
app.command()(letters_wording.wording)
app.command()(letters_report.report)
app.command()(letters_address.address)
app.command("follow-up")(letters_follow_up.follow_up)
app.command()(mailings.send)
app.command()(mailings.status)
app.command()(mailings.pause)
app.command()(mailings.resume)
