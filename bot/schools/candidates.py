"""The schools that may be meant, from the database: the same ones, in the same order, from SQLite and from PostgreSQL.

Only where rows are found differs: in a full-text table there, by a trigram index here. What they score is one expression.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.schools.question import Spelling, Term

_MOST = 60
_ENOUGH_ROWS = 800
_MOST_ROWS = 2200
"""About so many rows are scored, for the sake of speed: the words that more schools have only count, and do not find."""
_PLACE_SHARE = 0.85
"""What a word is worth that is where the school is, beside one that is in its name."""
_UNITS = 100  # of a score: the database adds whole numbers, which both round alike


@dataclass(frozen=True, slots=True)
class Candidate:
    """A school that shares words with the question; ``met`` is the weight of the terms that it meets."""

    urn: int
    name: str
    place: str
    standing: int
    met: float


async def candidates(session: AsyncSession, terms: tuple[Term, ...]) -> list[Candidate]:
    """The schools that meet most, at most 60."""
    finding = _finding(terms)
    if not finding:
        return []
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    query = _Query("instr" if is_sqlite else "strpos")
    score = " + ".join(query.worth(term) for term in terms if term.spellings)
    where = query.matching(finding) if is_sqlite else query.containing(finding)
    rows = await session.execute(
        text(
            f"SELECT urn, name, place, standing, {score} AS met FROM school_search WHERE {where} "  # noqa: S608
            f"ORDER BY met DESC, standing, length, urn LIMIT {_MOST}"
        ),
        query.parameters,
    )
    return [Candidate(urn, name, place, standing, met / _UNITS) for urn, name, place, standing, met in rows]


def _finding(terms: tuple[Term, ...]) -> list[Term]:
    """The rarest terms: one at least, a second one unless very many schools have it, more while few rows come of them."""
    found: list[Term] = []
    rows = 0
    for term in sorted((term for term in terms if term.spellings), key=lambda term: term.schools):
        rows += term.schools
        if found and rows > (_MOST_ROWS if len(found) == 1 else _ENOUGH_ROWS):
            break
        found.append(term)
    return found


class _Query:
    """Builds the parts of a query, and collects their parameters. Words are small letters and digits."""

    def __init__(self, position: str) -> None:
        self._position = position
        self.parameters: dict[str, object] = {}

    def worth(self, term: Term) -> str:
        """The worth of a term's closest spelling that the school has."""
        cases = " ".join(self._case(term, spelling, part) for spelling in term.spellings for part in term.parts)
        return f"CASE {cases} ELSE 0 END"

    def _case(self, term: Term, spelling: Spelling, part: str) -> str:
        share = 1 if part == term.parts[0] else _PLACE_SHARE
        worth = round(_UNITS * term.weight * spelling.closeness * share)
        return f"WHEN {self._position}({part}, {self._bind(spelling.in_text)}) > 0 THEN {worth}"

    def matching(self, terms: list[Term]) -> str:
        """The condition for FTS5."""
        either = " OR ".join(_full_text(spelling) for term in terms for spelling in term.spellings)
        return f"school_search MATCH {self._bind(either)}"

    def containing(self, terms: list[Term]) -> str:
        """The condition for pg_trgm."""
        return " OR ".join(
            f"{part} LIKE {self._bind(f'%{spelling.in_text}%')}"
            for term in terms
            for spelling in term.spellings
            for part in term.parts
        )

    def _bind(self, value: str) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"


def _full_text(spelling: Spelling) -> str:
    together = " AND ".join(f'"{word}"' for word in spelling.text.split())
    return f"{together}*" if spelling.is_prefix else f"({together})"
