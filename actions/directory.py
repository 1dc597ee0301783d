"""What the forms and the letter's greeting look up, opened once a process."""

from functools import cache

from bot.letters import reading
from bot.letters.letter import Letter
from bot.letters.problems import LetterUnknown
from bot.notices.opening import open_notices
from bot.registration_form.directory import DatabaseDirectory
from bot.settings import Settings
from bot.store.database import Database


@cache
def database() -> Database:
    """The service's database."""
    return Database(Settings().database_url)


@cache
def directory() -> DatabaseDirectory:
    """The schools, hubs and registrations of the service's database."""
    settings = Settings()
    return DatabaseDirectory(database(), open_notices(settings), settings.hub_miles)


async def letter(letter_id: str) -> Letter | None:
    """The letter with this id, None where there is none; raises StoreUnavailable."""
    async with database().reading() as session:
        try:
            return await reading.letter(session, letter_id)
        except LetterUnknown:
            return None


@cache
def public_url() -> str:
    """Where people reach the service, without a slash at the end."""
    return Settings().public_url
