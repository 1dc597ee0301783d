"""How people hear of what a command changes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.registrations.notices import Notices
    from bot.settings import Settings


def notices(settings: "Settings") -> "Notices":
    """Tells the people concerned; the mail leaves when a worker runs. Raises SettingsError and FactsError."""
    from bot.notices.opening import open_notices
    from bot.posts.opening import open_telling

    return open_notices(settings, telling=open_telling(settings))
