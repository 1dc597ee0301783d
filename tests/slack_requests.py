"""Requests as Slack makes them, signed for real."""

import json
import time
from itertools import count
from typing import Any
from urllib.parse import urlencode

from bot.channels.slack.signature import sign
from tests.slack_server import BOT, TEAM

SECRET = "a signing secret for tests"
ANN = "U0ANN"
_n = count()


def headers(body: bytes, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """What says that a body is Slack's."""
    timestamp = str(int(time.time() if at is None else at))
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": sign(secret, timestamp, body)}


def as_json(content: dict[str, Any]) -> tuple[bytes, str]:
    return json.dumps(content).encode(), "application/json"


def as_form(**fields: str) -> tuple[bytes, str]:
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def as_payload(content: dict[str, Any]) -> tuple[bytes, str]:
    return as_form(payload=json.dumps(content))


def message(text: str, *, user: str = ANN, event_id: str = "", **more: Any) -> dict[str, Any]:
    """Words in a direct message."""
    event = {
        "type": "message",
        "channel": f"D{user.removeprefix('U')}",
        "channel_type": "im",
        "user": user,
        "team": TEAM,
        "text": text,
        "ts": f"1700000100.{next(_n):06}",
    }
    return _event(event | more, event_id)


def mention(text: str, *, user: str = ANN, event_id: str = "", **more: Any) -> dict[str, Any]:
    """Words to the assistant in a channel."""
    event = {
        "type": "app_mention",
        "channel": "C0ROOM",
        "user": user,
        "team": TEAM,
        "text": f"<@{BOT}> {text}",
        "ts": f"1700000200.{next(_n):06}",
    }
    return _event(event | more, event_id)


def home_opened(user: str = ANN) -> dict[str, Any]:
    return _event({"type": "app_home_opened", "tab": "home", "user": user, "channel": "D0ANN"}, "")


def pressed(
    action_id: str, value: str, *, user: str = ANN, ts: str = "1700000000.000000", url: str = "", **more: Any
) -> dict[str, Any]:
    """A button of a post."""
    channel = more.pop("channel", f"D{user.removeprefix('U')}")
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "hubs"},
        "user": {"id": user, "username": "ann", "team_id": TEAM},
        "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False},
        "channel": {"id": channel, "name": "directmessage"},
        "message": {"ts": ts, "text": "…"},
        "trigger_id": f"{next(_n)}.trigger",
        "response_url": url,
        "actions": [
            {"type": "button", "action_id": action_id, "value": value, "action_ts": f"{time.time():.6f}{next(_n)}"}
        ],
    } | more


def command(text: str, *, user: str = ANN, url: str = "", channel: str = "C0ROOM") -> dict[str, str]:
    """``/psqm`` and what follows."""
    return {
        "command": "/psqm",
        "text": text,
        "team_id": TEAM,
        "user_id": user,
        "user_name": "ann",
        "channel_id": channel,
        "trigger_id": f"{next(_n)}.trigger",
        "response_url": url,
    }


def submitted(view: dict[str, Any], text: str | None, *, user: str = ANN, view_id: str = "V0ANSWER") -> dict[str, Any]:
    """The window for an answer, sent."""
    return {
        "type": "view_submission",
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "trigger_id": f"{next(_n)}.trigger",
        "view": view
        | {"id": view_id, "state": {"values": {"answer": {"text": {"type": "plain_text_input", "value": text}}}}},
    }


def _event(event: dict[str, Any], event_id: str) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": "A0PSQM",
        "event_id": event_id or f"Ev{next(_n)}",
        "event_time": int(time.time()),
        "event": event,
    }
