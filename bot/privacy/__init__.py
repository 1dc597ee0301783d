"""What is kept about a person: shown to them, erased when they ask, and erased when its time is over."""

from bot.privacy.elsewhere import Elsewhere
from bot.privacy.erasing import Erased, erase
from bot.privacy.exporting import export
from bot.privacy.objecting import object_to_letters
from bot.privacy.problems import StillNeeded
from bot.privacy.retaining import Retired, retention

__all__ = ["Elsewhere", "Erased", "Retired", "StillNeeded", "erase", "export", "object_to_letters", "retention"]
