"""What a person may want of the form itself: end it, leave it for later, know why, change something, skip."""

import re
from enum import Enum

from bot.registration_form.draft import Asked


class Wish(Enum):
    """What is wanted in place of answering."""

    STOP = "stop"
    LATER = "later"
    WHY = "why"
    UNKNOWN = "unknown"
    CHANGE = "change"
    BY_HAND = "by_hand"


# Whole messages, without capitals and without punctuation at the end.
_PHRASES: dict[Wish, tuple[str, ...]] = {
    Wish.STOP: (
        (
            r"(?:please |ok |no,? )*(?:stop|cancel|quit|exit|abort|abandon|forget|drop|end|scrap)"
            r"(?: (?:this|that|it|the|my|our))?(?: (?:registration|registering|form|process))?(?: please| now)?"
        ),
        r"(?:no,? )?(?:never ?mind|leave it(?: there)?|forget (?:about )?it)",
        r"(?:sorry,? |actually,? )?(?:i have|i've|ive|we have|we've|weve) changed (?:my|our) minds?",
        (
            r"(?:actually,? |sorry,? |no,? )*(?:i|we) (?:do not|don't|dont|no longer) want to"
            r" (?:register|do this|join|carry on|go on|continue)"
        ),
        r"(?:actually,? |please )*(?:do not|don't|dont) (?:register|sign|enrol|put)(?: us| me| our school)?(?: up| down)?",
    ),
    Wish.LATER: (
        (
            r"(?:maybe |perhaps |i will do (?:it|this) |i'll do (?:it|this) )?"
            r"(?:later|another time|tomorrow|next week)(?: please)?"
        ),
        r"not (?:right )?now|not yet",
        (
            r"(?:i|we)(?: will|'ll| shall| need to| have to| must)?"
            r" (?:come back|do (?:this|it) later|finish (?:this |it )?later|get back to you|have to go|need to go).*"
        ),
        r"(?:let me|i need to|i'll|we need to|i have to) (?:think|check|ask|discuss|talk)\b.*",
    ),
    Wish.WHY: (
        r"why\b.*",
        r"(?:but )?what (?:do|will|would) you (?:need|want|use|do with)\b.*",
        r"what(?:'s| is) (?:that|this|it) for",
        r"(?:do|must) (?:i|we|you) (?:really )?(?:have to|need)\b.*",
        r"is (?:that|this|it) (?:really )?(?:necessary|needed|required|compulsory|mandatory)",
        (
            r"(?:what happens to|what do you do with|who (?:sees|will see|gets|can see))"
            r" (?:my|our|these|the|this|that)\b.*"
        ),
    ),
    Wish.UNKNOWN: (
        r"(?:sorry,? )?(?:i|we)(?: really)? (?:do not|don't|dont|cannot|can't|cant) (?:know|remember|recall|say|tell)\b.{0,30}",
        r"(?:i'm |i am |im |we're )?(?:not (?:really )?sure|unsure)",
        r"no idea|dunno|no clue|idk|\?+|haven't got one",
        r"(?:i|we) (?:don't|dont|do not) have (?:one|it|that).*",
    ),
    Wish.BY_HAND: (
        r"(?:it's|it is|that's|we are|we're) not (?:there|listed|(?:in|on) (?:the|your) list|among them)",
        r"(?:it|my school|our school) isn'?t (?:there|listed|(?:in|on) (?:the|your) list|among them)",
        r"none(?: of (?:these|those|them))?|neither(?: of (?:these|those|them))?",
        r"(?:i )?(?:can't|cannot|cant) (?:find|see) (?:it|my school|our school|us|mine|ours).*",
        r"(?:enter (?:it )?)?by hand",
    ),
}
_PATTERNS = {wish: re.compile("|".join(phrases)) for wish, phrases in _PHRASES.items()}

_FIELDS: tuple[tuple[str, Asked], ...] = (
    (r"e-?mail(?: address)?|address", "contact"),
    (r"(?:phone|telephone|mobile|tel)(?: number)?|number", "phone"),
    (r"school", "school"),
    (r"hub|place", "hub"),
    (r"role|job(?: title)?|position|title", "role"),
    (r"name", "name"),
)
_CHANGE = re.compile(
    r"\b(?:change|correct|edit|fix|amend|update|alter|wrong|incorrect|misspel\w+|not right|isn't right|mistake|typo"
    r"|different|another|other)\b"
)
_LONGEST_CHANGE = 9  # words; a longer message says more than that something is to be changed


def wish(text: str) -> Wish | None:
    """What ``text`` wants of the form, if that is all it says; a wish to change something needs no field."""
    bare = _bare(text)
    for kind, pattern in _PATTERNS.items():
        if pattern.fullmatch(bare):
            return kind
    return Wish.CHANGE if len(bare.split()) <= _LONGEST_CHANGE and _CHANGE.search(bare) else None


def field_named(text: str) -> Asked | None:
    """Which of the questions ``text`` names: "the email is wrong" → contact."""
    bare = _bare(text)
    for words, asked in _FIELDS:
        if re.search(rf"\b(?:{words})\b", bare):
            return asked
    return None


def _bare(text: str) -> str:
    """Small letters, straight apostrophes, no punctuation at the ends, one space between words."""
    return " ".join(text.casefold().replace("’", "'").split()).strip(" .!,;:")
