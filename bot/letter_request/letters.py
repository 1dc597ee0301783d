"""What the dialogue hands over: a letter is sent, in one transaction, and a path tells where to read it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from bot.letter_request.request import Asker
from bot.letters.asking.asked import Asking
from bot.letters.asking.request import Outcome, Terms, ask_for_letter
from bot.letters.letter import Letter
from bot.letters.links import LetterLinks
from bot.registration_form.directory import Directory
from bot.registration_form.offering import offer
from bot.store.database import Database

PUBLIC_LETTER = "/letter"
"""The path of the letter that anybody may read."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it, and the path of the page on which to read the letter."""

    outcome: Outcome
    path: str


class Letters(Protocol):
    """Sends letters to those who ask for them. Raises StoreUnavailable when the database is away."""

    async def send(self, email: str, asker: Asker) -> Sent: ...


class DatabaseLetters:
    """Sends them from a database, on these ``terms``."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        links: LetterLinks,
        terms: Terms,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._directory = directory
        self._links = links
        self._terms = terms
        self._clock = clock

    async def send(self, email: str, asker: Asker) -> Sent:
        """Sends the letter to ``email``, unless something is against it."""
        school = asker.draft.school
        asking = Asking(
            email=email,
            conversation_id=asker.conversation_id,
            came_from=asker.came_from,
            name=(asker.draft.name or "") if asker.is_registered and asker.draft.email == email else "",
            urn=school.urn if school else None,
            cohort_id=await self._hub(asker),
        )
        async with self._database.writing() as session:
            asked = await ask_for_letter(session, asking, self._clock(), self._terms)
            await session.commit()
        return Sent(asked.outcome, self._path(asked.letter))

    async def _hub(self, asker: Asker) -> str | None:
        """The hub of the registration, also of one that has only begun."""
        if asker.cohort_id or asker.draft.school is None:
            return asker.cohort_id
        return (await offer(asker.draft, self._directory)).cohort_id

    def _path(self, letter: Letter | None) -> str:
        return f"/letters/{self._links.token(letter.id, letter.dated)}" if letter else PUBLIC_LETTER
