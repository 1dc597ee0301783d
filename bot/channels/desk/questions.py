"""``/desk/questions``: what people asked a person, answered here."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import cast

from aiohttp import web

from bot.channels.desk.conversation_shown import shown
from bot.channels.desk.lists import page_of
from bot.channels.desk.signed_in import at_the_desk, back_to, desk_form, desk_page, doing, signed_in
from bot.channels.keys import DATABASE, QUESTION_NOTICES
from bot.desk import questions
from bot.desk.done import Done
from bot.desk.figures.letters import all_hubs
from bot.desk.questions import AnswerRefused
from bot.desk.related import registrations_of
from bot.notices import phrases
from bot.questions.question import Question, Reason, State
from bot.staff import audit
from bot.staff.audit import Entry
from bot.staff.member import NotAllowed

_OFFICE = "office"
_STATES: Mapping[State, str] = MappingProxyType({"open": "Open", "answered": "Answered", "closed": "Closed"})
REASONS: Mapping[Reason, str] = MappingProxyType(
    {
        "asked_for_person": "They asked for a person.",
        "missed": "The assistant did not understand them twice.",
        "left_open": "The letter leaves this open.",
        "rated_wrong": "They said that the assistant’s answer was not right.",
        "reply": "They wrote by mail.",
    }
)


@at_the_desk
async def show_list(request: web.Request) -> web.StreamResponse:
    """``GET /desk/questions?state=open&page=1``."""
    member, now = await signed_in(request), datetime.now(UTC)
    asked_for = request.query.get("state", "open")
    state = cast(State, asked_for if asked_for in _STATES else "open")
    page = page_of(request)
    async with request.app[DATABASE].reading() as session:
        found = await questions.listed(session, member, state=state, limit=page.size + 1, offset=page.offset)
    return desk_page(
        request,
        member,
        "questions.html",
        states=_STATES,
        state=state,
        page=page.holding(found),
        listed=[_row(each, now) for each in found[: page.size]],
    )


@at_the_desk
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk/questions/<id>``."""
    return await _page(request)


@at_the_desk
async def answer(request: web.Request) -> web.StreamResponse:
    """``POST /desk/questions/<id>/answer``: what was typed is kept on the page where it cannot be said, or somebody was first."""
    form = await desk_form(request)
    text = form.get("text", "")
    try:
        async with request.app[DATABASE].writing() as session:
            done = await questions.answer(
                session, await doing(request), _id(request), text, datetime.now(UTC), request.app[QUESTION_NOTICES]
            )
            await session.commit()
    except AnswerRefused as refused:
        return await _page(request, 422, typed=text, wrong=str(refused))
    if not done.is_new:
        return await _page(request, 409, typed=text, first=done)
    return back_to(_path(request), "answered")


@at_the_desk
async def close(request: web.Request) -> web.StreamResponse:
    """``POST /desk/questions/<id>/close``."""
    form = await desk_form(request)
    async with request.app[DATABASE].writing() as session:
        done = await questions.close(
            session, await doing(request), _id(request), datetime.now(UTC), request.app[QUESTION_NOTICES]
        )
        await session.commit()
    return (
        back_to(_path(request), "closed")
        if done.is_new
        else await _page(request, 409, form.get("text", ""), first=done)
    )


@at_the_desk
async def reassign(request: web.Request) -> web.StreamResponse:
    """``POST /desk/questions/<id>/reassign``: to a hub's leader, or the office."""
    form = await desk_form(request)
    wanted = form.get("hub", "")
    if not wanted:
        return await _page(request, 422, wrong_hub="Please choose who shall answer it.")
    who = await doing(request)
    async with request.app[DATABASE].writing() as session:
        hub_id = None if wanted == _OFFICE else wanted
        done = await questions.reassign(
            session, who, _id(request), hub_id, datetime.now(UTC), request.app[QUESTION_NOTICES]
        )
        await session.commit()
    if not who.member.may_see(done.result.hub_id):
        return back_to("/desk/questions", "reassigned")
    return back_to(_path(request), "reassigned") if done.is_new else await _page(request, 409, first=done)


async def _page(
    request: web.Request,
    status: int = 200,
    typed: str = "",
    wrong: str = "",
    wrong_hub: str = "",
    first: Done[Question] | None = None,
) -> web.Response:
    """One question. ``typed``: what the member wrote; ``first``: somebody else was first."""
    member, now = await signed_in(request), datetime.now(UTC)
    async with request.app[DATABASE].reading() as session:
        question = await questions.question(session, member, _id(request))
        shared = await questions.shared(session, member, question.id)
        history = await audit.of_subject(session, ("question", question.id))
        hubs = await all_hubs(session)
        schools = await registrations_of(
            session, member, conversation_id=question.conversation_id, email=question.email
        )
    return desk_page(
        request,
        member,
        "question.html",
        status,
        question=_row(question, now),
        shared=[shown(message, {}) for message in shared],
        can_be_joined=question.conversation_id is not None and (member.is_office or question.shares is not None),
        schools=schools,
        history=[_said(entry) for entry in history],
        hubs=[(hub_id, name) for hub_id, name in hubs if hub_id != question.hub_id],
        is_of_office=question.hub_id is None,
        typed=typed,
        wrong=wrong,
        wrong_hub=wrong_hub,
        first=_said(first.by) if first and first.by else "Somebody else was first." if first else "",
        path=_path(request),
    )


def _row(question: Question, now: datetime) -> Mapping[str, object]:
    """A question as the pages show it."""
    is_open = question.state == "open"
    return {
        "id": question.id,
        "text": question.text,
        "who": ", ".join(filter(None, (question.name, question.school_name))) or "Somebody in conversation",
        "email": question.email,
        "hub": question.hub_name or "the office",
        "why": REASONS.get(question.reason, ""),
        "state": question.state,
        "asked": phrases.moment(question.created_at),
        "due": phrases.moment(question.due_at),
        "is_overdue": is_open and question.due_at < now,
        "is_escalated": question.escalated_at is not None,
        "answer": question.answer,
        "by": question.answered_name,
        "answered": phrases.moment(question.answered_at) if question.answered_at else "",
        "conversation_id": question.conversation_id,
    }


def _said(entry: Entry) -> str:
    detail = f" {entry.detail}" if entry.detail else ""
    return f"{entry.name or 'The assistant'} {entry.action} it on {phrases.moment(entry.at)}.{detail}"


def _id(request: web.Request) -> str:
    question_id = request.match_info["id"]
    if len(question_id) > 60:
        raise NotAllowed
    return question_id


def _path(request: web.Request) -> str:
    return f"/desk/questions/{_id(request)}"
