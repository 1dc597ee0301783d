"""``/desk/learning/topics``: the office writes topics of its own, tries them, and lets them go live."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.desk.signed_in import at_the_desk, back_to, desk_form, desk_page, doing, signed_in
from bot.channels.keys import DATABASE, SETTINGS
from bot.facts import load_facts
from bot.learning import going_live, own_topics
from bot.learning.examples import topics
from bot.learning.going_live import Workshop
from bot.learning.own_topics import OwnTopic, TopicRefused
from bot.learning.teaching import NotTaught, Teaching
from bot.staff.member import Member, NotAllowed

WORKSHOP = web.AppKey("workshop", Workshop)
TRAININGS = web.AppKey("trainings", set[asyncio.Task[str]])


def prepare(app: web.Application) -> None:
    """What the pages need; trainings that are under way end with the service."""
    app[TRAININGS] = set()
    app.cleanup_ctx.append(_workshop)


@at_the_desk
async def show_all(request: web.Request) -> web.StreamResponse:
    """``GET /desk/learning/topics``."""
    member = await signed_in(request)
    async with request.app[DATABASE].reading() as session:
        written = await own_topics.listed(session, member)
    return desk_page(request, member, "own_topics.html", topics=written)


@at_the_desk
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk/learning/topics/{slug}``; ``new`` is an empty one."""
    return await _page(request, await _topic(request))


@at_the_desk
async def save(request: web.Request) -> web.StreamResponse:
    """``POST /desk/learning/topics/{slug}``: keeps it, or says what has to be mended."""
    form = await desk_form(request)
    member = await signed_in(request)
    member.check(None)
    slug = request.match_info["slug"]
    label = " ".join(form.get("label", "").split())
    examples = tuple(line for text in form.get("examples", "").splitlines() if (line := " ".join(text.split())))
    name = own_topics.slug_of(label) if slug == "new" else slug
    topic = OwnTopic(name, label, form.get("answer", "").strip().replace("\r\n", "\n"), examples)
    workshop = request.app[WORKSHOP]
    try:
        known = await asyncio.to_thread(topics, workshop.root / "data" / "nlu")
        own_topics.check(topic, known, load_facts(request.app[SETTINGS].facts_path))
        async with request.app[DATABASE].writing() as session:
            if slug == "new" and await _is_there(session, member, name):
                raise TopicRefused("There is a topic with this name already: change that one.")
            await own_topics.save(session, await doing(request), topic, datetime.now(UTC))
            await session.commit()
    except TopicRefused as error:
        return await _page(request, topic, str(error))
    return back_to(f"/desk/learning/topics/{name}", "saved")


@at_the_desk
async def try_out(request: web.Request) -> web.StreamResponse:
    """``POST /desk/learning/topics/{slug}/test``: what the assistant takes the examples for today."""
    await desk_form(request)
    topic = await _topic(request)
    known = await asyncio.to_thread(topics, request.app[WORKSHOP].root / "data" / "nlu")
    labels = {name: other.label for name, other in known.items()}
    try:
        readings = await request.app[WORKSHOP].teaching.read(list(topic.examples))
    except NotTaught as error:
        return await _page(request, topic, str(error))
    return await _page(request, topic, near=own_topics.overlaps(topic, readings, labels), tested=True)


@at_the_desk
async def train(request: web.Request) -> web.StreamResponse:
    """``POST /desk/learning/topics/{slug}/live``: trains in the background; the page says how far it is."""
    form = await desk_form(request)
    workshop, slug = request.app[WORKSHOP], request.match_info["slug"]
    try:
        topic = await going_live.begin(workshop, await doing(request), slug, datetime.now(UTC))
    except TopicRefused as error:
        return await _page(request, await _topic(request), str(error))
    training = asyncio.create_task(going_live.go_live(workshop, topic, anyway=form.get("anyway") == "yes"))
    request.app[TRAININGS].add(training)
    training.add_done_callback(request.app[TRAININGS].discard)
    return back_to(f"/desk/learning/topics/{slug}", "training")


async def _topic(request: web.Request) -> OwnTopic:
    member = await signed_in(request)
    member.check(None)
    if (slug := request.match_info["slug"]) == "new":
        return OwnTopic("", "", "", ())
    async with request.app[DATABASE].reading() as session:
        return await own_topics.own_topic(session, member, slug)


async def _is_there(session: AsyncSession, member: Member, slug: str) -> bool:
    try:
        await own_topics.own_topic(session, member, slug)
    except NotAllowed:
        return False
    return True


async def _page(
    request: web.Request, topic: OwnTopic, wrong: str = "", near: list[str] | None = None, tested: bool = False
) -> web.Response:
    member = await signed_in(request)
    return desk_page(
        request, member, "own_topic.html", 400 if wrong else 200,
        topic=topic, slug=request.match_info["slug"], wrong=wrong, near=near or [], tested=tested,
        fewest=own_topics.FEWEST,
    )  # fmt: skip


async def _workshop(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    teaching = Teaching(settings.engine_url, settings.engine_secret)
    app[WORKSHOP] = Workshop(app[DATABASE], teaching, settings.model_path)
    yield
    trainings = app[TRAININGS]
    for training in trainings:
        training.cancel()
    await asyncio.gather(*trainings.copy(), return_exceptions=True)
