"""The service's client of the engine's teaching channel: what texts ask without a conversation, and a new model."""

from typing import Any

import aiohttp
from pydantic import BaseModel, Field, ValidationError

_READ_SECONDS = 30.0
_LOAD_SECONDS = 120.0  # beside the turns that go on meanwhile
_MOST = 100  # texts a call


class NotTaught(Exception):
    """The engine cannot be reached or refuses; the text is one sentence for whoever asked."""


class Name(BaseModel):
    """A person, an organisation or a place in a text, from ``start`` up to ``end`` in characters."""

    start: int
    end: int
    kind: str


class Ranked(BaseModel):
    topic: str
    share: float


class Reading(BaseModel):
    """What a text asks; ``certainty`` is sure, unsure or unknown."""

    certainty: str
    topics: list[str]
    ranking: list[Ranked] = Field(default_factory=list)
    names: list[Name] = Field(default_factory=list)


class Teaching:
    """The engine at ``url``, which knows us by ``secret``."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {secret}"}

    async def read(self, texts: list[str]) -> list[Reading]:
        """What each of ``texts`` asks, by the model that answers now. Raises NotTaught."""
        readings: list[Reading] = []
        for first in range(0, len(texts), _MOST):
            answer = await self._post("read", {"texts": texts[first : first + _MOST]}, _READ_SECONDS)
            try:
                readings += [Reading.model_validate(reading) for reading in answer["readings"]]
            except (ValidationError, KeyError, TypeError):
                raise NotTaught("The engine gave an answer that makes no sense: is it of the same version?") from None
        return readings

    async def load_model(self) -> str:
        """The engine answers with the model that lies there now; returns its name. Raises NotTaught."""
        answer = await self._post("model", {}, _LOAD_SECONDS)
        return str(answer.get("model", ""))

    async def _post(self, path: str, body: dict[str, Any], seconds: float) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=1.0)
        try:
            async with (
                aiohttp.ClientSession(headers=self._headers, timeout=timeout) as http,
                http.post(f"{self._url}/webhooks/teaching/{path}", json=body) as response,
            ):
                if response.status == 409:
                    raise NotTaught(
                        "The engine cannot load the new model and goes on with the one before: see its log."
                    )
                if response.status != 200:
                    raise NotTaught(f"The engine refused ({response.status}): is it of the same version and secret?")
                answer: dict[str, Any] = await response.json()
                return answer
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            raise NotTaught("The engine cannot be reached: is the assistant running?") from None
