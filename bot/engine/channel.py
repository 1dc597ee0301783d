"""The engine's only way in: the service hands over a message and gets the answer's messages back."""

import asyncio
import hmac
import logging
import re
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, Event, UserUttered
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

logger = logging.getLogger(__name__)

_SHOWN = ("links", "source", "topics", "expects")
# What a text may not begin with: Rasa would run it as a command (`/restart`, `/ask{...}`), leading blanks or not. Blanks of
# any kind, since Rasa strips them all: a no-break space between two slashes counts.
_COMMAND_START = re.compile(r"[\s/]+")


def shown(message: Dict[Text, Any]) -> Dict[Text, Any]:
    """Of a message of Rasa's, what the service shows: its text, choices (``label``, ``payload``) and the rest."""
    kept: Dict[Text, Any] = {"text": (message.get("text") or "").strip()}
    choices = [{"label": button["title"], "payload": button["payload"]} for button in message.get("buttons") or []]
    if choices:
        kept["choices"] = choices
    kept.update({key: message[key] for key in _SHOWN if message.get(key)})
    return kept


class CollectedMessages(OutputChannel):
    """Keeps what the assistant says in one turn, as the service shows it."""

    def __init__(self) -> None:
        self.messages: List[Dict[Text, Any]] = []

    @classmethod
    def name(cls) -> Text:
        """The channel's name in Rasa."""
        return "psqm"

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Keeps one message."""
        self.messages.append(shown(message))


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
                if body["again"] and (answer := await _answered_before(request.app.ctx.agent, body)):
                    return json(answer)
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
            return json({"messages": collected.messages, **_understood(_at_hand(request.app.ctx.agent, body), body)})

        return blueprint

    def _authorised(self, request: Request) -> bool:
        shown = request.headers.get("authorization", "")
        return hmac.compare_digest(shown.encode(), f"Bearer {self._secret}".encode())


def as_words(text: Text) -> Text:
    """Takes from a typed text what would make it a command of Rasa's."""
    start = _COMMAND_START.match(text)
    return text[start.end() if start else 0 :].strip() or "?"


async def _answered_before(agent: Any, body: Dict[Text, Any]) -> Optional[Dict[Text, Any]]:
    """What was answered to this message when it came the last time; None if it never got so far."""
    tracker = await agent.tracker_store.retrieve(body["conversation"]) if agent is not None else None
    events = list(tracker.events) if tracker is not None else []
    place = _latest(events)
    if place is None or events[place].message_id != body["message"]:
        return None
    spoken = [event for event in events[place:] if isinstance(event, BotUttered)]
    said = [shown({"text": event.text, **event.data, **event.metadata}) for event in spoken]
    return {"messages": said, **_understood(events, body)} if said else None


def _at_hand(agent: Any, body: Dict[Text, Any]) -> List[Event]:
    """The conversation's events, where the tracker store (which Rasa wraps in one of its own) has them in memory."""
    store = getattr(agent, "tracker_store", None)
    store = getattr(store, "_tracker_store", store)
    tracker = store.at_hand(body["conversation"]) if hasattr(store, "at_hand") else None
    return list(tracker.events) if tracker is not None else []


def _understood(events: List[Event], body: Dict[Text, Any]) -> Dict[Text, Any]:
    """What was made of this message, as ``understood``: {"certainty", "topics", "alternatives"}; nothing for a choice."""
    place = _latest(events)
    if place is None or events[place].message_id != body["message"]:
        return {}
    understanding = events[place].parse_data.get("understanding")
    return {"understood": understanding} if understanding else {}


def _latest(events: List[Event]) -> Optional[int]:
    """Where the person's last message is."""
    return next((index for index, event in reversed(list(enumerate(events))) if isinstance(event, UserUttered)), None)


def _body(request: Request) -> Optional[Dict[Text, Any]]:
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
    message = str(body.get("message") or "") or None
    return {"said": said, "conversation": conversation, "message": message, "again": body.get("again") is True}
