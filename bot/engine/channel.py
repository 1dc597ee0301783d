"""The engine's only way in: the service hands over a message and gets the answer's messages back."""

import asyncio
import hmac
import logging
import re
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

logger = logging.getLogger(__name__)

_SHOWN = ("links", "source", "topics", "expects")
# What a text may not begin with: Rasa would run it as a command (`/restart`, `/ask{...}`), leading blanks or not. Blanks of
# any kind, since Rasa strips them all: a no-break space between two slashes counts.
_COMMAND_START = re.compile(r"[\s/]+")


class CollectedMessages(OutputChannel):
    """Keeps what the assistant says in one turn, as the service shows it."""

    def __init__(self) -> None:
        self.messages: List[Dict[Text, Any]] = []

    @classmethod
    def name(cls) -> Text:
        """The channel's name in Rasa."""
        return "psqm"

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Keeps one message: its text, choices (``label``, ``payload``) and what else the service shows."""
        collected: Dict[Text, Any] = {"text": (message.get("text") or "").strip()}
        choices = [{"label": button["title"], "payload": button["payload"]} for button in message.get("buttons") or []]
        if choices:
            collected["choices"] = choices
        collected.update({key: message[key] for key in _SHOWN if message.get(key)})
        self.messages.append(collected)


class ServiceChannel(InputChannel):
    """HTTP for the service alone, which shows a shared secret."""

    def __init__(self, secret: Text) -> None:
        self._secret = secret

    @classmethod
    def name(cls) -> Text:
        """The channel's name, and the first part of its addresses."""
        return "psqm"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> "ServiceChannel":
        """Takes the secret from credentials.yml.

        Raises:
            ValueError: if it is missing or still the name of an unset variable.
        """
        secret = str((credentials or {}).get("secret") or "")
        if len(secret) < 16 or "$" in secret:
            raise ValueError("PSQM_ENGINE_SECRET has to be set, with 16 characters or more: start with `psqm engine`.")
        return cls(secret)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The two addresses ``message`` and ``health`` below ``/webhooks/psqm/``."""
        blueprint = Blueprint("psqm_channel")

        @blueprint.route("/health", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return json({"error": "unauthorised"}, status=401)
            agent = request.app.ctx.agent
            if agent is None or not agent.is_ready():
                return json({"status": "no model"}, status=503)
            return json({"status": "ok", "model": agent.model_id})

        @blueprint.route("/message", methods=["POST"])
        async def message(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return json({"error": "unauthorised"}, status=401)
            body = _body(request)
            if body is None:
                return json({"error": "malformed"}, status=400)
            collected = CollectedMessages()
            try:
                await on_new_message(
                    UserMessage(
                        body["said"],
                        collected,
                        body["conversation"],
                        input_channel=self.name(),
                        message_id=body["message"],
                    )
                )
            except asyncio.CancelledError:
                raise
            except Exception:
                logger.exception("A turn of conversation %s failed.", body["conversation"])
                return json({"error": "failed"}, status=500)
            return json({"messages": collected.messages})

        return blueprint

    def _authorised(self, request: Request) -> bool:
        shown = request.headers.get("authorization", "")
        return hmac.compare_digest(shown.encode(), f"Bearer {self._secret}".encode())


def as_words(text: Text) -> Text:
    """Takes from a typed text what would make it a command of Rasa's."""
    start = _COMMAND_START.match(text)
    return text[start.end() if start else 0 :].strip() or "?"


def _body(request: Request) -> Optional[Dict[Text, Text]]:
    try:
        body = request.json
    except Exception:
        return None
    if not isinstance(body, dict):
        return None
    text, choice = body.get("text"), body.get("choice")
    conversation = body.get("conversation")
    if not isinstance(conversation, str) or not conversation or (text is None) == (choice is None):
        return None
    if not isinstance(choice if text is None else text, str):
        return None
    said = as_words(text) if text is not None else choice
    return {"said": said, "conversation": conversation, "message": str(body.get("message") or "") or None}
