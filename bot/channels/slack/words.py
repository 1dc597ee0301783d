"""What people type in Slack, between Slack's way of writing it and plain text."""

import re

# https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages: only these stand in angle brackets.
_MARKED = re.compile(r"<(?:@(?P<user>[A-Z0-9]+)|#(?P<channel>[A-Z0-9]+)|!(?P<special>[^|>]+)"
                     r"|(?P<link>(?:https?|mailto|tel):[^|>]+))(?:\|(?P<label>[^>]*))?>")  # fmt: skip


def plain(text: str, own_user_id: str = "") -> str:
    """What somebody typed, without Slack's marks: a link is its label, and a mention of ``own_user_id`` is nothing."""

    def unmark(found: re.Match[str]) -> str:
        user, label = found["user"], found["label"]
        if user:
            return "" if user == own_user_id else f"@{label or 'somebody'}"
        if found["channel"]:
            return f"#{label or 'channel'}"
        if found["special"]:
            return label or f"@{found['special'].partition('^')[0]}"
        return label or found["link"].removeprefix("mailto:").removeprefix("tel:")

    return _unescaped(_MARKED.sub(unmark, text)).strip()


def escaped(text: str) -> str:
    """``text`` so that Slack finds no mention, link or channel in it: the three characters that begin any of these."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, most: int) -> str:
    """``text`` with at most ``most`` characters, and an ellipsis where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
