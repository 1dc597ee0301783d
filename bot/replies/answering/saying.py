"""Says to the assistant what somebody wrote by mail, and settles what in a chat it would ask back."""

from bot.conversation import Conversations
from bot.rasa import REGISTER
from bot.replies.answering.person_needed import is_yes
from bot.replies.answering.threads import Thread
from bot.store.message import Message

_TO_KNOWN = "letter/to_known"
_SEND_THERE = '/choose{"choice": "letter:yes"}'


async def say(conversations: Conversations, thread: Thread, text: str, sender: str, client_id: str) -> list[Message]:
    """The assistant's answer; the same for the same ``client_id``. Raises what ``Conversations.say`` raises."""
    if thread.letter_id and is_yes(text) and (joins := await _offered_to_register(conversations, thread)):
        return await conversations.say(thread.conversation_id, choice=joins, client_id=client_id)
    answer = await conversations.say(thread.conversation_id, text=text, client_id=client_id)
    there = _offered_to_send(answer, sender)
    if there is None:
        return answer
    sent = await conversations.say(thread.conversation_id, choice=there, client_id=f"{client_id}:letter")
    return [*answer[:-1], *sent]


async def _offered_to_register(conversations: Conversations, thread: Thread) -> str | None:
    """The choice that the greeting offers, as long as nothing was said since: a letter that invites is answered by "yes"."""
    said = await conversations.history(thread.conversation_id)
    return next((choice.id for choice in said[-1].choices if choice.payload == REGISTER), None)


def _offered_to_send(answer: list[Message], sender: str) -> str | None:
    """The choice that sends the letter to where they wrote from: whoever asks for it by mail wants it there."""
    if not answer or _TO_KNOWN not in answer[-1].topics or sender not in answer[-1].text:
        return None
    return next((choice.id for choice in answer[-1].choices if choice.payload == _SEND_THERE), None)
