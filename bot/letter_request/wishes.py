"""What a person may want of the letter other than to have it mailed: read it here, or leave it."""

import re

from bot.registration_form.wishes import Wish, wish

_READ = re.compile(
    r"\b(?:read|show|see|view|open|display|paste|look at|put\b.{0,30}\b(?:up|on)|on[- ]?(?:the )?(?:screen|line)|browser|download"
    r"|web ?page|link)\b|\bhere\b(?!'s| is| are| you)"
)
_MAIL = re.compile(r"\b(?:e-?mail(?:ed)?|mail(?:ed)?|(?:re)?send|post|forward(?:ed)?|inbox|pdf|attach\w*|copy)\b")
_LEAVE = re.compile(
    r"(?:no,? |actually,? |sorry,? |please )*(?:do not|don't|dont) (?:send|mail|e-?mail|post|bother)\b.*"
    r"|(?:forget|cancel|stop|leave|drop|skip) (?:about )?(?:the|that|your) (?:letter|e-?mail|mail)"
    r"|no need(?: for (?:it|that|the letter))?|not needed"
    r"|(?:i'd|i would|we'd|we would)? ?rather not(?: give (?:it|one|my address|an address|you one))?|rather not"
)

_JOIN = re.compile(
    r"\b(?:regist\w+|sign\w*|enrol\w*|join\w*|put|count|down|interest\w*|place|part|book|apply|application|include|add|in)\b"
)


def wants_to_read(text: str) -> bool:
    """Whether it is to be read at once, and nothing is to be mailed."""
    plain = _plain(text)
    return bool(_READ.search(plain)) and not _MAIL.search(plain)


def wants_to_leave(text: str) -> bool:
    """Whether the letter is not wanted any more, now at least."""
    return wish(text) in (Wish.STOP, Wish.LATER) or bool(_LEAVE.fullmatch(_plain(text)))


def asks_why(text: str) -> bool:
    """Whether it is asked what the address is needed for."""
    return wish(text) is Wish.WHY


def does_not_know(text: str) -> bool:
    """Whether the person has no answer to give."""
    return wish(text) is Wish.UNKNOWN


def speaks_of_joining(text: str) -> bool:
    """Whether there are words in it with which people register."""
    return bool(_JOIN.search(_plain(text)))


def wants_another(text: str) -> bool:
    """Whether it shall go to another address than the one that was named."""
    return wish(text) is Wish.CHANGE


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split()).strip(" .!,;:?")
