"""What in a mail's own words asks for a person, whatever the assistant makes of them.

By mail nobody is asked back, and nobody sees at once that they were misunderstood: where there is doubt a person looks too.
"""

import re

from bot.replies.sorting.words import words

_NOT_NOW = words(
    r"\bnot for (?:us|me|our school)\b",
    r"\b(?:not|no longer) (?:really |particularly |currently )?(?:interested|in a position to)\b",
    r"\b(?:we|i)(?:'ll| will| shall| would)? (?:have (?:decided )?to )?(?:decline|say no|pass on this)\b",
    r"\b(?:we|i)(?: will not| won't|'ll not| do not wish to| don't want to| cannot| can't| are not| aren't|'re not)"
    r" (?:be )?(?:take|taking|join|joining|sign|signing|participate|participating)\b(?! (?:the|that) first)",
    r"\b(?:next|another) (?:school )?year,? (?:perhaps|maybe|instead)\b",
)
_DISPLEASED = words(
    r"\bcomplain",
    r"\b(?:very|really|extremely|rather) (?:poor|rude|cross|annoyed|disappointed|unhappy)\b",
    r"\b(?:disappointed|disappointing|unacceptable|appalling|disgraceful|annoying|fed up)\b",
    r"\bnot (?:at all )?(?:happy|impressed|pleased|amused|good enough)\b",
    r"\bmy name is(?: not|n't)\b",
)
_DATA = words(
    r"\b(?:my|our|your|personal) (?:personal )?data\b(?! (?:shows?|says?))",
    r"\bdata protection\b",
    r"\bgdpr\b",
    r"\bsubject access\b",
    r"\b(?:you|have you) (?:get|got|find|found|obtain|obtained) (?:my|our) (?:name|e-?mail|address|details)",
    r"\b(?:keep|hold|store|know) (?:about|on) (?:me|us)\b",
)
_OTHERWISE = words(
    r"\b(?:instead|rather than|in place of)\b",
    r"(?:^|[.!?,;:\n]|\b(?:and|or|but|so|then) )\s*(?:can|could|may|might) (?:we|all|both|our|parents|governors)\b",
)
_QUESTION = words(
    r"\?+",
    r"(?<=[^.!?\s]\s)(?:and|also|plus),? (?:what|how|when|where|who|which|why|whether|does|do|is|are|can|could|will|would)\b",
)
_THANKS = words(r"\b(?:thanks?|thank|thx|ta|cheers|grateful|appreciated?|regards|wishes)\b", r"\b(?:have a|enjoy)\b")
_SENTENCE = re.compile(r"[^.!?\n]*\w[^.!?\n]*")
_SHORT = 3
_YES = words(
    r"^(?:(?:dear|hello|hi|good (?:morning|afternoon|evening)|morning)\b[^\n]{0,60}\n+)?\W*(?:yes|yep|yeah|certainly|definitely"
    r"|absolutely|sure|okay|ok)(?:[\s,!.]+(?:please|thanks|thank you|definitely|absolutely|we would|we'd love to))*\W*$"
)


def declines(text: str) -> bool:
    """Whether a school does not want to take part: "we're not joining this year" is not to begin a registration."""
    return _NOT_NOW.search(text) is not None


def is_displeased(text: str) -> bool:
    """Whether the writer is not content."""
    return _DISPLEASED.search(text) is not None


def asks_about_data(text: str) -> bool:
    """Whether it is about what is kept of the writer: a request that UK GDPR (articles 12 to 17) wants answered by whoever
    answers for the data, within a month."""
    return _DATA.search(text) is not None


def wants_otherwise(text: str) -> bool:
    """Whether they would like it some other way than the letter says, or ask for leave: a person decides that."""
    return _OTHERWISE.search(text) is not None


def questions(text: str) -> int:
    """How many questions there seem to be: marks, and question words after an "and" in a sentence."""
    return len(_QUESTION.findall(text))


def says_more_than_thanks(text: str) -> bool:
    """Whether there is a sentence that is neither thanks nor a short greeting."""
    sentences = [it.group() for it in _SENTENCE.finditer(text)]
    return any(not _THANKS.search(it) and len(it.split()) > _SHORT for it in sentences)


def is_yes(text: str) -> bool:
    """Whether it says yes and nothing else."""
    return _YES.search(text) is not None
