"""``/desk``: what needs the member now."""

from datetime import UTC, datetime

from aiohttp import web

from bot.channels.desk.signed_in import at_the_desk, desk_page, signed_in
from bot.channels.keys import DATABASE
from bot.desk import hubs as desk_hubs
from bot.desk import questions as desk_questions
from bot.desk import registrations as desk_registrations
from bot.hubs.year import school_year
from bot.london import LONDON
from bot.registrations.searching import Wanted

_SOME = 5


@at_the_desk
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk``: registrations to confirm, open questions, places left, first sessions that are missing."""
    member, now = await signed_in(request), datetime.now(UTC)
    to_confirm, lost = Wanted(state="interested"), Wanted(state="waiting", is_without_hub=True)
    async with request.app[DATABASE].reading() as session:
        theirs = [one for one in await desk_hubs.hubs(session, member) if one.place.year >= _this_year(now)]
        registrations = await desk_registrations.listed(session, member, to_confirm, limit=_SOME)
        count = await desk_registrations.count(session, member, to_confirm)
        without_hub = await desk_registrations.count(session, member, lost) if member.is_office else 0
        questions = await desk_questions.listed(session, member, state="open", limit=_SOME + 1)
    return desk_page(
        request,
        member,
        "today.html",
        hubs=theirs,
        registrations=registrations,
        count=count,
        without_hub=without_hub,
        questions=questions[:_SOME],
        more_questions=len(questions) > _SOME,
        no_session=[one for one in theirs if one.place.session_on is None],
        now=now,
    )


def _this_year(now: datetime) -> int:
    return school_year(now.astimezone(LONDON).date())
