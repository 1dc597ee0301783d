"""What somebody typed to name a school, as terms: each with its spellings in the register and with what it is worth."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.schools.vocabulary import Vocabulary, Word, halves, joined, look_up, similar
from bot.schools.wording import FULL_POSTCODE, words

LONGEST = 100
"""Characters of a question that are read: what is longer names no school."""

_MOST_TERMS = 12
_URN = re.compile(r"\b\d{5,7}\b")
_POSTCODE = re.compile(rf"\b{FULL_POSTCODE.pattern}\b")
_PARTIAL = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s+(\d[a-z]?)(?!\w)")
_PARTIAL_AS_ONE = re.compile(r"([a-z]{1,2}\d[a-z\d]?)(\d[a-z]?)")

# How much of a term is met by something that is not quite it.
_BEGUN = 0.85
_TWO_WORDS_AS_ONE = 0.9
_SECTOR = 0.75
_DISTRICT = 0.6
_RARE = 2  # schools: a word that so few have may as well be a common one, misspelt
_COMMON = 2000  # schools: such a word is not the beginning of another
_SCHOOLS_OF_A_POSTCODE = 2
_SCHOOLS_OF_A_DISTRICT = 25
_SHORTEST_SPLIT = 6


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a term may stand for: a word of the register, several in a row, or the beginning of one (``is_prefix``).

    ``closeness`` is 0 to 1; about so many ``schools`` have it.
    """

    text: str
    closeness: float
    schools: int
    is_prefix: bool = False

    @property
    def in_text(self) -> str:
        """How it stands in a text of ``school_search``."""
        return f" {self.text}" if self.is_prefix else f" {self.text} "


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question; ``weight`` is what it tells, more for a rare word. No spelling: the register has none like it.

    ``parts`` are the columns of ``school_search`` that may hold it, the one where it means more first. ``names_places``:
    it is a word of places rather than of names.
    """

    word: str
    weight: float
    spellings: tuple[Spelling, ...]
    parts: tuple[str, ...] = ("name", "place")
    names_places: bool = False

    @property
    def schools(self) -> int:
        """About so many schools have one of its spellings."""
        return sum(spelling.schools for spelling in self.spellings)


@dataclass(frozen=True, slots=True)
class Question:
    """What was understood of what was typed."""

    urns: tuple[int, ...]
    terms: tuple[Term, ...]


async def understand(session: AsyncSession, typed: str) -> Question:
    """Takes a question apart and mends its spelling with the register's vocabulary."""
    rest = typed[:LONGEST].casefold()
    urns = tuple(int(urn) for urn in _URN.findall(rest))
    rest = _URN.sub(" ", rest)
    codes = _POSTCODE.findall(rest)
    rest = _POSTCODE.sub(" ", rest)
    codes += _PARTIAL.findall(rest)
    rest = _PARTIAL.sub(" ", rest)
    said = list(dict.fromkeys(words(rest)))[:_MOST_TERMS] if rest.strip() else []
    looked_up = [*said, *joined(said), *(half for word in said for pair in halves(word) for half in pair)]
    vocabulary = await look_up(session, looked_up, said)
    terms = [_code_term(district, unit, vocabulary) for district, unit in codes]
    for at, word in enumerate(said):
        last = at == len(said) - 1 and rest[-1].isalnum()
        terms.append(await _word_term(session, word, said, vocabulary, is_being_typed=last))
    return Question(urns, tuple(terms))


def _code_term(district: str, unit: str, vocabulary: Vocabulary) -> Term:
    """A postcode, or its beginning: itself; or else its sector or district, for one that has changed or is mistyped."""
    is_partial = len(unit) < 3
    spellings = (
        Spelling(district + unit, 1.0, _SCHOOLS_OF_A_POSTCODE, is_partial),
        Spelling(district + unit[0], _SECTOR, _SCHOOLS_OF_A_DISTRICT, is_prefix=True),
        Spelling(district, _DISTRICT, _SCHOOLS_OF_A_DISTRICT),
    )
    return Term(
        district + unit, vocabulary.weight(Word(district, _SCHOOLS_OF_A_DISTRICT, 0)), spellings, ("place",), True
    )


async def _word_term(
    session: AsyncSession, word: str, said: list[str], vocabulary: Vocabulary, *, is_being_typed: bool
) -> Term:
    known = vocabulary.known.get(word)
    if known is None and (partial := _PARTIAL_AS_ONE.fullmatch(word)):
        return _code_term(partial[1], partial[2], vocabulary)
    spellings = [Spelling(word, 1.0, known.schools)] if known else []
    spellings += _otherwise_divided(word, said, vocabulary)
    is_certain = bool(spellings) and not (known and known.schools <= _RARE)
    is_whole = known is not None and known.schools > _COMMON
    meant = known
    beginning = vocabulary.begun.get(word)
    if beginning and not is_whole and (is_being_typed or not spellings):
        spellings.append(Spelling(word, _BEGUN, beginning.schools, is_prefix=True))
        meant = meant or beginning
    if word.isalpha() and not is_certain and not (is_being_typed and beginning and not known):
        alike = await similar(session, word)
        spellings += [Spelling(other.text, closeness, other.schools) for other, closeness in alike if other != known]
        meant = meant or (alike[0][0] if alike else None)
    closest_first = tuple(sorted(spellings, key=lambda one: -one.closeness))
    return Term(word, vocabulary.weight(meant), closest_first, names_places=meant is not None and meant.names_places)


def _otherwise_divided(word: str, said: list[str], vocabulary: Vocabulary) -> Iterator[Spelling]:
    """ "Fair View" for "Fairview", and the other way round."""
    at = said.index(word)
    for pair in joined(said[max(0, at - 1) : at + 2]):
        if other := vocabulary.known.get(pair):
            yield Spelling(pair, _TWO_WORDS_AS_ONE, other.schools)
    if word in vocabulary.known or len(word) < _SHORTEST_SPLIT:
        return
    for first, second in halves(word):
        if first in vocabulary.known and second in vocabulary.known:
            rarer = min(vocabulary.known[first].schools, vocabulary.known[second].schools)
            yield Spelling(f"{first} {second}", _TWO_WORDS_AS_ONE, rarer)
