"""What commands share: the settings, and errors as one line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.settings import Settings


class UsageProblem(Exception):
    """Something that was given on the command line cannot be used; the text is one line that says how to mend it."""


@contextmanager
def clear_errors() -> Iterator["Settings"]:
    """Gives the settings, and turns every error that a person can mend into one line and exit code 2."""
    from bot.settings import Settings, SettingsError

    try:
        yield Settings()
    except SettingsError as error:
        _give_up(str(error))
    except Exception as error:
        if not isinstance(error, _mendable()):
            raise
        _give_up(str(error))


def _mendable() -> tuple[type[Exception], ...]:
    from bot.app import StartError
    from bot.asking import NotAnswered
    from bot.facts import FactsError
    from bot.store.database import StoreUnavailable
    from bot.training import TrainingError

    return (StartError, FactsError, TrainingError, StoreUnavailable, NotAnswered, UsageProblem, ValueError)


def _give_up(message: str) -> None:
    typer.secho(f"psqm: {message}", fg=typer.colors.RED, err=True)
    sys.exit(2)
