"""Takes off the end of a mail what was not written for its reader: how it is signed."""

import re

from bot.replies.reading.footers import without_footers
from bot.replies.reading.signature_lines import fits, is_name, name_words, reaches, says_where

_SIGN_OFF = re.compile(
    r"^\W*(?:(?:with |very |many |kind(?:est)? |warm(?:est)? |best |every |good |all )*(?:regards|wish(?:es)?)"
    r"(?: to you(?: all)?)?"
    r"|yours(?: (?:sincerely|faithfully|truly|ever|aye))?|sincerely|best|all (?:the )?best|cheers|rgds|br|kr|take care"
    r"|speak soon|(?:god|every) bless(?:ing)?"
    r"|cofion(?: gorau| cynnes)?|hwyl|bien cordialement|cordialement|mit freundlichen grüßen|viele grüße)"
    r"(?:,? [^\W\d_][\w.'-]*){0,2}\W*$",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"^\W*(?:many |with )?(?:thanks|thank ?you|thx|ta|diolch)"
    r"(?: (?:so much|very much|again|in advance|yn fawr|for your help))*"
    r"(?:,? (?:and )?(?:best wishes|kind regards|best|regards))?(?:,? [^\W\d_][\w.'-]*){0,2}\W*$",
    re.IGNORECASE,
)
_AFTERTHOUGHT = re.compile(r"^\W*p\.? ?p?\.? ?s\b\.?", re.IGNORECASE)
_GREETING = re.compile(
    r"^(?:dear|hello|hi|hiya|good (?:morning|afternoon|evening)|bore da|morning|afternoon)\b[^.?!]{0,40}$",
    re.IGNORECASE,
)


def without_signature(text: str, name: str) -> str:
    """``text`` without its end; ``name`` is the sender's, for signatures that are no more than a name.

    A person who writes nothing but thanks is left with them.
    """
    lines = without_footers([line.strip() for line in text.split("\n")])
    start = _start(lines, name_words(name))
    if start is None:
        return "\n".join(lines).strip()
    body, signature = lines[:start], lines[start:]
    if not any(body) and _THANKS.match(signature[0]):
        body = signature[:1]
    return "\n".join([*body, *_added_below(signature)]).strip()


def _start(lines: list[str], sender: frozenset[str]) -> int | None:
    """The line at which the signature begins, None where there is none."""
    for n, line in enumerate(lines):
        below = [other for other in lines[n + 1 :] if other]
        if _signs_off(line) and _is_signature(below, sender):
            return n
        if (
            is_name(line, sender)
            and _is_signature(below, sender)
            and (_says_something(lines[:n]) or _more_than_a_name(below))
        ):
            return n
    return _last_block(lines)


def _signs_off(line: str) -> bool:
    """Whether a line is a closing one, in one language or two."""
    return all(_SIGN_OFF.match(part) or _THANKS.match(part) for part in line.split(" / "))


def _is_signature(lines: list[str], sender: frozenset[str]) -> bool:
    """Whether the lines below a sign-off are one; whatever follows the sender's own name is."""
    if lines and is_name(lines[0], sender):
        return True
    for line in lines:
        if _AFTERTHOUGHT.match(line):
            return True
        if not fits(line):
            return False
    return True


def _says_something(lines: list[str]) -> bool:
    return any(line and not _GREETING.match(line) for line in lines)


def _more_than_a_name(below: list[str]) -> bool:
    """A name alone is an answer, to the question who somebody is."""
    return len(below) > 1 or any(reaches(line) for line in below)


def _last_block(lines: list[str]) -> int | None:
    """Where the last paragraph begins, if it is two lines or more of a signature that names a role, a school or a number."""
    start = next((n + 1 for n in range(len(lines) - 1, 0, -1) if not lines[n]), None)
    if start is None or not _says_something(lines[:start]):
        return None
    last = lines[start:]
    return start if len(last) > 1 and all(map(fits, last)) and says_where(last) else None


def _added_below(signature: list[str]) -> list[str]:
    """What was added below a signature: an afterthought, or a question."""
    for n, line in enumerate(signature):
        if n and (_AFTERTHOUGHT.match(line) or "?" in line):
            return ["", *signature[n:]]
    return []
