"""The school's name in words such as "please send the letter to Fairview Primary, head@fairview.sch.uk"."""

import re

from bot.registration_form.details import find_emails

_COMMAND = re.compile(
    r"^\W*(?:please\W+)?(?:(?:can|could|would|will) (?:you|we|i)\b|please|i'd like|i would like|and|now)?\W*"
    r"(?:please\W+)?(?:let\b\W*)?"
    r"(?:(?:to )?(?:send|mail|e-?mail|post|forward|get|invite|write|confirm|withdraw|cancel|accept|approve|remove|take|mark|set)"
    r"\b)?"
    r"(?:\W*(?:please|have|an?|one|more|the|our|my|recruitment|letter|invitation|registration|off|again|of|to|for|it|at|head"
    r"|headteacher|school|place|us)\b)*",
    re.IGNORECASE,
)
_END = re.compile(
    r"[\s,;:.!?]*(?:(?:\b(?:please|have the letter(?: too)?|the letter|as confirmed|to confirmed|is confirmed|from the hub"
    r"|to the hub|off the list|at|to|and|thanks)\b)[\s,;:.!?]*)*$",
    re.IGNORECASE,
)


def school_in(text: str) -> str:
    """What is left of ``text`` without the command, addresses and courtesies: the name, or ""."""
    for email in find_emails(text):
        text = text.replace(email, " ")
    rest = _END.sub("", _COMMAND.sub("", " ".join(text.split())))
    return rest.strip(" ,.;:!?\"'“”") if any(sign.isalpha() for sign in rest) else ""
