"""An engine that answers by script: it speaks the engine's contract, so that the real service runs in front of it.

Its facts are made up on purpose. A test steers it: ``hold`` keeps answers back, ``fail`` makes it answer 500.
"""

import asyncio
from typing import Any

from aiohttp import web

WELCOME = '/chat{"topic": "welcome"}'
SOURCE = {"title": "a letter made up for tests", "checked": "2026-03-01"}
HTML = "<img src=x onerror=\"document.title='broken in'\"><b>bold</b> & {{ 7 * 7 }}"
SUMMARY = """Is this right?

School: St Aldhelm and St Crispin Church of England Voluntary Aided Primary School, Market Harlow, QX1 2ZZ
Hub: Oakdale (4.2 miles), led by Olive Barn
First session: Thursday 15 October, 1.30 pm, Oakdale Village Hall
Your name: Rowan Ashdown-Featherstone
Your role: Headteacher
Your email: rowan.ashdown-featherstone@st-aldhelm-and-st-crispin.quercus.example"""
LONG_WORD = "Llanfair" + "pwllgwyngyll" * 20

Answer = list[dict[str, Any]]

ANSWERS: dict[str, Answer] = {
    WELCOME: [
        {
            "text": "Hello! I answer questions about the letter.\nWhat would you like to know?",
            "choices": [
                {"label": "What does it cost?", "payload": '/ask{"topic": "cost"}'},
                {"label": "Who gets trained?", "payload": '/ask{"topic": "training"}'},
            ],
        }
    ],
    "/open_letter": [
        {
            "text": "Hello Ann Lee. I answer questions about the letter that Hal Hubbard wrote to Fairview Primary School.",
            "choices": [
                {"label": "What does it cost?", "payload": '/ask{"topic": "cost"}'},
                {"label": "Register our school", "payload": "/register"},
            ],
        }
    ],
    "cost": [
        {
            "text": "Taking part costs twelve acorns for each school.",
            "source": SOURCE,
            "topics": ["ask/cost"],
            "links": [{"label": "The scheme’s website", "href": "https://scheme.example/acorns"}],
        }
    ],
    "training": [
        {"text": "A squirrel and an owl are trained, in autumn.\nThe date is agreed with you.", "source": SOURCE},
        {"text": "Would you like to know more?", "choices": [{"label": "How do we join?", "payload": "/ask/join"}]},
    ],
    "join": [{"text": "What is your email address? Or write to oak@scheme.example.", "expects": "email"}],
    "put us down": [{"text": "Which school is it? Its name, town or postcode will do.", "expects": "school"}],
    "primary": [{"text": "Thank you. What is your name?"}],
    "hand_over": [
        {
            "text": "Shall I pass your question on to a person?",
            "choices": [
                {"label": "Yes, with this conversation", "payload": "/with"},
                {"label": "No", "payload": "/no"},
            ],
            "topics": ["person"],
        }
    ],
    "summary": [
        {
            "text": SUMMARY,
            "choices": [
                {"label": "Yes, register us", "payload": "/affirm"},
                {"label": "Change something", "payload": "/change"},
                {"label": "Stop", "payload": "/deny"},
            ],
            "links": [{"label": "What happens to what you tell us", "href": "https://scheme.example/privacy"}],
        }
    ],
    "html": [{"text": HTML}],
    "word": [{"text": LONG_WORD}],
    "links": [
        {
            "text": "Two links, one of them wicked. See https://scheme.example/a?b=c.",
            "links": [
                {"label": "Good link", "href": "https://scheme.example/good"},
                {"label": "By email", "href": "mailto:oak@scheme.example"},
                {"label": "Wicked link", "href": "javascript:alert(1)"},
            ],
        }
    ],
    "": [{"text": "I do not have that. Nearest to it is what it costs.", "source": SOURCE}],
}


class ScriptedEngine:
    """``turns`` holds what it was asked, in order; ``held`` answers wait until ``release``."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self.turns: list[dict[str, str]] = []
        self.failing = False
        self._open = asyncio.Event()
        self._open.set()

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [web.post("/webhooks/psqm/message", self._message), web.get("/webhooks/psqm/health", self._health)]
        )
        return app

    def hold(self) -> None:
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    def fail(self, failing: bool) -> None:
        self.failing = failing

    async def _health(self, request: web.Request) -> web.Response:
        self._admit(request)
        return web.json_response({"status": "ok", "model": "scripted"})

    async def _message(self, request: web.Request) -> web.Response:
        self._admit(request)
        turn = await request.json()
        self.turns.append(turn)
        await self._open.wait()
        if self.failing:
            return web.json_response({"error": "scripted to fail"}, status=500)
        return web.json_response({"messages": answer_to(turn.get("choice") or turn["text"])})

    def _admit(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self._secret}":
            raise web.HTTPUnauthorized


def answer_to(said: str) -> Answer:
    """The answer whose key word the person said (or that the payload names)."""
    key = said if said in ANSWERS else next((word for word in ANSWERS if word and word in said.casefold()), "")
    return ANSWERS[key]
