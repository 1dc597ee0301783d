"""Words of a member of staff, heard in their own conversation with the assistant, wherever they are written."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat import saying
from bot.chat.accounts import begin_conversation
from bot.chat.incoming import Reply, Wrote
from bot.chat.pressing import answer_card
from bot.conversation import ChoiceNotOffered, ConversationBusy, Conversations
from bot.desk import conversations as desk_conversations
from bot.desk import questions
from bot.desk.wording import AnswerRefused
from bot.posts.account import Account
from bot.questions.notices import QuestionNotices
from bot.rasa import OPEN_DESK, EngineUnavailable
from bot.staff.member import Doing, Member, NotAllowed
from bot.store.database import Database
from bot.store.message import Message
from bot.store.tables import ConversationRow
from bot.switch import SwitchedOff
from bot.typed import LONGEST, EmptyMessage

_PUBLIC = ("ask/", "open/", "chat/")
"""Topics whose answers are the same for everybody, so that others may read them."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Passes words on: to the assistant, or to the person whose conversation the member has taken over."""

    database: Database
    conversations: Conversations
    notices: QuestionNotices
    patience: timedelta = desk_conversations.PATIENCE

    async def hear(self, member: Member, account: Account, wrote: Wrote, now: datetime) -> Reply:
        """What the assistant answers, or why it does not. Raises StoreUnavailable."""
        if wrote.about and wrote.choice is None:
            return await self._say_to_person(Doing(member, account.platform), wrote, wrote.about, now)
        try:
            return _reply(await self._ask(member, account, wrote), wrote)
        except SwitchedOff as off:
            return Reply(str(off))
        except EngineUnavailable:
            return Reply(saying.ENGINE_AWAY)
        except ConversationBusy:
            return Reply(saying.BUSY)
        except EmptyMessage:
            return Reply(saying.EMPTY)
        except ChoiceNotOffered:
            return Reply(saying.NO_LONGER_OFFERED)

    async def _ask(self, member: Member, account: Account, wrote: Wrote) -> list[Message]:
        conversation_id = await self._own_conversation(member, account)
        # The platform's key can be long, and may come again: the same one is answered once.
        client_id = f"{account.platform}-{hashlib.sha256(wrote.key.encode(errors='replace')).hexdigest()}"
        if wrote.choice is not None:
            return await self.conversations.say(conversation_id, choice=wrote.choice, client_id=client_id)
        return await self.conversations.say(conversation_id, text=wrote.text[:LONGEST], client_id=client_id)

    async def _own_conversation(self, member: Member, account: Account) -> str:
        """The account's conversation, begun when there is none, it was erased, or it was somebody else's."""
        if account.conversation_id is not None:
            async with self.database.reading() as session:
                kept = await session.get(ConversationRow, account.conversation_id)
            if kept is not None and kept.member == member.ref:
                return kept.id
        started = await self.conversations.start(account.platform, OPEN_DESK, member.ref)
        async with self.database.writing() as session:
            conversation_id = await begin_conversation(session, account, started.conversation_id)
            await session.commit()
        return conversation_id

    async def _say_to_person(self, doing: Doing, wrote: Wrote, question_id: str, now: datetime) -> Reply:
        async with self.database.writing() as session:
            try:
                asked = await questions.question(session, doing.member, question_id)
                kept = await session.get(ConversationRow, asked.conversation_id) if asked.conversation_id else None
                if kept is None or kept.held_by != doing.member.ref:
                    card = answer_card(question_id) if asked.state == "open" else None
                    return Reply(saying.NOT_HELD, card=card)
                key = hashlib.sha256(wrote.key.encode(errors="replace")).hexdigest()
                done = await desk_conversations.say(
                    session, doing, kept.id, wrote.text, now, self.notices, key=key, patience=self.patience
                )
            except (NotAllowed, AnswerRefused) as refusal:
                return Reply(str(refusal))
            await session.commit()
        if done.by is not None:
            return Reply(saying.already(done, doing.member, "taken over", "Somebody else has taken over."))
        return Reply(saying.SAID)


def _reply(messages: Sequence[Message], wrote: Wrote) -> Reply:
    text = "\n\n".join(message.text for message in messages)
    cut = len(wrote.text) > LONGEST and wrote.choice is None
    topics = [topic for message in messages for topic in message.topics]
    is_public = bool(topics) and all(topic.startswith(_PUBLIC) for topic in topics)
    return Reply(
        (saying.CUT.format(longest=LONGEST) if cut else "") + text,
        choices=tuple((choice.id, choice.label) for message in messages for choice in message.choices),
        links=tuple((link.label, link.href) for message in messages for link in message.links),
        only_for_sender=wrote.is_private or not is_public,
    )
