"""`psqm teams`: what connects Microsoft Teams."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.errors import UsageProblem, clear_errors

app = typer.Typer(
    name="teams", help="Microsoft Teams: docs/teams.md goes from nothing to working.", no_args_is_help=True
)

Out = Annotated[Path, typer.Option(help="Where the package is written.")]
Version = Annotated[str, typer.Option(help="The package's version, higher with every upload: 1.0.1.")]


@app.callback()
def _group() -> None:
    """Keeps `package` a command of its own while it is the only one."""


@app.command()
def package(out: Out = Path("psqm-teams.zip"), version: Version = "1.0.0") -> None:
    """Build the app package that is uploaded to Teams."""
    with clear_errors() as settings:
        import re

        from bot.channels.teams.app_package import Names
        from bot.channels.teams.app_package import package as build
        from bot.facts import load_facts

        if not re.fullmatch(r"\d{1,4}\.\d{1,4}\.\d{1,4}", version):
            raise UsageProblem(f"{version} is not a version: write three numbers, such as 1.0.1.")
        facts = load_facts(settings.facts_path)
        names = Names(facts.scheme_name, facts.short_name, facts.scheme_website)
        built = build(settings, names, version)
        try:
            out.write_bytes(built)
        except OSError as error:
            raise UsageProblem(f"{out} cannot be written ({error.strerror}).") from None
        typer.echo(f"{out}: upload it to Teams, as docs/teams.md says.")
