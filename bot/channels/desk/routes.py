"""The addresses of the desk."""

from aiohttp import web

from bot.channels.desk import sign_in, today
from bot.channels.desk.signed_in import STATIC, nothing_here

ROUTES: list[web.AbstractRouteDef] = [
    web.static("/desk/static", STATIC),
    web.get("/desk/sign-in", sign_in.show),
    web.post("/desk/sign-in", sign_in.send),
    web.get("/desk/sign-in/{token}", sign_in.show_link),
    web.post("/desk/sign-in/{token}", sign_in.use_link),
    web.get("/desk/sessions", sign_in.show_sessions),
    web.post("/desk/sign-out", sign_in.sign_out),
    web.get("/desk", today.show),
    # Whatever else begins with /desk/, last.
    web.get("/desk/{rest:.*}", nothing_here),
]
