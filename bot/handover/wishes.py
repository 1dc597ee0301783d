"""What a person may want of the hand-over other than to answer it: their words for what can be pressed."""

import re

from bot.registration_form.wishes import Wish, wish

_HERE = re.compile(
    r"(?:no,? |just |only |yes,? )*(?:(?:right )?(?:here|in (?:this|the) (?:chat|conversation|window)|on this page)"
    r"(?: is fine| will do| is ok(?:ay)?| please| is good)?|no email|without (?:an )?(?:email|address))"
)
_ONLY = re.compile(
    r"\b(?:only|just) (?:my|the|that|this) (?:question|last question)\b|\bwithout (?:the|our|my) conversation\b"
)
_WITH = re.compile(r"\bwith (?:the|our|my|this)?\s*(?:conversation|chat)\b|\b(?:all|everything|the lot)\b")
_LEAVE = re.compile(
    r"(?:no,? |actually,? |sorry,? |please )*(?:(?:do not|don't|dont) (?:pass|hand|send|ask|bother)\b.*"
    r"|leave it.*|no need.*|not needed)"
)
_INSTEAD = re.compile(
    r"(?:no,? |sorry,? |actually,? )*(?:my|the) (?:question|real question) is[:,]?\s*(?P<question>\S.*)", re.I | re.S
)


def wants_to_leave(text: str) -> bool:
    """Whether nothing is to be passed on after all."""
    return wish(text) in (Wish.STOP, Wish.LATER) or bool(_LEAVE.fullmatch(_plain(text)))


def asks_why(text: str) -> bool:
    """Whether it is asked what that is needed for."""
    return wish(text) is Wish.WHY


def wants_another(text: str) -> bool:
    """Whether something is to be changed: the question, or the address."""
    return wish(text) is Wish.CHANGE


def question_instead(text: str) -> str:
    """The question that is given in place of the one that was taken, "" where none is."""
    found = _INSTEAD.fullmatch(text.strip())
    return found["question"].strip() if found else ""


def here_is_fine(text: str) -> bool:
    """Whether this conversation is where the answer shall appear, and nowhere else."""
    return bool(_HERE.fullmatch(_plain(text)))


def shares(text: str) -> bool | None:
    """Whether the conversation may be read, in words; None where they do not say."""
    plain = _plain(text)
    if _ONLY.search(plain):
        return False
    return True if _WITH.search(plain) else None


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split()).strip(" .!,;:?")
