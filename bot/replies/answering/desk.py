"""The person to whom a reply is handed over: the leader of the hub whose letter it answers, or the office."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import reading
from bot.letters.letter import Letter
from bot.letters.problems import LetterUnknown
from bot.notices import phrases


@dataclass(frozen=True, slots=True)
class Desk:
    """``because`` says why this person gets what is handed over; ``says_who`` names them to the one who wrote."""

    email: str
    name: str
    says_who: str
    because: str


def desk_of(letter: Letter | None, office: str) -> Desk:
    """Who answers for ``letter``; ``office`` is an email address."""
    place = letter.place if letter else None
    if place is None or place.is_example:
        because = "You get this email because replies that need a person come to this address."
        return Desk(office, "", "the office", because)
    hub = phrases.hub(place)
    because = f"You get this email because you lead the {hub}."
    return Desk(place.leader_email, place.leader_name, f"{place.leader_name}, who leads the {hub}", because)


async def known_letter(session: AsyncSession, letter_id: str | None) -> Letter | None:
    """The letter with this id, if it is still there."""
    if letter_id is None:
        return None
    try:
        return await reading.letter(session, letter_id)
    except LetterUnknown:
        return None
