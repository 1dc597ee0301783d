"""Finding a school in the register by what people type: its name or a part of it, its town, postcode or URN, in any mixture.

The database finds candidates by their words (``candidates``), after spelling was mended with the register's own vocabulary
(``question``); what ranks them is here, the same for every database.
"""

from dataclasses import dataclass
from typing import cast

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.schools.candidates import Candidate, candidates
from bot.schools.question import Question, Term, understand
from bot.schools.school import School, Status
from bot.schools.succession import SCHOOL

_WORDS_SHARE = 0.85
"""Of a score: how much of what was typed the school has. The rest is how like its name is as a whole."""
_STANDING_COST = (0.0, 8.0, 10.0, 16.0)
"""What a school may fit better and still come after one of a higher standing (``bot.schools.index.STANDINGS``)."""
_NAME_NOT_ASKED = 0.5
"""How like a name is when nothing was said of it."""
_LEAST_SCORE = 20.0
"""With less in common, a school is not what was asked for."""
_BY_URN = 200.0  # comes before any other
_CLEAR_SCORE = 80.0
_CLEAR_LEAD = 10.0
_LONGEST_CHAIN = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A school, and from 0 to 100 how well it fits what was asked."""

    school: School
    score: float


async def find(session: AsyncSession, query: str, limit: int = 8) -> list[Found]:
    """The schools that ``query`` may mean, the likeliest first: of those that fit alike, open ones for primary ages."""
    question = await understand(session, query)
    scores: dict[int, tuple[float, float]] = {}  # URN: what is ranked by, what is told
    for candidate in await candidates(session, question.terms):
        if (score := _score(question, candidate)) < _LEAST_SCORE:
            continue
        scores[candidate.urn] = (score - _STANDING_COST[candidate.standing], score)
    scores |= {urn: (_BY_URN - at, 100.0) for at, urn in enumerate(question.urns)}
    best = sorted(scores, key=lambda urn: (-scores[urn][0], urn))
    schools = await _schools(session, best[: limit + len(question.urns)])
    return [Found(schools[urn], round(scores[urn][1], 1)) for urn in best if urn in schools][:limit]


async def by_urn(session: AsyncSession, urn: int) -> School | None:
    """The school of this URN, if the register has it."""
    return (await _schools(session, [urn])).get(urn)


async def successor_of(session: AsyncSession, school: School) -> School | None:
    """The open school that took this one's place, however many came between; None when it is not known."""
    seen = {school.urn}
    heir: School | None = school
    while heir and not heir.is_open:
        if heir.successor is None or heir.successor in seen or len(seen) > _LONGEST_CHAIN:
            return None
        seen.add(heir.successor)
        heir = await by_urn(session, heir.successor)
    return heir if heir is not school else None


def is_clear(found: list[Found]) -> bool:
    """Whether the first is meant beyond doubt: it fits well, and no other but its own predecessor comes near."""
    if not found or found[0].score < _CLEAR_SCORE:
        return False
    first = found[0].school
    return all(found[0].score - other.score >= _CLEAR_LEAD or _is_before(other.school, first) for other in found[1:])


def _is_before(school: School, other: School) -> bool:
    """Whether ``other`` took the closed ``school``'s place."""
    if school.status != "closed" or not other.is_open:
        return False
    return school.successor == other.urn or (school.name, school.postcode) == (other.name, other.postcode)


def _score(question: Question, candidate: Candidate) -> float:
    asked = sum(term.weight for term in question.terms)
    met = candidate.met / asked if asked else 0.0
    of_name = [term.word for term in question.terms if _is_of_name(term, candidate)]
    alike = fuzz.token_sort_ratio(" ".join(of_name), candidate.name.strip()) / 100 if of_name else _NAME_NOT_ASKED
    return min(100.0, 100 * (_WORDS_SHARE * met + (1 - _WORDS_SHARE) * alike))


def _is_of_name(term: Term, candidate: Candidate) -> bool:
    """Whether a term was meant for the school's name: it is in there, or it is nowhere and no word of places."""
    texts = [spelling.in_text for spelling in term.spellings]
    if any(text in candidate.name for text in texts):
        return True
    return not term.names_places and not any(text in candidate.place for text in texts)


async def _schools(session: AsyncSession, urns: list[int]) -> dict[int, School]:
    rows = await session.execute(select(*_COLUMNS).where(SCHOOL.c.urn.in_(urns)))
    return {row.urn: School(**(row._asdict() | {"status": cast(Status, row.status)})) for row in rows}


_COLUMNS = [SCHOOL.c[name] for name in School.__dataclass_fields__]
