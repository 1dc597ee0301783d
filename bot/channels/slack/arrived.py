"""What of a request of Slack's is kept: who, where and what, and nothing that is not needed to work on it.

Each function takes the verified body as Slack documents it, and returns None for what is not for us: words of bots, changed and
removed messages, buttons that only lead somewhere.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, get_args

from bot.channels.slack.blocks import CHOOSE
from bot.posts.card import ActionKind

type Body = Mapping[str, Any]

_WRITTEN = {None, "file_share", "thread_broadcast"}  # subtypes of a message that are a person's words
_MOST_TEXT = 40_000  # what Slack itself takes for a message


@dataclass(frozen=True, slots=True)
class Arrived:
    """``workspace`` is where it was sent and ``of_user`` the workspace that the person belongs to, where Slack tells.

    ``ts`` names the message that was written or whose button was pressed, ``thread`` the one below which it is; ``subject`` what
    a button or an answer is about; ``choice`` the id of what was chosen.
    """

    kind: Literal["words", "command", "press", "choice", "answer", "home"]
    key: str
    workspace: str
    of_user: str
    user_id: str
    channel: str = ""
    ts: str = ""
    thread: str = ""
    text: str = ""
    action: str = ""
    subject: str = ""
    choice: str = ""
    response_url: str = ""
    is_ephemeral: bool = False

    @property
    def is_private(self) -> bool:
        """Whether only the person and the assistant read the place."""
        return self.channel.startswith("D") or self.kind == "home"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Reverses ``to_json``."""
        return cls(**kept)


def of_event(body: Body) -> Arrived | None:
    """Words in a direct message or in a mention, or the home tab opened."""
    event = body.get("event") or {}
    user_id = event.get("user", "")
    if not user_id or event.get("bot_id") or event.get("subtype") not in _WRITTEN:
        return None
    kind: Literal["words", "home"]
    match event.get("type"):
        case "app_mention":
            kind = "words"
        case "message" if event.get("channel_type") == "im":
            kind = "words"
        case "app_home_opened" if event.get("tab") == "home":
            kind = "home"
        case _:
            return None
    workspace = body.get("team_id", "")
    return Arrived(
        kind,
        f"event:{body.get('event_id', '')}",
        workspace,
        event.get("user_team") or event.get("team") or workspace,
        user_id,
        channel=event.get("channel", ""),
        ts=event.get("ts", ""),
        thread=event.get("thread_ts", ""),
        text=event.get("text", "")[:_MOST_TEXT],
    )


def of_action(body: Body) -> Arrived | None:
    """A button that was pressed."""
    pressed = body["actions"][0]
    action, _, _ = pressed.get("action_id", "").partition(":")
    is_choice = pressed.get("action_id", "").startswith(CHOOSE)
    if not (is_choice or action in get_args(ActionKind)) or action == "open":
        return None
    container, message = body.get("container", {}), body.get("message", {})
    channel = body.get("channel", {}).get("id") or container.get("channel_id", "")
    ts, user = container.get("message_ts", ""), body["user"]
    workspace = (body.get("team") or {}).get("id", "")
    value = pressed.get("value", "")
    return Arrived(
        "choice" if is_choice else "press",
        _key("press", channel, ts, user["id"], pressed["action_id"], pressed.get("action_ts", "")),
        workspace,
        user.get("team_id") or workspace,
        user["id"],
        channel=channel,
        ts=ts,
        thread=message.get("thread_ts", ""),
        action="" if is_choice else action,
        subject="" if is_choice else value,
        choice=value if is_choice else "",
        response_url=body.get("response_url", ""),
        is_ephemeral=bool(container.get("is_ephemeral")),
    )


def of_command(body: Body) -> Arrived:
    """``/psqm`` and what follows."""
    workspace = body.get("team_id", "")
    return Arrived(
        "command",
        _key("command", body["user_id"], body.get("trigger_id", "")),
        workspace,
        workspace,
        body["user_id"],
        channel=body.get("channel_id", ""),
        text=body.get("text", "")[:_MOST_TEXT],
        response_url=body.get("response_url", ""),
    )


def of_answer(body: Body, text: str) -> Arrived:
    """The modal, sent with ``text``; its private metadata says what it is about (``bot.channels.slack.modal``).

    The text is part of the key: sent a second time with other words, because the first acknowledgement was lost on its way, it
    must not pass for the same.
    """
    view, user = body["view"], body["user"]
    about = json.loads(view["private_metadata"])
    workspace = (body.get("team") or {}).get("id", "")
    return Arrived(
        "answer",
        _key("answer", view["id"], user["id"], text),
        workspace,
        user.get("team_id") or workspace,
        user["id"],
        channel=about["channel"],
        ts=about["ts"],
        thread=about["thread"],
        text=text,
        subject=about["question"],
    )


def _key(kind: str, *parts: str) -> str:
    return f"{kind}:{hashlib.sha256('\0'.join(parts).encode(errors='replace')).hexdigest()}"
