"""``psqm slack``: what Slack needs to know about the app."""

from typing import Annotated

import typer

from bot.commands.errors import UsageProblem, clear_errors

app = typer.Typer(name="slack", help="The assistant in Slack (docs/slack.md).", no_args_is_help=True)


@app.callback()
def _slack() -> None:
    """The assistant in Slack (docs/slack.md)."""


@app.command()
def manifest(
    socket: Annotated[bool, typer.Option("--socket", help="For Socket Mode, without a public address.")] = False,
) -> None:
    """Print the app's manifest, to be pasted where Slack makes an app from one."""
    with clear_errors() as settings:
        import yaml

        from bot.channels.slack.manifest import manifest as made

        if not (socket or settings.is_https):
            raise UsageProblem("Slack sends to https addresses only: set PSQM_PUBLIC_URL, or use --socket")
        typer.echo(yaml.safe_dump(made(settings.public_url, socket_mode=socket), sort_keys=False, allow_unicode=True))
