"""The addresses of the desk."""

from aiohttp import web

from bot.channels.desk import learning, own_topics, sign_in, today
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
    web.get("/desk/learning", learning.show),
    web.get("/desk/learning/topics", own_topics.show_all),
    web.get("/desk/learning/topics/{slug}", own_topics.show),
    web.post("/desk/learning/topics/{slug}", own_topics.save),
    web.post("/desk/learning/topics/{slug}/test", own_topics.try_out),
    web.post("/desk/learning/topics/{slug}/live", own_topics.train),
    web.get("/desk/learning/{id}", learning.show_question),
    web.post("/desk/learning/{id}", learning.review),
    web.post("/desk/learning/{id}/back", learning.take_back),
    # Whatever else begins with /desk/, last.
    web.get("/desk/{rest:.*}", nothing_here),
]
