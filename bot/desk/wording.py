"""What a member of staff wrote to a person, before it is said."""

from bot import private_numbers
from bot.typed import LONGEST, EmptyMessage, clean


class AnswerRefused(ValueError):
    """It cannot be said like this; the text is a sentence for whoever wrote it, and nothing of theirs is lost by it."""


def sayable(text: str) -> str:
    """``text`` as it is said. Raises AnswerRefused."""
    try:
        words = clean(text)
    except EmptyMessage:
        raise AnswerRefused("There is nothing to send yet: please write something first.") from None
    if len(words) > LONGEST:
        raise AnswerRefused(f"That is {len(words):,} characters long: please keep it to {LONGEST:,} or fewer.")
    if number := private_numbers.find(words):
        raise AnswerRefused(f"That holds what looks like a {number}: please take it out, and send it again.")
    return words
