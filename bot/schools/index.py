"""What schools are found by, kept beside the register: each school's words, and how many schools have each word.

``school_search`` has a name's words, and those of its place with its postcode, as ``bot.schools.wording`` spells them. Each word
stands between spaces; a postcode stands there as its district and as one word.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import batched
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.schools.wording import FULL_POSTCODE, WORDING, words
from bot.store.database import Database
from bot.store.tables import SchoolRow

STANDINGS = {"open": 1, "closing": 1, "proposed": 2, "closed": 3}
"""Who comes first among equals: open schools that teach primary ages (0), other open ones, proposed ones, closed ones."""

_BATCH = 1000
_STAMP = ""  # the row of school_word that says how many schools are indexed, and by which wording


async def index_schools(session: AsyncSession, schools: Iterable[Mapping[Any, Any]]) -> None:
    """Indexes these rows of ``school``, new or changed. ``refresh`` has to follow before they are found reliably."""
    entries = [_entry(school) for school in schools]
    key = "rowid" if _is_sqlite(session) else "urn"
    await session.execute(text(f"DELETE FROM school_search WHERE {key} = :urn"), entries)  # noqa: S608
    columns = ("rowid, " if _is_sqlite(session) else "") + "urn, name, place, standing, length"
    values = (":urn, " if _is_sqlite(session) else "") + ":urn, :name, :place, :standing, :length"
    await session.execute(text(f"INSERT INTO school_search ({columns}) VALUES ({values})"), entries)  # noqa: S608


async def refresh(session: AsyncSession, *, changed: bool) -> None:
    """Counts the words anew after ``changed`` schools; indexes every school when the index is not of this register."""
    is_indexed, is_counted = await _state(session)
    if not is_indexed:
        await _index_all(session)
    if changed or not (is_indexed and is_counted):
        await _count_words(session)


async def bring_up_to_date(database: Database) -> None:
    """Indexes a register that came without an index, or whose words are spelt differently since. Raises StoreUnavailable."""
    async with database.reading() as session:
        if all(await _state(session)):
            return
    async with database.writing() as session:
        await refresh(session, changed=False)
        await session.commit()


async def _state(session: AsyncSession) -> tuple[bool, bool]:
    """Whether every school is indexed by today's wording, and whether its words have been counted."""
    schools = await session.scalar(select(func.count()).select_from(SchoolRow))
    indexed = await session.scalar(text("SELECT COUNT(*) FROM school_search"))
    wording = await session.scalar(text("SELECT names FROM school_word WHERE word = :stamp"), {"stamp": _STAMP})
    return schools == indexed and wording in (None, WORDING), wording is not None or not schools


async def _index_all(session: AsyncSession) -> None:
    await session.execute(text("DELETE FROM school_search"))
    urns = (await session.scalars(select(SchoolRow.urn).order_by(SchoolRow.urn))).all()
    for some in batched(urns, _BATCH, strict=False):
        rows = await session.execute(select(SchoolRow.__table__).where(SchoolRow.urn.in_(some)))
        await index_schools(session, rows.mappings().all())


async def _count_words(session: AsyncSession) -> None:
    anywhere, in_names, schools = Counter[str](), Counter[str](), 0
    for name, place in await session.execute(text("SELECT name, place FROM school_search")):
        schools += 1
        of_name = set(name.split())
        in_names.update(of_name)
        anywhere.update(of_name.union(word for word in place.split() if not FULL_POSTCODE.fullmatch(word)))
    counted = [{"word": word, "schools": anywhere[word], "names": in_names[word]} for word in sorted(anywhere)]
    stamp = {"word": _STAMP, "schools": schools, "names": WORDING}
    await session.execute(text("DELETE FROM school_word"))
    await _insert(session, "INSERT INTO school_word VALUES (:word, :schools, :names)", [stamp, *counted])
    if _is_sqlite(session):
        spelt = [{"word": word} for word in sorted(anywhere) if word.isalpha()]
        await session.execute(text("DELETE FROM school_spelling"))
        await _insert(session, "INSERT INTO school_spelling VALUES (:word)", spelt)


async def _insert(session: AsyncSession, statement: str, rows: Iterable[Mapping[str, Any]]) -> None:
    for some in batched(rows, _BATCH, strict=False):
        await session.execute(text(statement), list(some))


def _entry(school: Mapping[Any, Any]) -> dict[str, Any]:
    place = dict.fromkeys(word for part in ("locality", "town", "county", "la") for word in _place_words(school[part]))
    code = school["postcode"].casefold().split()
    found_by = [code[0], "".join(code)] if len(code) == 2 else code
    return {
        "urn": school["urn"],
        "name": f" {' '.join(words(school['name']))} ",
        "place": f" {' '.join([*place, *found_by])} ",
        "standing": 0
        if STANDINGS[school["status"]] == 1 and school["teaches_primary"]
        else STANDINGS[school["status"]],
        "length": len(school["name"]),
    }


@lru_cache(maxsize=8192)
def _place_words(place: str) -> tuple[str, ...]:
    """The words of a place, of which the register has few beside its schools."""
    return tuple(words(place))


def _is_sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"
