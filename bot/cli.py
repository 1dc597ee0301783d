"""The ``psqm`` command line."""

import json
import os
from typing import Annotated

import typer

# Everything else is imported by the command that needs it, so that `psqm --help` answers at once.
from bot.commands import (
    desk,
    hubs,
    leaders,
    letters,
    officers,
    outbox,
    privacy,
    questions,
    registrations,
    replies,
    schools,
    topics,
    training,
    worker,
)
from bot.commands.errors import clear_errors

app = typer.Typer(
    name="psqm",
    help="The PSQM assistant: answers headteachers' questions about the Primary Science Quality Mark.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(schools.app, name="schools")
app.add_typer(hubs.app, name="hubs")
app.add_typer(leaders.app, name="leaders")
app.add_typer(officers.app, name="officers")
app.add_typer(desk.app, name="desk")
app.add_typer(registrations.app, name="registrations")
app.add_typer(letters.app)
app.add_typer(replies.app)
app.add_typer(outbox.app)
app.add_typer(privacy.app)
app.add_typer(questions.app)
app.add_typer(topics.app)
app.command()(worker.worker)
app.command()(training.train)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


@app.command()
def serve() -> None:
    """Serve everything: the assistant on its public port, and its engine beside it."""
    import asyncio

    with clear_errors() as settings:
        from bot import logs
        from bot.supervisor import serve_all

        def ready() -> None:
            typer.echo(f"Ready: {settings.public_url}", err=True)

        logs.configure(settings)
        asyncio.run(serve_all(settings, ready))


@app.command()
def web() -> None:
    """Serve without the engine, which then runs elsewhere (PSQM_ENGINE_URL)."""
    with clear_errors() as settings:
        from bot.app import run

        run(settings)


@app.command()
def engine() -> None:
    """Run the engine alone, in the foreground."""
    with clear_errors() as settings:
        from bot.supervisor import engine_command, engine_environment
        from bot.training import check_model

        check_model(settings.model_path)
        settings.ensure_data_dir()
        command = engine_command(settings)
        os.execve(command[0], command, dict(engine_environment(settings)))  # noqa: S606


@app.command()
def ask(question: Annotated[str, typer.Argument(help="The question, in quotes.")], as_json: AsJson = False) -> None:
    """Ask one question and print the answer; starts the assistant for that when it is not running."""
    import asyncio

    with clear_errors() as settings:
        from bot.asking import ask_once

        messages = asyncio.run(ask_once(settings, question))
        typer.echo(json.dumps(messages, ensure_ascii=False, indent=2) if as_json else _as_text(messages))


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check whether everything is there and in order; exits with 1 if something is not."""
    import asyncio

    with clear_errors() as settings:
        from bot.doctor import examine, show

        findings = asyncio.run(examine(settings))
        if as_json:
            typer.echo(json.dumps([finding._asdict() for finding in findings], indent=2))
        else:
            show(findings)
    if any(finding.state == "broken" for finding in findings):
        raise typer.Exit(1)


@app.command()
def off(reason: Annotated[str, typer.Argument(help="What people read instead of an answer, in quotes.")]) -> None:
    """Switch the assistant off at once, with a reason that people see."""
    with clear_errors() as settings:
        from bot.switch import turn_off

        settings.ensure_data_dir()
        turn_off(settings.database_url, reason)
        typer.echo("The assistant is off. `psqm on` switches it on again.")


@app.command()
def on() -> None:
    """Switch the assistant on again."""
    with clear_errors() as settings:
        from bot.switch import turn_on

        settings.ensure_data_dir()
        turn_on(settings.database_url)
        typer.echo("The assistant is on.")


def main() -> None:
    """Runs the command line."""
    app()


def _as_text(messages: list[dict[str, object]]) -> str:
    return "\n\n".join(str(message["text"]) for message in messages)
