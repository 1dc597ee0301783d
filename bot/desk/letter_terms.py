"""How letters that a member of staff sends one at a time leave."""

from dataclasses import dataclass

from bot.letters.mailing.hours import LetterHours
from bot.letters.mailing.planning import Checks
from bot.letters.opening import open_forms, open_suppression
from bot.letters.suppression import Suppression
from bot.outbox.opening import open_transport
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class LetterTerms:
    """``rate``: letters a minute. ``reaches_people``: mail really leaves."""

    forms: Checks
    suppression: Suppression
    hours: LetterHours
    rate: int
    reaches_people: bool


def open_letter_terms(settings: Settings) -> LetterTerms:
    """The terms that the settings ask for. Raises SettingsError and FactsError."""
    return LetterTerms(
        open_forms(settings),
        open_suppression(settings),
        LetterHours.parse(settings.letter_hours),
        settings.letter_rate,
        open_transport(settings).reaches_people,
    )
