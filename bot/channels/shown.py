"""A message as clients see it: without what is only the engine's business."""

from dataclasses import asdict
from typing import Any

from bot.store.message import Choice, Message


def shown(message: Message) -> dict[str, Any]:
    """``n, from, name, text, choices: [{id, label}], links: [{label, href}], source: {title, checked} or None, expects,
    rating``."""
    return {
        "n": message.n,
        "from": message.sender,
        "name": message.author or None,
        "text": message.text,
        "choices": [shown_choice(choice) for choice in message.choices],
        "links": [asdict(link) for link in message.links],
        "source": asdict(message.source) if message.source else None,
        "expects": message.expects,
        "rating": (message.rating or "open") if message.can_be_rated else "none",
    }


def shown_choice(choice: Choice) -> dict[str, str]:
    return {"id": choice.id, "label": choice.label}
