"""``/desk/link/<token>``: joins an account of Slack or Teams to a member of staff.

The link went to the address of record, and works once. Opening it only shows whose account it is, with a button.
"""

from datetime import UTC, datetime

from aiohttp import web

from bot.channels.admission import count_address
from bot.channels.desk.signed_in import at_the_desk, styles
from bot.channels.forms import check_origin, read_form
from bot.channels.keys import DATABASE, FORM_GUARD
from bot.channels.site import render
from bot.chat.linking import Joining, finish, joining
from bot.staff.sign_in import SignInRefused

_SUBJECT = "desk link"


@at_the_desk
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk/link/<token>``."""
    try:
        async with request.app[DATABASE].reading() as session:
            found = await joining(session, request.match_info["token"], datetime.now(UTC))
    except SignInRefused as error:
        return _page(request, 410, dead=str(error))
    return _page(request, found=found)


@at_the_desk
async def use(request: web.Request) -> web.StreamResponse:
    """``POST /desk/link/<token>``."""
    await count_address(request)
    form = await read_form(request)
    check_origin(request, form, _SUBJECT)
    try:
        async with request.app[DATABASE].writing() as session:
            found = await finish(session, request.match_info["token"], datetime.now(UTC))
            await session.commit()
    except SignInRefused as error:
        return _page(request, 410, dead=str(error))
    return _page(request, found=found, is_done=True)


def _page(
    request: web.Request, status: int = 200, *, found: Joining | None = None, dead: str = "", is_done: bool = False
) -> web.Response:
    csrf = request.app[FORM_GUARD].token(_SUBJECT)
    context = {"joining": found, "dead": dead, "is_done": is_done, "csrf": csrf, "path": request.path}
    return render(request, "desk/link.html", status, styles=styles(), **context)
