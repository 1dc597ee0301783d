"""``/desk/learning``: the office reviews what the assistant did not understand, so that it can learn from it."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

from bot.channels.desk.signed_in import at_the_desk, back_to, desk_form, desk_page, doing, signed_in
from bot.channels.keys import DATABASE, SETTINGS
from bot.learning import queue, reviewing
from bot.learning.examples import NOT_FOR_PEOPLE, NOT_OURS, Topic, topics
from bot.learning.personal_data import without_personal_data
from bot.learning.reviewing import ReviewRefused, Verdict
from bot.learning.teaching import NotTaught, Reading, Teaching
from bot.training import ROOT

_PAGE = 50
_NOT_OURS, _SKIP = "not_ours", "skipped"


@at_the_desk
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk/learning``: what waits, and what was approved."""
    member = await signed_in(request)
    page = max(1, int(number)) if (number := request.query.get("page", "1")).isdecimal() and len(number) < 6 else 1
    async with request.app[DATABASE].reading() as session:
        waiting = await queue.waiting(session, member, limit=_PAGE, offset=(page - 1) * _PAGE)
        count = await queue.count_waiting(session, member)
        approved = await reviewing.approved(session, member)
        exported = await reviewing.approved(session, member, exported=True)
    pages = max(1, -(-count // _PAGE))
    return desk_page(
        request, member, "learning.html", waiting=waiting, count=count, approved=approved, exported=len(exported),
        labels=_labels(await _topics()), page=page, pages=pages,
    )  # fmt: skip


@at_the_desk
async def show_question(request: web.Request) -> web.StreamResponse:
    """``GET /desk/learning/{id}``: one question, what the assistant made of it, and what it is to become."""
    return await _question_page(request)


@at_the_desk
async def review(request: web.Request) -> web.StreamResponse:
    """``POST /desk/learning/{id}``: what it asks."""
    form = await desk_form(request)
    chosen = form.get("topic", "")
    verdict: Verdict = "not_ours" if chosen == _NOT_OURS else "skipped" if chosen == _SKIP else "topic"
    known = await _topics()
    topic = chosen if verdict == "topic" and chosen in _choosable(known) else None
    try:
        async with request.app[DATABASE].writing() as session:
            done = await reviewing.assign(
                session, await doing(request), request.match_info["id"], verdict, datetime.now(UTC),
                topic=topic, text=form.get("text", ""), approved=verdict != "skipped" and form.get("approved") == "yes",
            )  # fmt: skip
            await session.commit()
    except ReviewRefused as error:
        return await _question_page(request, str(error), form)
    if not done.is_new:
        by = done.by.name if done.by else "Somebody"
        said = _labels(known).get(done.result.topic or "", "left out" if done.result.verdict == _SKIP else "not ours")
        return await _question_page(request, f"{by} has reviewed this already: {said}.", form, status=409)
    return back_to("/desk/learning", "reviewed")


@at_the_desk
async def take_back(request: web.Request) -> web.StreamResponse:
    """``POST /desk/learning/{id}/back``: an approved example waits for review again."""
    await desk_form(request)
    try:
        async with request.app[DATABASE].writing() as session:
            await reviewing.take_back(session, await doing(request), request.match_info["id"], datetime.now(UTC))
            await session.commit()
    except ReviewRefused as error:
        return await _question_page(request, str(error))
    return back_to("/desk/learning", "saved")


async def _question_page(
    request: web.Request, wrong: str = "", form: dict[str, str] | None = None, status: int = 0
) -> web.Response:
    member = await signed_in(request)
    async with request.app[DATABASE].reading() as session:
        question = await queue.unclear(session, member, request.match_info["id"])
        around = await queue.around(session, question)
    reading, trouble = await _read(request, question.text)
    stripped = without_personal_data(question.text, reading.names if reading else ())
    known = await _topics()
    choosable = _choosable(known)
    suggested = [ranked.topic for ranked in reading.ranking if ranked.topic in choosable][:5] if reading else []
    return desk_page(
        request, member, "learning_question.html", status or (400 if wrong else 200),
        question=question, around=around, wrong=wrong, trouble=trouble, reading=reading, suggested=suggested,
        topics=sorted(choosable.values(), key=lambda topic: topic.label), labels=_labels(known),
        chosen=(form or {}).get("topic", ""), text=(form or {}).get("text", stripped),
    )  # fmt: skip


async def _read(request: web.Request, text: str) -> tuple[Reading | None, str]:
    settings = request.app[SETTINGS]
    try:
        return (await Teaching(settings.engine_url, settings.engine_secret).read([text]))[0], ""
    except (NotTaught, IndexError) as error:
        return None, f"{error} Names of people and schools were not looked for: please look yourself."


async def _topics() -> dict[str, Topic]:
    """All topics; reading the files for the first time takes a moment."""
    return await asyncio.to_thread(topics, ROOT / "data" / "nlu")


def _choosable(known: Mapping[str, Topic]) -> dict[str, Topic]:
    """The topics that a question can be filed under."""
    return {name: topic for name, topic in known.items() if name not in (*NOT_FOR_PEOPLE, NOT_OURS)}


def _labels(known: Mapping[str, Topic]) -> dict[str, str]:
    return {name: topic.label for name, topic in known.items()}
