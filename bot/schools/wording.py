"""How a school's name and place, and what people type of them, become the same words."""

import re
import unicodedata

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\u02b9\u0060\u00b4\u2032", "'"))
_POSSESSIVE = re.compile(r"'s\b")
_WORD = re.compile(r"[a-z0-9]+")

# Phrases of several words or with dots inside, each with what it becomes, before the text is cut into words.
_SPELT = (
    (r"\bchurch\s+(?:of\s+)?england\b|\bc[\s./-]*(?:of|o)?[\s./-]*e\b", "ce"),
    (r"\bchurch\s+in\s+wales\b|\bc[\s./-]*(?:in|i)[\s./-]*w\b", "ciw"),
    (r"\broman\s+catholic\b|\br[\s./-]*c\b", "catholic"),
    (r"\bvoluntary\s+aided\b|\bv[\s./-]*a\b", "va"),
    (r"\bvoluntary\s+controlled\b|\bv[\s./-]*c\b", "vc"),
    (r"\bc[\s./-]*p\b", "community primary"),
    (r"\bj[\s./-]*m[\s./-]*(?:and|&)?[\s./-]*i\b", "jmi"),
    (r"[&+]", "and"),
)
_PHRASE = re.compile("|".join(f"({pattern})" for pattern, _words in _SPELT))
_SAME = {
    "st": "saint",
    "ss": "saint",
    "sts": "saint",
    "mt": "mount",
    "gt": "great",
    "lt": "little",
    "jnr": "junior",
    "jr": "junior",
    "pri": "primary",
    "prim": "primary",
    "prep": "preparatory",
    "sch": "school",
    "schl": "school",
    "acad": "academy",
    "meth": "methodist",
    "aided": "va",
    "controlled": "vc",
}
_SILENT = frozenset({"the", "of", "and", "at", "in", "for", "a", "an", "on", "upon", "by", "near", "nr", "urn"})
"""Words that tell nothing apart, unless nothing else is said."""


def words(text: str) -> list[str]:
    """The words of a name, a place or a question, in order: small letters without accents, one spelling, no plural "s"."""
    found = _WORD.findall(_PHRASE.sub(_spelt, _plain(text)))
    telling = [word for word in found if word not in _SILENT]
    return [_stem(_SAME.get(word, word)) for word in telling or found]


def _spelt(phrase: re.Match[str]) -> str:
    return f" {_SPELT[(phrase.lastindex or 1) - 1][1]} "


def _plain(text: str) -> str:
    if text.isascii():
        return _POSSESSIVE.sub("", text.casefold()).replace("'", "")
    decomposed = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _POSSESSIVE.sub("", bare).replace("'", "")


def _stem(word: str) -> str:
    # "St Marys" and "St Mary's" are one; "St James's" has lost its possessive before, so that "James" loses its s too.
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def postcode(text: str) -> str:
    """A postcode as the register writes it: capitals, one space before the last three; or the text when it is none."""
    match = FULL_POSTCODE.fullmatch(text.strip().casefold())
    return f"{match[1]} {match[2]}".upper() if match else text.strip().upper()


FULL_POSTCODE = re.compile(r"([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})")
"""District ("en5") and unit ("4nj"), in small letters."""

WORDING = 1
"""Goes up whenever ``words`` spells something differently, so that an index of before is made anew."""
