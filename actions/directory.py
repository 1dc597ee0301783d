"""What the forms and the letter's greeting look up and hand over to, opened once a process."""

from functools import cache

from bot.desk.letter_terms import open_letter_terms
from bot.desk.words.changing import Deeds
from bot.desk.words.form import DeskForm
from bot.handover.people import DatabasePeople
from bot.letter_request.letters import DatabaseLetters
from bot.letters import reading
from bot.letters.asking.request import Terms
from bot.letters.letter import Letter
from bot.letters.links import LetterLinks
from bot.letters.opening import open_letter_links, open_letter_post, open_suppression
from bot.letters.problems import LetterUnknown
from bot.notices.opening import open_notices, open_scheme
from bot.posts.opening import open_telling
from bot.questions.opening import open_hours, open_question_notices
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
    return DatabaseDirectory(database(), open_notices(settings, telling=open_telling(settings)), settings.hub_miles)


async def letter(letter_id: str) -> Letter | None:
    """The letter with this id, None where there is none; raises StoreUnavailable."""
    async with database().reading() as session:
        try:
            return await reading.letter(session, letter_id)
        except LetterUnknown:
            return None


@cache
def letter_links() -> LetterLinks:
    """What makes the links of letters."""
    return open_letter_links(Settings())


@cache
def letters() -> DatabaseLetters:
    """What sends the letter to those who ask for it."""
    settings = Settings()
    post = open_letter_post(settings, open_scheme(settings))
    terms = Terms(post, open_suppression(settings), settings.letter_day_limit)
    return DatabaseLetters(database(), directory(), letter_links(), terms)


@cache
def people() -> DatabasePeople:
    """What hands questions over to people."""
    settings = Settings()
    return DatabasePeople(database(), open_question_notices(settings), open_hours(settings), settings.answer_days)


def desk_form() -> DeskForm:
    """What does in words what members of staff ask of the desk."""
    settings = Settings()
    deeds = Deeds(open_notices(settings), settings.offer_days, open_letter_terms(settings))
    return DeskForm(database(), deeds)


@cache
def public_url() -> str:
    """Where people reach the service, without a slash at the end."""
    return Settings().public_url
