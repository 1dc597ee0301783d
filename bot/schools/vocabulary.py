"""The register's vocabulary: how many schools have a word, and which of its words a misspelt one may stand for."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

_PLACE_SHARE = 0.65
"""What a word of places is worth beside one of names: a wrong town should not hide the right name."""
_LEAST_WEIGHT = 0.2
_UNKNOWN_WEIGHT = 4.0
_SHORT = 5  # letters: below, two letters in the wrong order leave no three in common
_MOST_SPELLINGS = 5
_MOST_COMPARED = 150
_AFTER_LETTERS = "{"  # the character after "z"
_PART_CLOSENESS = 0.6  # of "view" to "fairview"
_SHORTEST_PART = 4


@dataclass(frozen=True, slots=True)
class Word:
    """A word, in how many schools' names or places it is (``schools``), and in how many names (``names``)."""

    text: str
    schools: int
    names: int

    @property
    def names_places(self) -> bool:
        """Whether most schools have it in their address, not in their name."""
        return self.names * 2 < self.schools


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known of the words of a question, and of those that begin with one; ``schools`` is the size of the register."""

    schools: int
    known: dict[str, Word]
    begun: dict[str, Word]

    def weight(self, word: Word | None) -> float:
        """What a word tells: the fewer schools have it, the more."""
        if word is None:
            return min(_UNKNOWN_WEIGHT, math.log(self.schools + 2))
        share = _PLACE_SHARE if word.names_places else 1.0
        return max(_LEAST_WEIGHT, share * math.log((self.schools + 1) / word.schools))


async def look_up(session: AsyncSession, words: Iterable[str], beginnings: Iterable[str]) -> Vocabulary:
    """These words, and all that begin like one of ``beginnings`` taken together, as far as the register has them."""
    parameters: dict[str, object] = {"words": ["", *set(words)]}
    queries = ["SELECT '' AS beginning, word, schools, names FROM school_word WHERE word IN :words"]
    for at, beginning in enumerate(beginnings):
        queries.append(
            f"SELECT :b{at}, '', COALESCE(SUM(schools), 0), COALESCE(SUM(names), 0) "  # noqa: S608
            f"FROM school_word WHERE word >= :b{at} AND word < :a{at}"
        )
        parameters |= {f"b{at}": beginning, f"a{at}": beginning + _AFTER_LETTERS}
    query = text(" UNION ALL ".join(queries)).bindparams(bindparam("words", expanding=True))
    known, begun = {}, {}
    for beginning, word, schools, names in await session.execute(query, parameters):
        if not beginning:
            known[word] = Word(word, schools, names)
        elif schools:
            begun[beginning] = Word(beginning, int(schools), int(names))
    register = known.pop("", None)
    return Vocabulary(register.schools if register else 0, known, begun)


async def similar(session: AsyncSession, misspelt: str) -> list[tuple[Word, float]]:
    """Words that it may stand for, each with its closeness from 0 to 1, the closest first."""
    grams = sorted({misspelt[at : at + 3] for at in range(len(misspelt) - 2)})
    if not grams:
        return []
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    position = "instr" if is_sqlite else "strpos"
    parameters: dict[str, object] = {"first": misspelt[0], "after": misspelt[0] + _AFTER_LETTERS}
    parameters |= {"shortest": len(misspelt) - 1, "longest": len(misspelt) + 1}
    parameters |= {f"g{at}": gram for at, gram in enumerate(grams)}
    if is_sqlite:
        sharing = "word IN (SELECT word FROM school_spelling WHERE school_spelling MATCH :grams)"
        parameters["grams"] = " OR ".join(f'"{gram}"' for gram in grams)
    else:
        sharing = " OR ".join(f"word LIKE :like{at}" for at in range(len(grams)))
        parameters |= {f"like{at}": f"%{gram}%" for at, gram in enumerate(grams)}
    same_first, same_length = "word >= :first AND word < :after", "length(word) BETWEEN :shortest AND :longest"
    if len(misspelt) <= _SHORT:
        sharing += f" OR ({same_first} AND {same_length})"
    likeness = " + ".join(f"CASE WHEN {position}(word, :g{at}) > 0 THEN 2 ELSE 0 END" for at in range(len(grams)))
    likeness += f" + CASE WHEN {same_first} THEN 2 ELSE 0 END + CASE WHEN {same_length} THEN 1 ELSE 0 END"
    query = (
        f"SELECT word, schools, names FROM school_word WHERE word <> '' AND ({sharing}) "  # noqa: S608
        f"ORDER BY {likeness} DESC, schools DESC, word LIMIT {_MOST_COMPARED}"
    )
    rows = await session.execute(text(query), parameters)
    found = [(Word(row.word, row.schools, row.names), _closeness(misspelt, row.word)) for row in rows]
    return sorted((one for one in found if one[1]), key=lambda one: (-one[1], -one[0].schools))[:_MOST_SPELLINGS]


def _closeness(misspelt: str, word: str) -> float:
    """1 less the share of letters that are wrong; 0 for another word. A letter that changed places counts once."""
    allowed = 1 if len(misspelt) <= _SHORT else 2 if len(misspelt) < 10 else 3
    wrong = OSA.distance(misspelt, word, score_cutoff=allowed)
    if wrong <= allowed:
        return 1 - wrong / max(len(misspelt), len(word))
    return _PART_CLOSENESS if len(misspelt) >= _SHORTEST_PART and misspelt in word else 0


def halves(word: str) -> list[tuple[str, str]]:
    """The ways to write it as two words of at least three letters."""
    return [(word[:at], word[at:]) for at in range(3, len(word) - 2)]


def joined(words: list[str]) -> list[str]:
    """Each word with the next one as one word."""
    return [first + second for first, second in pairwise(words)]
