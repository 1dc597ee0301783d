"""The addresses of the desk."""

from aiohttp import web

from bot.channels.desk import conversations, figures, letters, questions, sign_in, today
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
    web.get("/desk/questions", questions.show_list),
    web.get("/desk/questions/{id}", questions.show),
    web.post("/desk/questions/{id}/answer", questions.answer),
    web.post("/desk/questions/{id}/close", questions.close),
    web.post("/desk/questions/{id}/reassign", questions.reassign),
    web.get("/desk/conversations", conversations.show_list),
    web.get("/desk/conversations/{id}", conversations.show),
    web.get("/desk/conversations/{id}/news", conversations.news, allow_head=False),
    web.post("/desk/conversations/{id}/take", conversations.take),
    web.post("/desk/conversations/{id}/say", conversations.say),
    web.post("/desk/conversations/{id}/give-back", conversations.give_back),
    web.get("/desk/letters", letters.show),
    web.post("/desk/letters", letters.send),
    web.get("/desk/letters/funnel.svg", letters.chart),
    web.get("/desk/figures", figures.show),
    web.get("/desk/figures/{name}.svg", figures.chart),
    # Whatever else begins with /desk/, last.
    web.get("/desk/{rest:.*}", nothing_here),
]
