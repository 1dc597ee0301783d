"""A post as an Adaptive Card, of the version that Teams shows.

What people typed is set in text runs, which know no Markdown, in place of text blocks and fact sets, which do: a school called
``[free prizes](https://…)`` is shown as just that, on every client, and no escaping can be forgotten.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.posts.card import Action, Card
from bot.typed import LONGEST

VERSION = "1.5"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"

CHOOSE = "choose"
"""The verb of a button that chooses something that the assistant offered."""
ANSWER_FIELD = "answer"
SUBJECT = "subject"
CHOICE = "choice"

_TITLE = 200  # characters; Teams takes 28 KB for a card, and these leave room for it
_LINE = 1_000
_LINES = 24
_FIELD = 300
_LABEL = 80
_ACTIONS = 6  # more are hidden

type Element = dict[str, Any]


def adaptive_card(card: Card) -> Element:
    """The card that Teams is sent."""
    body = [_line(card.title, _TITLE, size="Medium", weight="Bolder")]
    body += [_line(line) for text in card.text for line in _lines(text)]
    body += [_field(label, value) for label, value in card.fields]
    if card.quotes:
        quoted = [_line(line) for quote in card.quotes for line in _lines(quote)]
        body.append({"type": "Container", "style": "emphasis", "items": quoted[:_LINES]})
    if card.note:
        body.append(_line(card.note, size="Small", isSubtle=True))
    return _whole(body, [_action(action) for action in card.actions], card.title)


def card_of_words(text: str, choices: Sequence[tuple[str, str]] = (), links: Sequence[tuple[str, str]] = ()) -> Element:
    """An answer with what may be pressed next: ``choices`` are ids and labels, ``links`` labels and addresses."""
    body = [_line(line) for line in _lines(text)]
    chosen = [_execute(label, CHOOSE, {CHOICE: choice}) for choice, label in choices]
    return _whole(body, [*chosen, *(_open(label, href) for label, href in links)], text)


def attachment(card: Element) -> Element:
    """How an activity carries a card."""
    return {"contentType": CONTENT_TYPE, "content": card}


def _whole(body: list[Element], actions: list[Element], instead: str) -> Element:
    return {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": VERSION,
        "fallbackText": shortened(instead, _TITLE),
        "body": body,
        "actions": actions[:_ACTIONS],
    }


def _action(action: Action) -> Element:
    match action.kind:
        case "open":
            return _open(action.label, action.href)
        case "answer":
            return _ask_for_answer(action)
    return _execute(action.label, action.kind, {SUBJECT: action.subject_id}, is_primary=action.is_primary)


def _open(label: str, href: str) -> Element:
    return {"type": "Action.OpenUrl", "title": shortened(label, _LABEL), "url": href}


def _execute(label: str, verb: str, data: Element, *, is_primary: bool = False) -> Element:
    executed: Element = {"type": "Action.Execute", "title": shortened(label, _LABEL), "verb": verb, "data": data}
    return executed | ({"style": "positive"} if is_primary else {})


def _ask_for_answer(action: Action) -> Element:
    """A field that opens below the card: nothing has to be fetched for it, so it opens however slow we are."""
    field = {
        "type": "Input.Text",
        "id": ANSWER_FIELD,
        "label": "Your answer",
        "isMultiline": True,
        "maxLength": LONGEST,
        "isRequired": True,
        "errorMessage": "Please write an answer.",
    }
    send = _execute("Send the answer", "answer", {SUBJECT: action.subject_id}, is_primary=True)
    shown = {"type": "AdaptiveCard", "version": VERSION, "body": [field], "actions": [send]}
    return {"type": "Action.ShowCard", "title": shortened(action.label, _LABEL), "card": shown}


def _field(label: str, value: str) -> Element:
    runs = [_run(f"{label}: ", _FIELD, weight="Bolder"), _run(" ".join(value.split()), _FIELD)]
    return {"type": "RichTextBlock", "spacing": "Small", "inlines": runs}


def _line(text: str, longest: int = _LINE, **looks: Any) -> Element:
    return {"type": "RichTextBlock", "inlines": [_run(" ".join(text.split()), longest, **looks)]}


def _run(text: str, longest: int, **looks: Any) -> Element:
    return {"type": "TextRun", "text": _as_it_is(shortened(text, longest)), **looks}


def _lines(text: str) -> Iterable[str]:
    """A text run has no line breaks: each line is a block of its own."""
    lines = [line for line in text.splitlines() if line.strip()] or [" "]
    return lines if len(lines) <= _LINES else [*lines[: _LINES - 1], "…"]


def _as_it_is(text: str) -> str:
    """Clients turn ``{{DATE(…)}}`` into a date, even in a text run: an invisible space between the braces keeps it as typed."""
    return text.replace("{{", "{\u200b{")


def shortened(text: str, longest: int) -> str:
    """At most ``longest`` characters, with an ellipsis where some were left out."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
