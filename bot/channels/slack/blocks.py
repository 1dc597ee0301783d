"""Cards and replies as Block Kit. Everything that may have been typed by somebody is plain text there: Slack reads no mention,
no link and no markup in it.

The limits are those of docs.slack.dev/reference/block-kit/blocks.
"""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from bot.channels.slack.words import cut
from bot.chat.incoming import Reply
from bot.posts.card import Action, Card

type Block = dict[str, Any]

MOST_BLOCKS = 50
_HEADER = 150
_SECTION = 3000
_FIELDS, _FIELD = 10, 2000
_BUTTONS, _BUTTON, _ID, _VALUE, _URL = 25, 75, 255, 2000, 3000
_MOST_TEXT = 12_000  # in one message; people do not read more, and Slack takes no message without bounds

CHOOSE = "choose:"
"""What the action id of a choice begins with."""


def of_card(card: Card) -> list[Block]:
    """A post. ``card``'s actions become buttons whose action id is ``<kind>:<number>`` and whose value is the subject's id."""
    blocks: list[Block] = [{"type": "header", "text": _plain(card.title or "News", _HEADER)}]
    blocks += _sections(card.text)
    for fields in batched(((label, value) for label, value in card.fields if value), _FIELDS, strict=False):
        blocks.append({"type": "section", "fields": [_plain(f"{label}\n{value}", _FIELD) for label, value in fields]})
    blocks += [quote(words) for words in card.quotes if words.strip()]
    blocks += _buttons([_action(n, action) for n, action in enumerate(card.actions)])
    if card.note:
        blocks.append({"type": "context", "elements": [_plain(card.note, _FIELD)]})
    return _bounded(blocks)


def of_reply(reply: Reply) -> list[Block]:
    """What goes back: its text, its card below, then what may be pressed."""
    blocks = list(_sections([reply.text]))
    if reply.card:
        blocks += of_card(reply.card)
    choices = [
        {"type": "button", "action_id": cut(CHOOSE + id_, _ID), "value": id_, "text": _plain(label, _BUTTON)}
        for id_, label in reply.choices
    ]
    links = [_link(f"link:{n}", label, href) for n, (label, href) in enumerate(reply.links) if len(href) <= _URL]
    return _bounded(blocks + _buttons(choices + links))


def of_words(reply: Reply) -> list[Block]:
    """A reply that is only read."""
    return of_reply(Reply(reply.text, links=reply.links))


def of_text(text: str) -> list[Block]:
    """Words alone."""
    return list(_sections([text]))


def quote(words: str) -> Block:
    """What somebody wrote, set off; a rich text's words are never read as markup."""
    text = {"type": "text", "text": cut(words.strip(), _SECTION)}
    return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": [text]}]}


def _sections(texts: Sequence[str]) -> Iterator[Block]:
    left = _MOST_TEXT
    for text in texts:
        whole = cut(text.strip(), left) if left > 0 else ""
        left -= len(whole)
        for begin in range(0, len(whole), _SECTION):
            if (part := whole[begin : begin + _SECTION]).strip():
                yield {"type": "section", "text": _plain(part, _SECTION)}


def _action(n: int, action: Action) -> Block:
    if action.kind == "open":
        return _link(f"open:{n}", action.label, action.href)
    button: Block = {
        "type": "button",
        "action_id": f"{action.kind}:{n}",
        "value": cut(action.subject_id, _VALUE),
        "text": _plain(action.label, _BUTTON),
    }
    return button | ({"style": "primary"} if action.is_primary else {})


def _link(action_id: str, label: str, href: str) -> Block:
    return {"type": "button", "action_id": action_id, "url": href, "text": _plain(label, _BUTTON)}


def _buttons(buttons: Sequence[Block]) -> list[Block]:
    return [{"type": "actions", "elements": list(some)} for some in batched(buttons, _BUTTONS, strict=False)]


def _plain(text: str, most: int) -> Block:
    # Slack takes no empty text. Without emoji, ":lock:" stays what was typed.
    return {"type": "plain_text", "text": cut(text.strip(), most) or "–", "emoji": False}


def _bounded(blocks: list[Block]) -> list[Block]:
    """The last blocks are the buttons and what became of it: they stay."""
    return blocks if len(blocks) <= MOST_BLOCKS else blocks[: MOST_BLOCKS - 4] + blocks[-4:]
