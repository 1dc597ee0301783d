"""Recognises what a mailing list or a newsletter sent (RFC 2919, RFC 2369)."""

from bot.replies.reading.arrived import Arrived

_HEADERS = ("list-id", "list-post", "list-unsubscribe", "mailing-list", "x-mailman-version", "x-campaignid")


def from_list(arrived: Arrived) -> str:
    """Why it is a list's, "" where it is not."""
    if arrived.header("precedence").lower() == "list":
        return "Precedence: list"
    return next((name for name in _HEADERS if name in arrived.headers), "")
