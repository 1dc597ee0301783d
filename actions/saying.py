"""Between Rasa and the forms: a message as a form hears it, and what a form says as a message."""

from collections.abc import Mapping
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.answer import asked_topics, utter_topic
from actions.directory import public_url
from bot.registration_form.draft import Said, Say


def said_in(message: Mapping[str, Any]) -> Said:
    """A message (Rasa's parse of it), typed or a pressed button."""
    intent = message.get("intent", {}).get("name") or ""
    understanding = message.get("understanding")
    if understanding is None:  # a pressed button
        entities = message.get("entities", [])
        chosen = [entity["value"] for entity in entities if entity.get("entity") == "choice"]
        topics = () if intent in ("choose", "register") else tuple(asked_topics(message))
        return Said("", intent, choice=chosen[0] if chosen else None, topics=topics, is_sure=True)
    return Said(
        text=message.get("text") or "",
        intent=intent,
        topics=tuple(asked_topics(message)),
        is_sure=understanding["certainty"] == "sure",
    )


def utter(dispatcher: CollectingDispatcher, say: Say) -> None:
    """Utters what a form says, its choices as buttons that only this turn's form understands."""
    buttons = [{"title": label, "payload": f'/choose{{"choice": "{choice}"}}'} for label, choice in say.choices]
    links = [{"label": label, "href": public_url() + path} for label, path in say.links]
    fields: dict[str, Any] = {"buttons": buttons, "expects": say.expects if say.expects != "text" else None}
    given = {name: value for name, value in fields.items() if value}
    utter_topic(dispatcher, say.response, say.values, links, **given)
