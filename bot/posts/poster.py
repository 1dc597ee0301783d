"""What posts to a platform."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.outbox.retry import Fault
from bot.posts.card import Card

type Reference = Mapping[str, Any]
"""The platform's own name of a place or of a post, as JSON: only the platform's module reads it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A post that leaves now. ``text`` stands for the card where no card is shown, as in a notification, or is all there is.

    ``to``: the account's reference. ``thread``: the post below which it belongs. ``replaces``: the post that it takes the place
    of. ``key`` is the same for every attempt.
    """

    key: str
    to: Reference
    text: str
    card: Card | None = None
    thread: Reference | None = None
    replaces: Reference | None = None


class NotPosted(Exception):
    """A post did not arrive. ``fault`` as in ``bot.outbox.retry.NotSent``; ``retry_after``: seconds, where the platform says so.

    ``summary`` holds nothing personal and may be logged.
    """

    def __init__(self, fault: Fault, summary: str, retry_after: float | None = None) -> None:
        super().__init__(summary)
        self.fault = fault
        self.summary = summary
        self.retry_after = retry_after


class Poster(Protocol):
    """Posts to one platform."""

    async def post(self, post: Outgoing) -> Reference:
        """Returns the reference of what was posted, by which it can be replaced and answered; raises NotPosted."""
