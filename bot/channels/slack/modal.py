"""The window in which a question is answered."""

import json
from typing import Any

from bot.channels.slack.arrived import Arrived
from bot.channels.slack.blocks import quote
from bot.channels.slack.words import cut
from bot.desk.wording import AnswerRefused, sayable

ANSWER = "answer"
"""The callback id of the window, and the block that holds what was typed."""

LONGEST = 3000
"""Characters of an answer: Slack's most for a field, docs.slack.dev/reference/block-kit/block-elements."""

_MOST_METADATA = 3000


def view(pressed: Arrived, question: str) -> dict[str, Any]:
    """The window, after the button ``pressed`` of a post; ``question`` is shown above the field."""
    about = {
        "question": pressed.subject,
        "channel": pressed.channel,
        "ts": pressed.ts,
        "thread": pressed.thread,
    }
    field = {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": True,
        "max_length": LONGEST,
        "focus_on_load": True,
    }
    return {
        "type": "modal",
        "callback_id": ANSWER,
        "private_metadata": cut(json.dumps(about), _MOST_METADATA),
        "title": _plain("Answer"),
        "submit": _plain("Send"),
        "close": _plain("Cancel"),
        "blocks": [
            quote(question or "The question is no longer there."),
            {
                "type": "input",
                "block_id": ANSWER,
                "label": _plain("Your answer"),
                "hint": _plain("The person gets it in your name, where they asked or by email."),
                "element": field,
            },
        ],
    }


def typed(view: dict[str, Any]) -> str:
    """What was typed into the window that comes back."""
    return ((view.get("state") or {}).get("values", {}).get(ANSWER, {}).get("text", {}).get("value") or "").strip()


def wrong_with(text: str) -> str:
    """What can be seen to be wrong with an answer without looking anything up, as a sentence for whoever typed it, or empty."""
    try:
        sayable(text)
    except AnswerRefused as refused:
        return str(refused)
    return ""


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
