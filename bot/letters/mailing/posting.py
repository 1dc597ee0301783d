"""Puts the mail of a letter into the outbox: to whom it goes and whom it names. What it says is written when it leaves."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.letter import Letter
from bot.letters.links import LetterLinks, ReplyAddresses, Subject
from bot.notices import phrases
from bot.outbox.mail import Mail
from bot.outbox.queue import enqueue, enqueue_all

PostKind = Literal["letter", "letter_attached", "letter_asked", "letter_reminder", "letter_last_reminder"]
"""``letter`` links PDF and report; ``letter_attached`` and ``letter_asked`` (by the person themselves) bring both along."""

_SAID: dict[PostKind, str] = {
    "letter": "(letter)",
    "letter_attached": "(letter, with PDF and report)",
    "letter_asked": "(letter that was asked for)",
    "letter_reminder": "(reminder)",
    "letter_last_reminder": "(last reminder)",
}
"""Stands in lists of the outbox until the mail has its subject."""


class Putting(Protocol):
    """What ``LetterPost`` does, for those who need nothing else of it."""

    async def put(self, session: AsyncSession, letter: Letter, kind: PostKind, now: datetime) -> bool: ...


class LetterPost:
    """``replies`` None: there is no mailbox, so replies go to the hub's leader, or else to ``office``, an email address."""

    def __init__(self, links: LetterLinks, replies: ReplyAddresses | None, office: str) -> None:
        self._links = links
        self._replies = replies
        self._office = office

    async def put(self, session: AsyncSession, letter: Letter, kind: PostKind, now: datetime) -> bool:
        """Puts the mail into the outbox, in the caller's transaction; False, and nothing done, when it was there already."""
        return await enqueue(session, self._mail(letter, kind), now)

    async def put_all(self, session: AsyncSession, letters: Iterable[Letter], kind: PostKind, now: datetime) -> None:
        """The same for many letters."""
        await enqueue_all(session, (self._mail(letter, kind) for letter in letters), now)

    def _mail(self, letter: Letter, kind: PostKind) -> Mail:
        replies = self._replies.of(Subject("letter", letter.id)) if self._replies else ""
        place = letter.place
        return Mail(
            key=f"{kind}:{letter.id}",
            kind=kind,
            recipient=letter.email,
            recipient_name=letter.name,
            reply_to=replies or self._answers(letter),
            subject=_SAID[kind],
            text="",
            html="",
            letter_id=letter.id,
            headers=self._headers(letter, replies),
            from_name=f"{place.leader_name}, {phrases.hub(place)}" if place else "",
            bounce_to=replies,
        )

    def _answers(self, letter: Letter) -> str:
        place = letter.place
        return place.leader_email if place and not place.is_example else self._office

    def _headers(self, letter: Letter, replies: str) -> dict[str, str]:
        """How a mail program unsubscribes (RFC 2369, 3.2); at one click (RFC 8058, 3.1) only where the link is https."""
        stop = self._links.href(letter.id, letter.dated, "/stop")
        ways = [f"<{stop}>", *([f"<mailto:{replies}?subject=unsubscribe>"] if replies else [])]
        headers = {"List-Unsubscribe": ", ".join(ways)}
        if stop.startswith("https://"):
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return headers
