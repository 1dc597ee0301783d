"""Conversations with what is measured, ours or the peer, in the same few words."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self
from uuid import uuid4

import aiohttp

_OPENING = "Hello"
_SECONDS_A_REQUEST = 60.0


class Conversation(Protocol):
    """One person's conversation."""

    async def say(self, text: str) -> int:
        """Says ``text`` and returns how many messages came back. Raises NoAnswer."""


class NoAnswer(Exception):
    """A server refused a message, said nothing or is gone; the text says which."""


@dataclass
class OurConversation:
    """A conversation over our chat API."""

    http: aiohttp.ClientSession
    headers: dict[str, str]

    @classmethod
    async def open(cls, http: aiohttp.ClientSession) -> Self:
        """Starts it and says hello. Raises NoAnswer."""
        started = await _post(http, "/api/sessions", {})
        conversation = cls(http, {"Authorization": f"Bearer {started['session']}"})
        await _greet(conversation)
        return conversation

    async def say(self, text: str) -> int:
        """See ``Conversation``."""
        return len((await _post(self.http, "/api/messages", {"text": text}, self.headers))["messages"])


@dataclass
class StockConversation:
    """A conversation over the REST channel of Rasa."""

    http: aiohttp.ClientSession
    sender: str

    @classmethod
    async def open(cls, http: aiohttp.ClientSession) -> Self:
        """Says hello, which starts it. Raises NoAnswer."""
        conversation = cls(http, uuid4().hex)
        await _greet(conversation)
        return conversation

    async def say(self, text: str) -> int:
        """See ``Conversation``."""
        return len(await _post(self.http, "/webhooks/rest/webhook", {"sender": self.sender, "message": text}))


type Opening = type[OurConversation] | type[StockConversation]


@dataclass
class Round:
    """What came of some turns: seconds of each, seconds of all by the clock, and what went wrong how often."""

    turns: list[float] = field(default_factory=list)
    wall: float = 0.0
    errors: int = 0
    unanswered: int = 0

    def __add__(self, other: "Round") -> "Round":
        return Round(
            self.turns + other.turns,
            self.wall + other.wall,
            self.errors + other.errors,
            self.unanswered + other.unanswered,
        )


def client(url: str) -> aiohttp.ClientSession:
    """A client of the server at ``url`` that holds a connection for each conversation."""
    timeout = aiohttp.ClientTimeout(total=_SECONDS_A_REQUEST)
    return aiohttp.ClientSession(url, timeout=timeout, connector=aiohttp.TCPConnector(limit=0))


async def talk(conversation: Conversation, texts: Sequence[str]) -> Round:
    """Says each text when the one before is answered."""
    done = Round()
    for text in texts:
        started = time.perf_counter()
        try:
            messages = await conversation.say(text)
        except NoAnswer:
            done.errors += 1
            continue
        done.turns.append(time.perf_counter() - started)
        done.unanswered += messages == 0
    return done


async def _greet(conversation: Conversation) -> None:
    if not await conversation.say(_OPENING):
        raise NoAnswer("said nothing to the opening words")


async def _post(
    http: aiohttp.ClientSession, path: str, body: dict[str, str], headers: dict[str, str] | None = None
) -> Any:
    try:
        async with http.post(path, json=body, headers=headers) as response:
            if response.status >= 400:
                raise NoAnswer(f"{path}: status {response.status}")
            return await response.json()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise NoAnswer(f"{path}: {type(error).__name__}") from None
