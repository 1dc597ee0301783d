"""``/letters/<token>``: a person's letter as a page with the assistant beside it, as PDF, and how to get no more of them.

The token lets somebody in, and letters are forwarded: what is here holds nothing that the letter does not tell, least of all the
address that it went to. Programs that check the links of mails open these pages: nothing changes on GET.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import structlog
from aiohttp import web

from bot.channels.admission import count_address
from bot.channels.from_letter import letter_of
from bot.channels.keys import DATABASE, LETTER_FORMS, LETTER_LINKS, LETTER_PDFS, SCHEME, SUPPRESSION
from bot.channels.letter_pdfs import shown_file
from bot.channels.problems import Problem
from bot.channels.site import problem_page, render
from bot.letters import reading, stopping
from bot.letters.composing.hrefs import hrefs_of
from bot.letters.composing.hub_letter import HubLetter, hub_letter
from bot.letters.composing.standard import standard_letter
from bot.letters.letter import Letter
from bot.letters.problems import LetterProblem, LetterUnknown, LinkExpired, LinkForged
from bot.london import LONDON

type _Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = structlog.get_logger(__name__)


def _as_page(handler: _Handler) -> _Handler:
    """Answers what goes wrong with a page that says what to do."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (LinkForged, LetterUnknown):
            return render(request, "letter_gone.html", 404, dead="unknown")
        except LinkExpired:
            return render(request, "letter_gone.html", 410, dead="expired")
        except LetterProblem as error:
            _log.error("letter cannot be composed", why=str(error))
            detail = f"The letter cannot be shown just now: please write to {request.app[SCHEME].email}."
            return problem_page(request, Problem(500, "broken", detail), "/chat", "the assistant")
        except Exception as error:
            return problem_page(request, error, request.path.removesuffix("/stop"), "the letter")

    return answer


@_as_page
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /letters/<token>``: the letter, and the assistant that knows who comes."""
    letter, own = await _letter(request)
    token = request.match_info["token"]
    chat = f"/chat?letter={token}"
    hrefs = hrefs_of(letter, request.app[LETTER_LINKS])
    # Whoever is on the page already is led to the conversation.
    said = request.app[LETTER_FORMS].page(letter, own, replace(hrefs, page=chat))
    return render(request, "letter.html", letter=said, token=token, chat=chat, hrefs=hrefs)


@_as_page
async def show_standard(request: web.Request) -> web.StreamResponse:
    """``GET /letter``: the letter that anybody may read."""
    letter, own = await _standard(request)
    said = request.app[LETTER_FORMS].page(letter, own, None)
    return render(request, "letter.html", letter=said, token="", chat="/chat", hrefs=None)


@_as_page
async def pdf(request: web.Request) -> web.StreamResponse:
    """``GET /letters/<token>/letter.pdf``."""
    await count_address(request)
    return await _pdf(request, *await _letter(request))


@_as_page
async def standard_pdf(request: web.Request) -> web.StreamResponse:
    """``GET /letter.pdf``."""
    await count_address(request)
    return await _pdf(request, *await _standard(request))


@_as_page
async def report(request: web.Request) -> web.StreamResponse:
    """``GET /letters/<token>/report.pdf``: the report that the letter encloses."""
    await count_address(request)
    _, own = await _letter(request)
    return await _report(request, own)


@_as_page
async def standard_report(request: web.Request) -> web.StreamResponse:
    """``GET /report.pdf``."""
    await count_address(request)
    _, own = await _standard(request)
    return await _report(request, own)


@_as_page
async def ask_before_stopping(request: web.Request) -> web.StreamResponse:
    """``GET /letters/<token>/stop``: what stopping means, and a button."""
    async with request.app[DATABASE].reading() as session:
        done = await stopping.is_stopped(session, _whose(request), request.app[SUPPRESSION])
    return _stop_page(request, done)


@_as_page
async def stop(request: web.Request) -> web.StreamResponse:
    """``POST /letters/<token>/stop``: no further letter goes there.

    Mail programs post this by themselves when a person presses their "unsubscribe" (RFC 8058): without cookie, origin or token of
    a form, and without following redirects; and for many people from few addresses, so that no limit counts them.
    """
    async with request.app[DATABASE].writing() as session:
        await stopping.stop(session, _whose(request), request.app[SUPPRESSION], datetime.now(UTC))
        await session.commit()
    return _stop_page(request, done=True)


def _stop_page(request: web.Request, done: bool) -> web.Response:
    return render(request, "letter_stop.html", done=done, path=f"/letters/{request.match_info['token']}")


def _whose(request: web.Request) -> str:
    """The letter of a link that wants no more of them: a link too old to be of use otherwise still does that."""
    return request.app[LETTER_LINKS].read(request.match_info["token"], date.min)


async def _letter(request: web.Request) -> tuple[Letter, HubLetter]:
    """The link's letter and what its hub makes of it; raises LinkForged, LinkExpired, LetterUnknown."""
    letter_id = letter_of(request, request.match_info["token"])
    async with request.app[DATABASE].reading() as session:
        letter = await reading.letter(session, letter_id)
        return letter, await hub_letter(session, letter.hub_id)


async def _standard(request: web.Request) -> tuple[Letter, HubLetter]:
    async with request.app[DATABASE].reading() as session:
        return standard_letter(datetime.now(LONDON).date()), await hub_letter(session, None)


async def _pdf(request: web.Request, letter: Letter, own: HubLetter) -> web.Response:
    content = await request.app[LETTER_PDFS].letter(letter, own)
    return shown_file(f"{request.app[SCHEME].short_name}-letter.pdf", content)


async def _report(request: web.Request, own: HubLetter) -> web.Response:
    return shown_file(*await request.app[LETTER_PDFS].report(own))
