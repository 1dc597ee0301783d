"""The part of Slack's Web API that the service uses, and its Socket Mode: records what it is sent, and can behave badly."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

TEAM, BOT, TOKEN, APP_TOKEN = "T0PSQM", "U0BOT", "xoxb-for-tests", "xapp-for-tests"


@dataclass(frozen=True)
class Call:
    """A call of the API, or of a response address (``method`` "respond"), with its arguments as Slack would read them."""

    method: str
    arguments: dict[str, Any]
    token: str


@dataclass
class SlackServer:
    """``answer`` may say how to answer a call: a status, headers and a body. ``lose``: methods done but never answered."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[Call], tuple[int, dict[str, str], Any] | None] = lambda _call: None
    lose: set[str] = field(default_factory=set)
    envelopes: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    acknowledged: list[dict[str, Any]] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def response_url(self) -> str:
        return f"{self.url}/respond"

    def of(self, *methods: str) -> list[dict[str, Any]]:
        """The arguments of the calls of these methods, in order."""
        return [call.arguments for call in self.calls if call.method in methods]

    def refuses(self, error: str, *methods: str) -> None:
        """From now on Slack answers so; without ``methods`` to all of them."""
        self.answer = lambda call: (
            (200, {}, {"ok": False, "error": error}) if call.method in methods or not methods else None
        )

    async def api(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        call = Call(request.match_info["method"], await _arguments(request), token)
        self.calls.append(call)
        if refusal := self.answer(call):
            status, headers, body = refusal
            return web.Response(status=status, headers=headers, text=json.dumps(body), content_type="application/json")
        done = self._do(call)
        if call.method in self.lose:
            assert request.transport
            request.transport.abort()
        return web.json_response({"ok": True} | done)

    async def respond(self, request: web.Request) -> web.Response:
        self.calls.append(Call("respond", await request.json(), ""))
        return web.Response(text="ok")

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse()
        await line.prepare(request)
        self.sockets.append(line)
        await line.send_json({"type": "hello", "num_connections": 1})
        sending = asyncio.create_task(self._send(line))
        async for message in line:
            if message.type == WSMsgType.TEXT:
                self.acknowledged.append(json.loads(message.data))
        sending.cancel()
        return line

    async def _send(self, line: web.WebSocketResponse) -> None:
        while True:
            await line.send_json(await self.envelopes.get())

    def _do(self, call: Call) -> dict[str, Any]:
        match call.method:
            case "auth.test":
                return {"team_id": TEAM, "team": "Science hubs", "user_id": BOT, "bot_id": "B0BOT"}
            case "conversations.open":
                return {"channel": {"id": "D" + call.arguments["users"].removeprefix("U")}}
            case "chat.postMessage":
                message = call.arguments | {"ts": f"1700000000.{len(self.messages):06}"}
                self.messages.append(message)
                return {"channel": call.arguments["channel"], "ts": message["ts"], "message": {}}
            case "chat.update":
                return {"channel": call.arguments["channel"], "ts": call.arguments["ts"]}
            case "conversations.history" | "conversations.replies":
                return {"messages": [each for each in reversed(self.messages) if _is_in(each, call.arguments)]}
            case "apps.connections.open":
                assert call.token == APP_TOKEN
                return {"url": self.url.replace("http", "ws") + "/socket"}
        return {}


def _is_in(message: dict[str, Any], place: dict[str, Any]) -> bool:
    return message["channel"] == place["channel"] and message.get("thread_ts") == place.get("ts")


@asynccontextmanager
async def slack_server() -> AsyncIterator[SlackServer]:
    """Runs a server on a free port of this machine."""
    slack = SlackServer()
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.add_routes(
        [
            web.post("/api/{method}", slack.api),
            web.get("/api/{method}", slack.api),
            web.post("/respond", slack.respond),
            web.get("/socket", slack.socket),
        ]
    )
    async with TestServer(app) as server:
        slack.url = str(server.make_url("")).rstrip("/")
        yield slack


async def _arguments(request: web.Request) -> dict[str, Any]:
    """As Slack reads them: from JSON or a form, whose structures are JSON; or from the query."""
    if request.content_type == "application/json":
        found: dict[str, Any] = await request.json()
        return found
    sent = dict(request.query) | dict(await request.post())
    structured = ("blocks", "view", "metadata")
    return {name: json.loads(str(value)) if name in structured else str(value) for name, value in sent.items()}
