"""The sites that the browser tests visit: the service, and somebody else's site with the widget on it."""

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import text

from bot.channels.keys import DATABASE, Scheme
from tests.browser.scripted_engine import WELCOME, ScriptedEngine


@dataclass(frozen=True)
class Site:
    """The service at ``url``, the engine behind it, and what it says about the scheme."""

    url: str
    app: web.Application
    runner: web.AppRunner
    engine: ScriptedEngine
    scheme: Scheme

    @property
    def questions(self) -> list[str]:
        """What the engine was asked, in order: texts, and the payloads of choices; greetings are left out."""
        asked = [turn.get("choice") or turn["text"] for turn in self.engine.turns]
        return [question for question in asked if question != WELCOME]

    def cut_connections(self) -> None:
        """As if the network had failed for a moment."""
        for connection in self.runner.server.connections if self.runner.server else []:
            if connection.transport:
                connection.transport.abort()

    async def forget_conversations(self) -> None:
        """As if every session had expired."""
        async with self.app[DATABASE].writing() as session:
            await session.execute(text("DELETE FROM message"))
            await session.execute(text("DELETE FROM conversation"))
            await session.commit()


class HostSite:
    """Serves ``html`` at ``/`` with ``headers``; a test fills them in before it goes there."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://localhost:{port}"
        self.html = ""
        self.headers: dict[str, str] = {}

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.get("/", self._page), web.get("/favicon.ico", self._icon)])
        return app

    def embed(self, site: Site, head: str = "", body: str = "", attributes: str = "") -> None:
        """The two lines that webmasters are told to write, on a page of their own."""
        self.html = (
            f'<!doctype html><html lang="en"><head><title>Oak School</title>{head}</head><body>'
            f'<main><h1>Oak School</h1>{body}</main><script type="module" src="{site.url}/widget.js"></script>'
            f"<psqm-assistant {attributes}></psqm-assistant></body></html>"
        )

    async def _page(self, _request: web.Request) -> web.Response:
        return web.Response(text=self.html, content_type="text/html", headers=self.headers)

    async def _icon(self, _request: web.Request) -> web.Response:
        return web.Response(status=204)
