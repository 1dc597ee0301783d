"""What tells schools apart: the register's number, or what is left of a name and postcode that somebody typed."""

import re
import unicodedata

from bot.registrations.application import ApplyingSchool

# People leave these out, or put them in, as they please; "infant", "junior" and "nursery" really tell schools apart.
_SAYS_NOTHING = {"the", "school", "primary", "academy"}
_ONE_SPELLING = (
    (r"['’`]", ""),
    (r"&", " and "),
    (r"[^a-z0-9]+", " "),
    (r"\b(c of e|cofe|church of england|c e)\b", "ce"),
    (r"\b(roman catholic|catholic|r c)\b", "rc"),
    (r"\bsaints?\b", "st"),
    (r"\bsts\b", "st"),
)


def school_key(school: ApplyingSchool) -> str:
    """``urn:123456``; for a school entered by hand its name in one spelling, and its postcode (or town, without one)."""
    if school.urn is not None:
        return f"urn:{school.urn}"
    place = re.sub(r"\s", "", school.postcode).upper() or " ".join(_words(school.town))
    words = set(_words(school.name))
    return f"hand:{' '.join(sorted(words - _SAYS_NOTHING or words))}|{place}"


def _words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    for pattern, spelling in _ONE_SPELLING:
        plain = re.sub(pattern, spelling, plain)
    return plain.split()
