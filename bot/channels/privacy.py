"""``/privacy``: what is kept about people, why and for how long, with the figures of the settings."""

from aiohttp import web

from bot.channels.keys import SETTINGS
from bot.channels.site import render


async def notice(request: web.Request) -> web.Response:
    """``GET /privacy``."""
    return render(request, "privacy.html", settings=request.app[SETTINGS])
