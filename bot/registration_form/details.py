"""What one message tells about the person and the school: "Ann Lee, head of Fairview Primary, ann@fairview.sch.uk"."""

import re
from dataclasses import dataclass

from bot.registration_form.roles import ROLE

_EMAIL = re.compile(r"(?:mailto:)?<?([^\s<>(),;:\"]+@[^\s<>(),;:\"]*)>?")
_PHONE = re.compile(r"(?<![\w@.])(?:\+|00)?\(?\d[\d\s()./\-]{7,18}\d(?!\w)")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE)

# A full stop ends a sentence, but not after "St", a title or an initial.
_SEPARATOR = re.compile(
    r"[,;\n()|!]|\s[–—-]\s|\.$|(?<!\bst)(?<!\bmr)(?<!\bmrs)(?<!\bms)(?<!\bdr)(?<!\brev)(?<!\b\w)\.\s+"
    r"|\band (?=(?:i'm|i am|i’m|my|we are|we're)\b)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|dear \w+|good (?:morning|afternoon|evening)|yes|ok|okay|sure|thanks|thank you|please)\b[\s,.!]*)+",
    re.IGNORECASE,
)
_LEAD_INS = (
    r"i am|i'm|im|i’m|my name is|my name's|my name’s|name is|name ?(?=[:=])|this is|it is|it's|it’s|call me|you can call me",
    r"we are|we're|my role is|role is|role ?(?=[:=])|job ?(?=[:=])|my job is|i work as|working as|as",
    r"school is|the school is|our school is|my school is|the school is called|school ?(?=[:=])",
    r"my email is|email is|email|e-mail|mail|my (?:phone|mobile)(?: number)? is|phone|tel|mobile|number",
    r"you can reach me (?:on|at)|reach me (?:on|at)|on|at",
)
_LEAD_IN = re.compile(rf"(?:and |so |well )?(?:(?:{'|'.join(_LEAD_INS)})\b\s*[:=]?\s*)", re.IGNORECASE)

_AT = re.compile(r"\s*(?:here )?(?:of|at|from|for|in)\s+(?:the\s+)?(?P<school>.+)", re.IGNORECASE)
_LEFT_BY_NAME = re.compile(
    r"[\s,]*\b(?:the|a|an|is|am|i'm|and|as|who is|currently|currently the)\s*$|[\s,\-–(]+$", re.IGNORECASE
)
_NAME_WORD = r"[^\W\d_](?:[^\W\d_]|['’\-])*\.?"
_NAME = re.compile(rf"(?:{_NAME_WORD}\s+){{0,4}}{_NAME_WORD}")
_NO_NAME = re.compile(
    r"\b(?:not|no|yes|what|when|where|who|how|why|which|the|please|register|sign|us|we|you|our|is|are|do|does|can|could|would|will"
    r"|it|that|this|there|want|know|put|down)\b",
    re.IGNORECASE,
)
_SCHOOL_WORD = re.compile(
    r"\b(?:primary|school|academy|infants?|juniors?|nursery|church of england|c ?of ?e|ce|rc|catholic|st\.?|saint|community"
    r"|federation|prep|jmi|college)\b",
    re.IGNORECASE,
)
# Around a school's name, and no part of one by themselves.
_GENERIC = {
    "a", "add", "all", "and", "are", "at", "be", "book", "can", "come", "could", "do", "down", "enrol", "for",
    "from", "get", "go", "have", "head", "hereby", "hub", "i", "i'd", "in", "is", "it", "join", "let's", "like",
    "local", "mark", "me", "my", "name", "now", "of", "on", "one", "our", "part", "place", "please", "primary",
    "psqm", "put", "quality", "register", "school", "schools", "science", "sign", "take", "the", "this", "to",
    "today", "up", "us", "want", "we", "we'd", "we're", "wish", "with", "would", "year", "yes", "you", "your",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Details:
    """What was found, as it was typed; None: not in the message. ``rest`` is what nothing was found in."""

    name: str | None = None
    role: str | None = None
    email: str | None = None
    phone: str | None = None
    school: str | None = None
    rest: str = ""


def find_details(text: str) -> Details:
    """Reads a message of any form: what it tells of email, phone, role, name and school."""
    without, email = _taken(text, _EMAIL)
    without, phone = _taken(without, _PHONE)
    name = role = school = None
    rest: list[str] = []
    named_before = False  # whether the segment before named the school: a town may follow
    for segment in _segments(without):
        person, post, place, left = _read(segment)
        if left and named_before and _school(left) and (name or not looks_like_person(left)):
            school = f"{school}, {left}"
        elif left:
            rest.append(left)
        named_before = bool(place) and school is None
        name, role, school = name or person, role or post, school or place
    return Details(name, role, email, phone, school, ", ".join(rest))


def without(text: str, unwanted: re.Pattern[str]) -> str:
    """``text`` without those of its parts, between commas and the like, in which ``unwanted`` is found."""
    parts = [part.strip() for part in _SEPARATOR.split(text)]
    return ", ".join(part for part in parts if part and not unwanted.search(part))


def find_emails(text: str) -> tuple[str, ...]:
    """Whatever may be an email address, in its order, once each."""
    return tuple(dict.fromkeys(match[1].strip(" .,;") for match in _EMAIL.finditer(text)))


def looks_like_name(text: str) -> bool:
    """Whether ``text`` could be somebody's name, in capitals or not."""
    return bool(_NAME.fullmatch(text)) and not _NO_NAME.search(text) and not _SCHOOL_WORD.search(text)


def looks_like_person(text: str) -> bool:
    """Whether ``text`` is rather a person's name than a town's: of several words."""
    return " " in text and looks_like_name(text)


def _taken(text: str, pattern: re.Pattern[str]) -> tuple[str, str | None]:
    match = pattern.search(text)
    if match is None:
        return text, None
    found = (match[1] if match.re.groups else match[0]).strip(" .,;")
    return f"{text[: match.start()]} , {text[match.end() :]}", found


def _segments(text: str) -> list[str]:
    """The parts between commas and the like, without greetings and "my name is"."""
    found = []
    for part in _SEPARATOR.split(text):
        bare = part.strip()
        if greeting := _GREETING.match(bare):
            bare = bare[greeting.end() :]
        if led := _without_lead_in(bare):
            found.append(led)
    return found


def _without_lead_in(part: str) -> str:
    for _ in range(2):
        if match := _LEAD_IN.match(part):
            part = part[match.end() :].strip(" :,.-")
    return part.strip(" .:-–")


def _read(segment: str) -> tuple[str | None, str | None, str | None, str]:
    """Name, role, school and what is left of one segment."""
    if match := ROLE.search(segment):
        before = _LEFT_BY_NAME.sub("", segment[: match.start()]).strip(" ,")
        name = before if before and looks_like_name(before) else None
        after = _AT.fullmatch(segment[match.end() :])
        school = _school(after["school"]) if after else None
        if before and not name and _SCHOOL_WORD.search(before):
            school = school or _school(before)
        return name, match["role"].strip(), school, ""
    if _SCHOOL_WORD.search(segment) or _POSTCODE.search(segment):
        school = _school(segment)
        return None, None, school, "" if school else segment
    if " " in segment and looks_like_name(segment) and segment[0].isupper():
        return segment, None, None, ""
    return None, None, None, segment


def _school(words: str) -> str | None:
    """ "Put St Mary's Primary down please" → "St Mary's Primary"; None for "our school"."""
    left = words.split()
    if all(_bare(word) in _GENERIC for word in left):
        return None
    while _bare(left[0]) in _GENERIC - {"primary", "science"}:
        left.pop(0)
    while _bare(left[-1]) in _GENERIC - {"primary", "school"}:
        left.pop()
    return " ".join(left).strip(" .")


def _bare(word: str) -> str:
    return word.casefold().replace("’", "'").strip(' .,;:!?"')
