"""The service's client of the engine: a turn in, the engine's messages out, and what it understood."""

import json
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
import structlog
from pydantic import BaseModel, Field, ValidationError

from bot.metrics import Metrics
from bot.store.message import Expects, Link, Source

WELCOME = '/chat{"topic": "welcome"}'
"""The choice that begins a conversation."""
REGISTER = "/register"
"""The choice that begins a registration."""
OPEN_DESK = "/open_desk"
"""The choice that begins a conversation with a member of staff."""


def opening_letter(letter_id: str, sender: str = "") -> str:
    """The choice that begins a conversation with somebody who comes from a letter; ``sender``: by mail from this address, with
    the name in front of it where one is known (``Ann Lee <ann@fairview.example>``)."""
    return "/open_letter" + json.dumps({"letter": letter_id} | ({"sender": sender} if sender else {}))


_CONNECT_SECONDS = 1.0
# The engine closes an idle connection after 5 seconds; one that we keep for less is never closed under a message.
_IDLE_SECONDS = 4.0
_SAFE_SCHEMES = {"https", "http", "mailto"}

_log = structlog.get_logger(__name__)


class EngineUnavailable(Exception):
    """The engine cannot be reached, took too long, or gave nothing that can be shown. The text is for the log."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the engine is told: a message by its id, and either text or the payload of a choice.

    ``again``: it may have been asked this before, and have answered somebody who died before keeping the answer.
    """

    conversation: str
    message: str
    text: str | None = None
    choice: str | None = None
    again: bool = False


class EngineChoice(BaseModel):
    label: str
    payload: str


class EngineLink(BaseModel):
    label: str
    href: str

    @property
    def is_safe(self) -> bool:
        try:
            return urlsplit(self.href).scheme in _SAFE_SCHEMES
        except ValueError:
            return False


class EngineSource(BaseModel):
    title: str
    checked: str


class EngineMessage(BaseModel):
    """One message of the engine's answer."""

    text: str
    choices: list[EngineChoice] = Field(default_factory=list)
    links: list[EngineLink] = Field(default_factory=list)
    source: EngineSource | None = None
    topics: list[str] = Field(default_factory=list)
    expects: Expects = "text"

    def kept_links(self) -> tuple[Link, ...]:
        return tuple(Link(link.label, link.href) for link in self.links if link.is_safe)

    def kept_source(self) -> Source | None:
        return Source(self.source.title, self.source.checked) if self.source else None


class EngineAlternative(BaseModel):
    topic: str
    label: str


class Understood(BaseModel):
    """What the engine made of typed words. ``certainty``: "sure", "unsure" or "unknown"; ``alternatives``: what it offers."""

    certainty: str
    topics: list[str] = Field(default_factory=list)
    alternatives: list[EngineAlternative] = Field(default_factory=list)


class EngineAnswer(BaseModel):
    """What the engine says in a turn; ``understood`` None: it was told a choice, or the answer is of an older engine."""

    messages: list[EngineMessage]
    understood: Understood | None = None


class _Health(BaseModel):
    status: str
    model: str


class Engine:
    """The engine at ``url``, which knows us by ``secret``; ``timeout`` is in seconds and for a whole turn."""

    def __init__(self, url: str, secret: str, timeout: float, metrics: Metrics) -> None:
        self._url = url
        self._metrics = metrics
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {secret}"},
            timeout=aiohttp.ClientTimeout(total=timeout, sock_connect=_CONNECT_SECONDS),
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_SECONDS),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def ask(self, turn: Turn) -> EngineAnswer:
        """The engine's answer, at least one message; raises EngineUnavailable."""
        said = {"choice": turn.choice} if turn.choice is not None else {"text": turn.text}
        again = {"again": True} if turn.again else {}
        body = {"conversation": turn.conversation, "message": turn.message, **said, **again}
        answer = await self._call("POST", "/webhooks/psqm/message", EngineAnswer, body)
        if not answer.messages:  # that is how Rasa answers when an action of ours failed
            raise self._unavailable("no messages in the answer")
        return answer

    async def model(self) -> str:
        """The name of the model that the engine serves; raises EngineUnavailable."""
        return (await self._call("GET", "/webhooks/psqm/health", _Health)).model

    async def _call[Answer: BaseModel](
        self, method: str, path: str, shape: type[Answer], body: object = None
    ) -> Answer:
        try:
            async with self._session.request(method, self._url + path, json=body) as response:
                content = await response.read()
            if response.status != 200:
                raise self._unavailable(f"status {response.status}")
            answer = shape.model_validate_json(content)
        except ValidationError as error:
            raise self._unavailable(f"malformed answer: {error.errors(include_input=False)[0]['msg']}") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._unavailable(f"{type(error).__name__}: {error}") from None
        self._metrics.engine_up.set(1)
        return answer

    def _unavailable(self, why: str) -> EngineUnavailable:
        self._metrics.engine_up.set(0)
        _log.warning("engine unavailable", why=why)
        return EngineUnavailable(why)
