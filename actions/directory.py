"""What the registration form looks up, opened once a process."""

from functools import cache

from bot.notices.opening import open_notices
from bot.registration_form.directory import DatabaseDirectory
from bot.settings import Settings
from bot.store.database import Database


@cache
def directory() -> DatabaseDirectory:
    """The schools, hubs and registrations of the service's database."""
    settings = Settings()
    return DatabaseDirectory(Database(settings.database_url), open_notices(settings), settings.hub_miles)


@cache
def public_url() -> str:
    """Where people reach the service, without a slash at the end."""
    return Settings().public_url
