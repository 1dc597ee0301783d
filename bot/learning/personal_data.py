"""Takes what tells of a person or a school out of a question, so that it can become an example.

What goes is replaced by words that anybody could have used, since the assistant learns from the sentence around them. A person
looks at the result before it is used: no pattern finds everything.
"""

import re
from collections.abc import Sequence

from bot import private_numbers
from bot.learning.teaching import Name

_PATTERNS = (
    (re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"), "my email address"),
    (re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE), "a web page"),
    (re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE), "our postcode"),
    (re.compile(r"(?<!\w)(?:\+44|0)[\d\s().-]{8,}\d"), "my phone number"),
    (
        re.compile(
            r"\b(?:St\.?\s+)?(?:(?!(?:Is|Are|Can|Could|Do|Does|Did|Has|Have|Will|Would|Should|What|When|Where|Who|Why|How|We|Our|My|The|This)\b)"
            r"[A-Z][\w'’.&-]+\s+)+"
            r"(?:(?:C\s?of\s?E|CE|RC|Church of England|Catholic|Community|Junior|Infants?|Nursery|Primary|First|Middle|Village"
            r"|Academy|and)\s+)*"
            r"(?:School|Academy|Primary|Infants|Juniors|Federation)\b"
        ),
        "our school",
    ),
    (re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Rev)\.?\s+(?:[A-Z][\w'’-]*\.?\s?)+"), "a colleague "),
    (re.compile(r"\b\d{5,}\b"), "a number"),
)
_KINDS = {"PERSON": "a colleague", "ORG": "our school", "GPE": "our town"}
_OURS = frozenset({"psqm", "ofsted", "ase", "vat", "dfe", "stem", "send", "primary science quality mark"})
"""Names that are part of what people ask, not of who they are."""
_GREETED = re.compile(
    r"(?i)\b(my name is|my name's|i am called|regards,?|thanks,?|best wishes,?)\s+"
    r"((?-i:[A-Z][\w'’-]+)(?:\s+(?-i:[A-Z][\w'’-]+))*)"
)


def without_personal_data(text: str, names: Sequence[Name] = (), known: frozenset[str] = frozenset()) -> str:
    """``text`` in one line without people, schools, places, addresses and numbers.

    ``names``: as the engine found them in this text; ``known``: names (in lower case) that stay, such as the scheme's.
    """
    stay = _OURS | known
    for name in sorted(names, key=lambda name: name.start, reverse=True):
        found = text[name.start : name.end]
        if found.casefold().removeprefix("the ").strip() not in stay and name.kind in _KINDS:
            text = text[: name.start] + _KINDS[name.kind] + text[name.end :]
    text = _GREETED.sub(lambda found: f"{found[1]} a colleague", text)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    while private := private_numbers.find(text):  # whatever is left of an account or insurance number
        shorter = re.sub(r"\S*\d\S*", "a number", text)
        if shorter == text:
            return f"a question with a {private}"
        text = shorter
    return " ".join(text.split())
