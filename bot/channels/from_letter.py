"""Conversations that begin with a letter's link: they know the school, the head and the hub that the letter names.

Each visit begins its own: somebody whom the link was forwarded to never sees what was said before.
"""

from datetime import UTC, datetime

from aiohttp import web

from bot.channels.keys import CONVERSATIONS, DATABASE, LETTER_LINKS
from bot.channels.problems import Problem
from bot.conversation import Started
from bot.letters import reading
from bot.letters.problems import LetterUnknown, LinkExpired, LinkForged
from bot.letters.visits import note_origin, note_visit
from bot.london import LONDON
from bot.rasa import opening_letter


async def start_from_letter(request: web.Request, channel: str, token: str) -> Started:
    """A conversation with whoever comes from the letter of ``token``, greeted; notes the visit. Raises Problem 400 or 410, and
    what ``Conversations.start`` raises."""
    letter_id = await _known_letter(request, token)
    started = await request.app[CONVERSATIONS].start(channel, opening_letter(letter_id))
    async with request.app[DATABASE].writing() as session:
        await note_visit(session, letter_id, datetime.now(UTC))
        await note_origin(session, started.conversation_id, letter_id)
        await session.commit()
    return started


def letter_of(request: web.Request, token: str) -> str:
    """The id of the letter whose link has this ``token``; raises LinkForged or LinkExpired."""
    return request.app[LETTER_LINKS].read(token, datetime.now(LONDON).date())


async def _known_letter(request: web.Request, token: str) -> str:
    try:
        letter_id = letter_of(request, token)
        async with request.app[DATABASE].reading() as session:
            await reading.letter(session, letter_id)
    except (LinkForged, LetterUnknown):
        raise Problem(400, "unknown-link", "This letter's link is not known: please start without it.") from None
    except LinkExpired:
        raise Problem(410, "expired-link", "This letter's link is too old: please start without it.") from None
    return letter_id
