"""What somebody did in Teams, in the words of ``bot.chat``: whoever it is, by the ids that Teams vouches for."""

import html
from typing import Any, cast, get_args

from microsoft_agents.activity import Activity

from bot.channels.teams.cards import ANSWER_FIELD, CHOICE, CHOOSE, SUBJECT
from bot.channels.teams.references import Place
from bot.chat.incoming import Answered, Pressed, Sender, Wrote
from bot.posts.card import ActionKind

PERSONAL = "personal"
_KINDS = get_args(ActionKind)
_LONGEST_ID = 100


def sender_of(activity: Activity, tenant_id: str) -> Sender:
    """``reference`` only where nobody else reads: a channel is no place to write to somebody in private."""
    account = activity.from_property
    reference = Place.of(activity).as_reference() if is_private(activity) else {}
    return Sender("teams", tenant_id, account.aad_object_id or account.id, reference)


def is_private(activity: Activity) -> bool:
    return bool(activity.conversation.conversation_type == PERSONAL)


def words_of(activity: Activity) -> str:
    """What was written, without the mention of the bot; other mentions become the words that they show."""
    text = str(activity.remove_recipient_mention())
    for mention in activity.get_mentions():
        if mention.text:
            text = text.replace(mention.text, html.unescape(mention.text.removeprefix("<at>").removesuffix("</at>")))
    return text.replace("&nbsp;", " ").replace("\u00a0", " ").strip()


def wrote(activity: Activity, sender: Sender, key: str) -> Wrote:
    return Wrote(sender, words_of(activity), key, is_private(activity))


def pressed(activity: Activity, sender: Sender, key: str) -> Pressed | Answered | Wrote | None:
    """What the button of a card asks for; None for a button that we have never made."""
    action = _part(activity.value, "action")
    verb, data = action.get("verb"), _part(action, "data")
    subject = _id(data, SUBJECT)
    if verb == CHOOSE:
        choice = _id(data, CHOICE)
        return Wrote(sender, "", key, is_private(activity), choice) if choice else None
    if not subject:
        return None
    if verb == "answer":
        answer = data.get(ANSWER_FIELD)
        return Answered(sender, subject, answer if isinstance(answer, str) else "", key)
    return Pressed(sender, cast(ActionKind, verb), subject, key) if verb in _KINDS and verb != "open" else None


def _part(whole: Any, name: str) -> dict[str, Any]:
    part = whole.get(name) if isinstance(whole, dict) else None
    return part if isinstance(part, dict) else {}


def _id(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) and len(value) <= _LONGEST_ID else ""
