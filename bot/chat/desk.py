"""What Slack and Teams lead to: who it is, what they may ask for there, and what they read. Rules are in ``bot.desk``."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.chat import accounts, saying
from bot.chat.hearing import Hearing
from bot.chat.incoming import Answered, Pressed, Reply, Sender, Wrote
from bot.chat.linking import Linking, NoAddress, TooOften
from bot.chat.pressing import Pressing
from bot.desk import questions
from bot.posts.account import Account
from bot.staff.member import Doing, Member, NotAllowed
from bot.store.database import Database

_LINK = re.compile(r"link(?:\s+(?P<email>.*))?", re.IGNORECASE | re.DOTALL)
_MAILTO = re.compile(r"<mailto:[^|>]*\|([^>]*)>|<mailto:([^>]*)>")
_MAIL = {"mail on": True, "mail off": False}
_WORDS = {
    "registrations": "Which schools have registered?",
    "places": "How many places are left?",
    "questions": "Which questions are waiting for an answer?",
}
"""What the short words after /psqm stand for."""


@dataclass(frozen=True, slots=True)
class ChatDesk:
    """Does what arrives from a platform, once for each key. All raise StoreUnavailable: then it is asked again later."""

    database: Database
    pressing: Pressing
    hearing: Hearing
    linking: Linking

    async def press(self, pressed: Pressed) -> Reply:
        """A button of a post."""
        async with self.database.writing() as session:
            account, member = await self._known(session, pressed.sender)
            if member is None:
                await session.commit()
                return Reply(saying.LINK_FIRST)
            reply = await self.pressing.press(session, Doing(member, account.platform), pressed, _now())
            await session.commit()
        return reply

    async def answer(self, answered: Answered) -> Reply:
        """An answer to a question."""
        async with self.database.writing() as session:
            account, member = await self._known(session, answered.sender)
            if member is None:
                await session.commit()
                return Reply(saying.LINK_FIRST)
            reply = await self.pressing.answer(session, Doing(member, account.platform), answered, _now())
            await session.commit()
        return reply

    async def hear(self, wrote: Wrote) -> Reply:
        """Words, or something that was offered and chosen."""
        words = "" if wrote.choice else " ".join(wrote.text.split()).casefold()
        if (link := _LINK.fullmatch(wrote.text.strip())) and not wrote.choice and ("@" in words or words == "link"):
            return await self._begin_link(wrote.sender, link["email"] or "")
        async with self.database.writing() as session:
            account, member = await self._known(session, wrote.sender)
            told = await self._told(session, account, member, words) if member and not wrote.about else None
            await session.commit()
        if member is None:
            return Reply(saying.LINK_FIRST)
        return told or await self.hearing.hear(member, account, wrote, _now())

    async def command(self, sender: Sender, text: str, key: str) -> Reply:
        """The words after ``/psqm``; only the sender reads the answer."""
        words = text.strip().casefold()
        said = _WORDS.get(words, text.strip() or "help")
        reply = await self.hear(Wrote(sender, said, key, is_private=True))
        return replace(reply, only_for_sender=True)

    async def question_text(self, sender: Sender, question_id: str) -> str:
        """The words of a question, for the place where its answer is typed. Raises NotAllowed."""
        async with self.database.writing() as session:
            _account, member = await self._known(session, sender)
            await session.commit()
            if member is None:
                raise NotAllowed(saying.LINK_FIRST)
            return (await questions.question(session, member, question_id)).text

    async def _known(self, session: AsyncSession, sender: Sender) -> tuple[Account, Member | None]:
        account = await accounts.account_of(session, sender, _now())
        return account, await accounts.member_of(session, account)

    async def _told(self, session: AsyncSession, account: Account, member: Member, words: str) -> Reply | None:
        """The answer to the few words that are the account's own business; None: they are none of these."""
        if words == "help":
            return Reply(saying.HELP)
        if words == "unlink":
            await accounts.unlink(session, account, member, _now())
            return Reply(saying.UNLINKED)
        if words in _MAIL:
            await accounts.want_mail(session, account, _MAIL[words])
            return Reply(saying.MAIL_ON if _MAIL[words] else saying.MAIL_OFF)
        return None

    async def _begin_link(self, sender: Sender, written: str) -> Reply:
        email = _MAILTO.sub(lambda found: found[1] or found[2], written)
        async with self.database.writing() as session:
            try:
                await self.linking.begin(session, sender, email, _now())
            except NoAddress:
                return Reply(saying.LINK_NO_ADDRESS)
            except TooOften:
                return Reply(saying.LINK_TOO_OFTEN)
            await session.commit()
        return Reply(saying.LINK_ASKED)


def _now() -> datetime:
    return datetime.now(UTC)
