"""The record: who changed what, when, and through which door."""

from aiohttp import web

from bot.channels.desk.registrations import DOORS
from bot.channels.desk.signed_in import at_the_desk, desk_page, signed_in
from bot.channels.keys import DATABASE
from bot.staff import audit

_A_PAGE = 100
_PAGES = {
    "registration": "/desk/registrations/",
    "question": "/desk/questions/",
    "conversation": "/desk/conversations/",
}

_KINDS = {
    "session": "a browser of theirs",
    "account": "an account",
    "question": "a question",
    "conversation": "a conversation",
    "registration": "a registration",
    "letter": "a letter",
    "hub": "a hub",
    "topic": "a topic",
    "example": "an example",
}
"""What an entry without words of its own was about."""


@at_the_desk
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk/record``: the newest first, a hundred at a time."""
    member = await signed_in(request)
    written = request.query.get("page", "1")
    page = max(1, int(written)) if written.isascii() and written.isdigit() and len(written) < 6 else 1
    async with request.app[DATABASE].reading() as session:
        found = await audit.latest(session, member, _A_PAGE + 1, (page - 1) * _A_PAGE)
    return desk_page(
        request,
        member,
        "record.html",
        entries=found[:_A_PAGE],
        pages_of=_PAGES,
        kinds=_KINDS,
        doors=DOORS,
        before=f"/desk/record?page={page - 1}" if page > 1 else "",
        after=f"/desk/record?page={page + 1}" if len(found) > _A_PAGE else "",
    )
