"""``/desk``: what needs the member now."""

from aiohttp import web

from bot.channels.desk.signed_in import at_the_desk, desk_page, signed_in


@at_the_desk
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk``."""
    member = await signed_in(request)
    return desk_page(request, member, "today.html")
