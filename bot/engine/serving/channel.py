"""The engine's second way in, for the service alone: a new model, and what texts ask without a conversation."""

import asyncio
import gc
import hmac
import logging
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.engine.serving.loading import ModelRefused, loaded_beside
from bot.engine.serving.reading import read

MOST = 200  # texts at a time
_MODEL = "models/psqm.tar.gz"

logger = logging.getLogger(__name__)


class TeachingChannel(InputChannel):
    """HTTP for the service alone, which shows the secret that it shows to the other channel."""

    def __init__(self, secret: Text, model: Text) -> None:
        self._secret = secret
        self._model = model
        self._loading = asyncio.Lock()

    @classmethod
    def name(cls) -> Text:
        """The channel's name, and the first part of its addresses."""
        return "teaching"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> "TeachingChannel":
        """Takes the secret and the model's path from credentials.yml; the other channel has checked the secret.

        Raises:
            ValueError: if the secret is missing.
        """
        given = credentials or {}
        secret, model = str(given.get("secret") or ""), str(given.get("model") or "$")
        if len(secret) < 16 or "$" in secret:
            raise ValueError("PSQM_ENGINE_SECRET has to be set, with 16 characters or more: start with `psqm engine`.")
        return cls(secret, _MODEL if "$" in model else model)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses ``model`` and ``read`` below ``/webhooks/teaching/``."""
        blueprint = Blueprint("teaching_channel")

        @blueprint.route("/model", methods=["POST"])
        async def model(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return json({"error": "unauthorised"}, status=401)
            async with self._loading:
                try:
                    agent = await loaded_beside(request.app.ctx.agent, self._model)
                except ModelRefused as refused:
                    logger.error("The new model cannot be loaded; the one before goes on. %s", refused)
                    return json({"error": "refused"}, status=409)
                request.app.ctx.agent = agent
                gc.collect()
            logger.info("Answering with model %s from now on.", agent.model_id)
            return json({"status": "ok", "model": agent.model_id})

        @blueprint.route("/read", methods=["POST"])
        async def read_texts(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return json({"error": "unauthorised"}, status=401)
            texts = _texts(request)
            if texts is None:
                return json({"error": "malformed"}, status=400)
            agent = request.app.ctx.agent
            readings = []
            for text in texts:
                readings.append(await read(agent, text))
                await asyncio.sleep(0)  # turns go first
            return json({"readings": readings})

        return blueprint

    def _authorised(self, request: Request) -> bool:
        shown = request.headers.get("authorization", "")
        return hmac.compare_digest(shown.encode(), f"Bearer {self._secret}".encode())


def _texts(request: Request) -> Optional[List[Text]]:
    try:
        texts = request.json["texts"]
    except Exception:
        return None
    if not isinstance(texts, list) or len(texts) > MOST or not all(isinstance(text, str) for text in texts):
        return None
    return texts
