"""An engine that speaks the engine's contract and does as a test tells it.

``python -m tests.fake_engine 8080`` serves the whole service with it, to try the pages without training anything.
"""

import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

SECRET = "the fake engine's secret"
WELCOME = '/chat{"topic": "welcome"}'

SOURCE = {"title": "The letter", "checked": "2026-01-31"}
OFFER = [
    {"label": "What it costs", "payload": '/ask{"topic": "cost"}'},
    {"label": "How long it takes", "payload": '/ask{"topic": "duration"}'},
]


@dataclass
class FakeEngine:
    """Answers with what it was told; the attributes make it slow, broken or silent from the next turn on."""

    model: str = "fake-model"
    delay: float = 0.0
    status: int = 200
    silent: bool = False
    turns: list[dict[str, Any]] = field(default_factory=list)
    busy: dict[str, int] = field(default_factory=dict)
    most_at_once: int = 0
    questioned: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first turn that is no greeting."""

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The turns that are not greetings."""
        return [turn for turn in self.turns if turn.get("choice") != WELCOME]

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/webhooks/psqm/message", self._message)
        app.router.add_get("/webhooks/psqm/health", self._health)
        return app

    async def _message(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return web.json_response({"error": "who are you?"}, status=401)
        turn = await request.json()
        conversation = turn["conversation"]
        self.turns.append(turn)
        if turn.get("choice") != WELCOME:
            self.questioned.set()
        self.busy[conversation] = self.busy.get(conversation, 0) + 1
        self.most_at_once = max(self.most_at_once, self.busy[conversation])
        await asyncio.sleep(self.delay)
        self.busy[conversation] -= 1
        if self.status != 200:
            return web.json_response({"error": "broken"}, status=self.status)
        return web.json_response({"messages": [] if self.silent else self._answer(turn)})

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "model": self.model}, status=self.status)

    def _answer(self, turn: dict[str, Any]) -> list[dict[str, Any]]:
        if turn.get("choice") == WELCOME:
            return [{"text": "Hello! What would you like to know?", "choices": OFFER, "topics": ["chat/welcome"]}]
        if turn.get("choice", "").startswith("/hand_over"):
            choices = [{"label": "Yes, with this conversation", "payload": "/say_with"}]
            return [{"text": "Shall I pass your question on?", "choices": choices, "topics": ["person"]}]
        if "choice" in turn:
            return [{"text": f"You chose {turn['choice']}", "topics": ["ask/cost"], "source": SOURCE}]
        if turn["text"] == "offer":
            return [{"text": "Which one?", "choices": OFFER}]
        links = [{"label": "Website", "href": "https://www.example.org"}, {"label": "x", "href": "javascript:alert(1)"}]
        links.append({"label": "y", "href": "https://[broken"})
        return [{"text": f"You said: {turn['text']}", "links": links, "topics": ["ask/cost"], "source": SOURCE}]


async def _serve(port: int, data_dir: Path) -> None:
    from bot.app import init_app
    from bot.settings import Settings
    from tests.conftest import SCHEME

    async with TestServer(FakeEngine().app()) as engine:
        settings = Settings(engine_url=str(engine.make_url("")), engine_secret=SECRET, port=port, data_dir=data_dir)
        runner = web.AppRunner(init_app(settings, SCHEME))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        sys.stdout.write(f"ready: http://127.0.0.1:{port}\n")
        sys.stdout.flush()
        try:
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        asyncio.run(_serve(int(sys.argv[1]), Path(folder)))
