"""An activity as it arrives: whose it is, whether it is wanted, and as much of it as is kept until it is worked on."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from bot.channels.teams.token import CHANNEL, Vouched

LARGEST = 256 * 1024
"""Bytes of a request. Teams' messages have at most about 100 KB; learn.microsoft.com, "Limits and specifications for Teams"."""

_ACCOUNT = ("id", "aadObjectId", "role")
_CONVERSATION = ("id", "tenantId", "conversationType", "isGroup")
_PLAIN = (
    "type",
    "id",
    "name",
    "action",
    "text",
    "textFormat",
    "replyToId",
    "channelId",
    "serviceUrl",
    "value",
    "locale",
)

type Activity = dict[str, Any]


class Malformed(ValueError):
    """No activity; the text holds nothing of it."""


class NotOurs(Exception):
    """A genuine activity that is none of ours; the text says why, for the log."""


def read(body: bytes, vouched: Vouched, tenant_id: str, is_allowed: Callable[[str], bool]) -> Activity:
    """The activity in ``body``; ``is_allowed`` knows to which services answers may go. Raises Malformed and NotOurs."""
    activity = _parsed(body)
    if activity.get("channelId") != CHANNEL:
        raise NotOurs("another channel")
    service_url = _text(activity, "serviceUrl")
    if service_url.rstrip("/") != vouched.service_url.rstrip("/"):
        raise NotOurs("another service than the token's")
    if not is_allowed(service_url):
        raise NotOurs("a service that is none of Microsoft's")
    _check_tenant(activity, tenant_id)
    return activity


def is_wanted(activity: Activity) -> bool:
    """Words of people, buttons of cards, and coming to somebody; edits, reactions, typing and other bots are not."""
    match activity["type"]:
        case "message":
            return bool(_part(activity, "from").get("role") != "bot" and str(activity.get("text") or "").strip())
        case "invoke":
            return activity.get("name") == "adaptiveCard/action"
        case "installationUpdate":
            return activity.get("action") == "add"
        case "conversationUpdate":
            return False  # installationUpdate says the same, once, and before it
    return False


def kept(activity: Activity) -> Activity:
    """What is needed to work on it. Names are not: people are known by their ids."""
    channel_data = _part(activity, "channelData")
    return {name: activity[name] for name in _PLAIN if name in activity} | {
        "from": _only(_part(activity, "from"), _ACCOUNT),
        "recipient": _only(_part(activity, "recipient"), _ACCOUNT),
        "conversation": _only(_part(activity, "conversation"), _CONVERSATION),
        "channelData": {"tenant": _only(_part(channel_data, "tenant"), ("id",))},
        "entities": [entity for entity in activity.get("entities") or [] if _is_kept_entity(entity)],
    }


def key_of(activity: Activity) -> str:
    """The same whenever the activity is delivered: ids of activities differ within a conversation only."""
    named = f"{activity['type']}\n{_part(activity, 'conversation').get('id')}\n{activity.get('id')}"
    return hashlib.sha256(named.encode()).hexdigest()


def _parsed(body: bytes) -> Activity:
    try:
        activity = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("no JSON") from None
    if not isinstance(activity, dict):
        raise Malformed("no activity")
    for part in ("from", "conversation"):
        if not _text(_part(activity, part), "id"):
            raise Malformed(f"no {part}")
    for name in ("type", "id"):
        if not _text(activity, name):
            raise Malformed(f"no {name}")
    return activity


def _check_tenant(activity: Activity, tenant_id: str) -> None:
    """Both places that name the tenant agree with ours, and one of them names it."""
    channel_data = _part(activity, "channelData")
    named = [_text(_part(channel_data, "tenant"), "id"), _text(_part(activity, "conversation"), "tenantId")]
    tenants = {tenant.lower() for tenant in named if tenant}
    if tenants != {tenant_id.lower()}:
        raise NotOurs("another tenant" if tenants else "no tenant")


def _is_kept_entity(entity: object) -> bool:
    return isinstance(entity, dict) and entity.get("type") in ("mention", "quotedReply")


def _part(whole: Activity, name: str) -> Activity:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _text(whole: Activity, name: str) -> str:
    text = whole.get(name)
    return text if isinstance(text, str) else ""


def _only(whole: Activity, names: tuple[str, ...]) -> Activity:
    return {name: whole[name] for name in names if whole.get(name) is not None}
