"""Stands in for Microsoft: the Bot Framework's keys and tokens, and the part of the Teams connector that is used, recorded."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from microsoft_agents.hosting.core import OutboundHostValidator

from bot.channels.teams.opening import Microsoft

APP_ID = "11111111-2222-3333-4444-555555555555"
TENANT = "99999999-8888-7777-6666-555555555555"
BOT = f"28:{APP_ID}"
ANN = "29:ann"
ANN_AAD = "aaaaaaaa-0000-0000-0000-000000000001"
CHAT = "a:chat-of-ann"

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class Call:
    """A request that the connector got."""

    method: str
    path: str
    body: dict[str, Any]
    authorization: str

    @property
    def card(self) -> dict[str, Any]:
        card: dict[str, Any] = self.body["attachments"][0]["content"]
        return card


@dataclass
class StandIn:
    """``trouble``: statuses and headers that the next requests to the connector are answered with; ``drops``: it hangs up."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    trouble: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    endorsements: list[str] = field(default_factory=lambda: ["msteams"])
    key_reads: int = 0
    is_down: bool = False
    has_token: bool = True
    drops: bool = False
    _ids: Any = field(default_factory=lambda: count(1))

    @property
    def service_url(self) -> str:
        return self.url + "/emea/"

    def microsoft(self) -> Microsoft:
        return Microsoft(self.url + "/openid", _OnlyHere(self.url), lambda _configuration: _Provider(self))

    def token(self, key: Any = KEY, kid: str = "one", algorithm: str = "RS256", **claims: Any) -> str:
        """A token as the Bot Framework signs it; ``claims`` given as None are left out."""
        now = int(time.time())
        usual = {
            "iss": "https://api.botframework.com",
            "aud": APP_ID,
            "nbf": now - 10,
            "exp": now + 3600,
            "serviceurl": self.service_url,
        }
        chosen = {name: value for name, value in (usual | claims).items() if value is not None}
        return jwt.encode(chosen, key, algorithm=algorithm, headers={"kid": kid})

    def headers(self, **how: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(**how)}"}

    def activity(self, **parts: Any) -> dict[str, Any]:
        """A message of Ann's, in the chat between her and the bot."""
        usual = {
            "type": "message",
            "id": f"{next(self._ids)}",
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "from": {"id": ANN, "name": "Ann", "aadObjectId": ANN_AAD},
            "recipient": {"id": BOT, "name": "PSQM"},
            "conversation": {"id": CHAT, "tenantId": TENANT, "conversationType": "personal"},
            "channelData": {"tenant": {"id": TENANT}},
            "text": "who has registered this week?",
        }
        return usual | parts

    def press(self, verb: str, **parts: Any) -> dict[str, Any]:
        """A button of a card that was posted as ``posted-1``."""
        data = parts.pop("data", {"subject": "r-1"})
        action = {"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"}
        invoke = {
            "type": "invoke",
            "name": "adaptiveCard/action",
            "text": None,
            "value": action,
            "replyToId": "posted-1",
        }
        return self.activity(**(invoke | parts))

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/openid", self._openid),
                web.get("/keys", self._keys),
                web.post("/emea/v3/conversations", self._conversation),
                web.post("/emea/v3/conversations/{id}/activities", self._post),
                web.post("/emea/v3/conversations/{id}/activities/{post}", self._post),
                web.put("/emea/v3/conversations/{id}/activities/{post}", self._post),
            ]
        )
        return app

    async def _openid(self, _request: web.Request) -> web.Response:
        if self.is_down:
            return web.Response(status=503)
        return web.json_response({"issuer": "https://api.botframework.com", "jwks_uri": f"{self.url}/keys"})

    async def _keys(self, _request: web.Request) -> web.Response:
        self.key_reads += 1
        public = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
        return web.json_response({"keys": [public | {"kid": "one", "use": "sig", "endorsements": self.endorsements}]})

    async def _conversation(self, request: web.Request) -> web.Response:
        return await self._taken(request, {"id": "a:private"})

    async def _post(self, request: web.Request) -> web.Response:
        return await self._taken(request, {"id": f"posted-{next(self._ids)}"})

    async def _taken(self, request: web.Request, answer: dict[str, str]) -> web.Response:
        if self.drops and request.transport:
            request.transport.abort()
        body = await request.json()
        called = Call(
            request.method, request.path.removeprefix("/emea"), body, request.headers.get("Authorization", "")
        )
        self.calls.append(called)
        if self.trouble:
            status, headers = self.trouble.pop(0)
            return web.json_response({"error": {"code": "Trouble"}}, status=status, headers=headers)
        return web.json_response(answer, status=201)


class _OnlyHere(OutboundHostValidator):
    """This server is a service of Microsoft's for a while."""

    def __init__(self, url: str) -> None:
        super().__init__([], enabled=True)
        self._url = url

    def is_allowed(self, url: Any) -> bool:
        return str(url).startswith(self._url)


class _Provider:
    """Entra gives tokens, or refuses to."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in

    async def get_access_token(self, _resource: str, _scopes: list[str], _force: bool = False) -> str:
        if not self._stand_in.has_token:
            raise ValueError("AADSTS7000222: the secret has expired")
        return "entra-token"


@asynccontextmanager
async def microsoft_stand_in() -> AsyncIterator[StandIn]:
    stand_in = StandIn()
    server = TestServer(stand_in.app())
    async with server:
        stand_in.url = str(server.make_url("")).rstrip("/")
        yield stand_in
