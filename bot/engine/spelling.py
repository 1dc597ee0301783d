"""Mends the spelling of a message before it is read.

Only words that are neither common English nor the project's own are touched, and the project's own (those of the
example questions) are preferred as what was meant. What looks like a name, an address or a code stays as it is.
"""

import re
from collections import Counter
from importlib.resources import files
from typing import Dict, Iterable, Mapping, Optional

from symspellpy import SymSpell, Verbosity

SHORTEST = 3  # letters; shorter words have too many neighbours
SHORTEST_FOR_TWO_EDITS = 6
KNOWN_WORDS = 30_000  # the commonest of symspellpy's 82,765 English words pass as they are
TARGET_WORDS = 12_000  # and to these a word may be mended, by one edit

SHORTHAND = {
    "pls": "please", "plz": "please", "thx": "thanks", "ta": "thanks", "u": "you", "ur": "your", "r": "are",
    "wats": "what's", "wot": "what", "wots": "what's", "bc": "because", "b4": "before", "cos": "because", "abt": "about",
    "yr": "year", "yrs": "years", "info": "information", "reg": "registration", "gov": "governor", "govs": "governors",
}  # fmt: skip

_WORD = re.compile(r"(?<![\w@.'’/-])[A-Za-z]+(?:['’][A-Za-z]+)?(?![\w@'’/-]|\.\w)")
_IN_EXAMPLES = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")


class Speller:
    """Corrects unknown words to the likeliest known one."""

    def __init__(self, own: Mapping[str, int]) -> None:
        """``own``: the project's words and how often its examples use them (see ``count_words``)."""
        english = _english_by_frequency()
        self._known = {*english[:KNOWN_WORDS], *own}
        self._own = SymSpell(max_dictionary_edit_distance=2)
        for word, count in own.items():
            self._own.create_dictionary_entry(word, count)
        self._common = SymSpell(max_dictionary_edit_distance=1)
        for rank, word in enumerate(english[:TARGET_WORDS]):
            self._common.create_dictionary_entry(word, TARGET_WORDS - rank)

    def correct(self, text: str) -> str:
        """Returns ``text`` with its misspelt words replaced, all else (spaces, marks, names) untouched."""
        shouting = text.isupper()
        starts = True  # a capital says nothing about the first word

        def mend(match: "re.Match[str]") -> str:
            nonlocal starts
            word = match.group()
            first, starts = starts, False
            if word[0].isupper() and not first and not shouting:
                return word
            return self._correct_word(_plain(word)) or word

        return _WORD.sub(mend, text)

    def _correct_word(self, word: str) -> Optional[str]:
        if word in SHORTHAND:
            return SHORTHAND[word]
        if len(word) < SHORTEST or word in self._known or "'" in word:
            return None
        edits = 2 if len(word) >= SHORTEST_FOR_TWO_EDITS else 1
        own = self._own.lookup(word, Verbosity.CLOSEST, edits)
        if own and own[0].distance == 1:
            return own[0].term
        common = self._common.lookup(word, Verbosity.CLOSEST, 1) if len(word) > SHORTEST else []
        found = common or own
        return found[0].term if found else None


def count_words(texts: Iterable[str]) -> Dict[str, int]:
    """Counts the words of ``texts``, in lower case."""
    return dict(Counter(_plain(word) for text in texts for word in _IN_EXAMPLES.findall(text)))


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


def _english_by_frequency() -> "list[str]":
    path = files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    lines = (line.split() for line in path.read_text(encoding="utf-8-sig").splitlines())
    return [word for word, _ in sorted(lines, key=lambda entry: -int(entry[1]))]
