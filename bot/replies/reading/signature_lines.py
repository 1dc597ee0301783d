"""What a line of a signature looks like."""

import re

_REACH = re.compile(
    r"\+?\d[\d ()]{7,}\d|\S+@\S+|(?:https?://|www\.)\S+|@\w+|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE
)
_TITLES = re.compile(r"(?:mr|mrs|ms|miss|mx|dr|revd?|sir|bed|hons|npqh|ba|bsc|ma|med|pgce|the)$")
# Words in small letters that may stand in a signature: joining words, ways to reach somebody, and roles.
_JOINING = re.compile(
    r"(?:of|and|the|in|for|to|at|y|c|e|t|m|w|a|tel|e?mail|phone|mobile|fax|ext|web|website|year|phase|subject)$"
)
_ROLE = re.compile(
    r"(?:head|teacher|headteacher|deputy|assistant|acting|executive|schools?|primary|infants?|junior|academy|trust|science|lead|leader"
    r"|co|ordinator|coordinator|office|manager|business|bursar|secretary|administrator|governors?|chair|director|operations"
    r"|pennaeth|ysgol)$"
)
_ANSWER = re.compile(r"(?:yes|no|ok|okay|please|stop|unsubscribe|interested|agreed|correct|maybe|thanks)$")
_LONGEST = 90


def is_name(line: str, sender: frozenset[str]) -> bool:
    """Whether ``line`` is no more than the sender's name, or a part of it, perhaps with a role after a comma or bar."""
    found = name_words(re.split(r"[|,]| [-\u2013] ", line)[0])
    return 0 < len(found) <= 4 and all(any(_stands_for(word, other) for other in sender) for word in found)


def name_words(name: str) -> frozenset[str]:
    """The words of a name in small letters, without titles."""
    found = re.findall(r"[^\W\d_][^\W\d_'\u2019-]*", name.lower())
    return frozenset(word for word in found if not _TITLES.match(word))


def _stands_for(word: str, other: str) -> bool:
    """Whether a word of a name may stand for another: J or Jo for Joanna, Joanna for j."""
    return other.startswith(word) or (len(other) == 1 and word.startswith(other))


def fits(line: str) -> bool:
    """Whether a line may belong to a signature: nothing but names, roles, and where somebody can be reached."""
    if "?" in line or len(line) > _LONGEST:
        return False
    rest = re.findall(r"[^\W\d_][\w'\u2019]*", _REACH.sub(" ", line))
    if rest and _ANSWER.match(rest[0].lower()):
        return False
    return all(word[0].isupper() or _JOINING.match(word) or _ROLE.match(word) for word in rest)


def says_where(lines: list[str]) -> bool:
    """Whether lines name a role, a school, or where somebody can be reached."""
    return any(_REACH.search(line) or any(map(_ROLE.match, name_words(line))) for line in lines)


def reaches(line: str) -> bool:
    """Whether a line holds a number or an address."""
    return _REACH.search(line[:_LONGEST]) is not None
