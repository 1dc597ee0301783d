"""The addresses of the desk."""

from aiohttp import web

from bot.channels.desk import (
    hubs,
    learning,
    link,
    own_topics,
    record,
    registration_list,
    registrations,
    sign_in,
    today,
)
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
    web.get("/desk/hubs", hubs.show_all),
    web.get("/desk/hubs/{id}", hubs.show),
    web.post("/desk/hubs/{id}/session", hubs.set_session),
    web.post("/desk/hubs/{id}/places", hubs.set_places),
    web.get("/desk/registrations", registration_list.show),
    web.get("/desk/registrations/export.{kind:csv|json}", registration_list.export),
    web.get("/desk/registrations/{id}", registrations.show),
    web.post("/desk/registrations/{id}/confirm", registrations.confirm),
    web.get("/desk/registrations/{id}/withdraw", registrations.ask_before_withdrawing),
    web.post("/desk/registrations/{id}/withdraw", registrations.withdraw),
    web.post("/desk/registrations/{id}/move", registrations.move),
    web.get("/desk/record", record.show),
    web.get("/desk/link/{token}", link.show),
    web.post("/desk/link/{token}", link.use),
    # Whatever else begins with /desk/, last.
    web.get("/desk/{rest:.*}", nothing_here),
]
