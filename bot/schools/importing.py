"""Takes a file of the school register into the database: what is new, what has changed, what could not be read.

Each batch is a transaction of its own, so that people are answered meanwhile; a file is read through and found whole
before the first one. What is there already changes nothing, so a broken-off import is mended by running it again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any

from sqlalchemy import Insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.schools.index import index_schools, refresh
from bot.schools.register_file import FileRefused, Kind, Progress, RegisterFile, open_register
from bot.schools.register_row import BadRow, read_row
from bot.schools.succession import SCHOOL, keep_links, name_successors
from bot.store.database import Database
from bot.store.tables import SchoolRow

_BATCH = 1000
_BAD_SHARE = 0.2
"""A file with a larger share of rows that cannot be read is not what it seems: nothing of it is taken."""
_COLUMNS = [column for column in SCHOOL.columns if column.name != "successor"]


@dataclass(slots=True)
class Report:
    """What became of a file's rows. ``skipped`` are the bad ones; ``successors`` counts closed schools that were led on."""

    path: Path
    kind: Kind = "schools"
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    successors: int = 0
    skipped: list[BadRow] = field(default_factory=list)


def _silent(_read: int, _all: int) -> None:
    pass


async def import_file(database: Database, file: RegisterFile, progress: Progress = _silent) -> Report:
    """Imports an opened file of schools or of links. Raises FileRefused, and then nothing has changed."""
    if file.kind == "links":
        return await _import_links(database, file, progress)
    _refuse_if_mostly_bad(file)
    report = Report(file.path)
    for batch in batched(_schools(file, report, progress), _BATCH, strict=False):
        async with database.writing() as session:
            await keep_schools(session, batch, report)
            await session.commit()
    async with database.writing() as session:
        await finish(session, report)
        await session.commit()
    return report


async def import_sample(session: AsyncSession, path: Path) -> Report:
    """Imports a file of schools in one transaction, the caller's; raises FileRefused."""
    report = Report(path)
    for batch in batched(_schools(open_register(path), report, _silent), _BATCH, strict=False):
        await keep_schools(session, batch, report)
    await finish(session, report)
    return report


async def keep_schools(session: AsyncSession, schools: tuple[dict[str, Any], ...], report: Report) -> None:
    """Writes those that are new or have changed, and counts all in ``report``."""
    if _is_postgres(session):
        # Its plan of the first batches, made for an almost empty table, would be kept for all.
        await session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    urns = [school["urn"] for school in schools]
    there = await session.execute(select(*_COLUMNS).where(SchoolRow.urn.in_(urns)))
    before = {row["urn"]: dict(row) for row in there.mappings()}
    new = [school for school in schools if school["urn"] not in before]
    changed = [school for school in schools if school["urn"] in before and school != before[school["urn"]]]
    report.added += len(new)
    report.changed += len(changed)
    report.unchanged += len(schools) - len(new) - len(changed)
    if new or changed:
        await session.execute(_upsert(session), [*new, *changed])
        await index_schools(session, [*new, *changed])


async def finish(session: AsyncSession, report: Report) -> None:
    """What has to follow once all schools are there: successors by name and postcode, the vocabulary."""
    changed = report.added + report.changed > 0
    if changed:
        report.successors += await name_successors(session)
    await refresh(session, changed=changed)
    if changed and _is_postgres(session):
        # Now, not whenever PostgreSQL gets round to it: until then it would read whole tables instead of their indexes.
        for index in ("ix_school_search_words", "ix_school_word_word"):
            await session.execute(text(f"SELECT gin_clean_pending_list('{index}')"))
        await session.execute(text("ANALYZE school, school_search, school_word"))


async def _import_links(database: Database, file: RegisterFile, progress: Progress) -> Report:
    report = Report(file.path, "links")
    links: dict[int, list[int]] = {}
    for record in file.records(progress):
        if isinstance(record, BadRow):
            report.skipped.append(record)
            continue
        line, fields = record
        urns = fields["URN"], fields["LinkURN"]
        if not all(urn.isascii() and urn.isdecimal() and len(urn) <= 7 for urn in urns):
            report.skipped.append(BadRow(line, f"URN {urns[0]!r} and LinkURN {urns[1]!r} should be numbers"))
        elif fields["LinkType"].casefold().startswith("successor"):
            links.setdefault(int(urns[0]), []).append(int(urns[1]))
    async with database.writing() as session:
        report.successors = await keep_links(session, links)
        await session.commit()
    return report


def _schools(file: RegisterFile, report: Report, progress: Progress) -> Iterator[dict[str, Any]]:
    seen: dict[int, int] = {}
    for record in file.records(progress):
        school = record if isinstance(record, BadRow) else read_row(*record)
        if isinstance(school, BadRow):
            report.skipped.append(school)
        elif isinstance(record, tuple) and (first := seen.setdefault(school["urn"], record[0])) != record[0]:
            report.skipped.append(BadRow(record[0], f"URN {school['urn']} is in line {first} already"))
        else:
            yield school


def _refuse_if_mostly_bad(file: RegisterFile) -> None:
    report = Report(file.path)
    for _school in _schools(file, report, _silent):
        pass
    if len(report.skipped) > _BAD_SHARE * file.rows:
        first = report.skipped[0]
        raise FileRefused(
            f"{file.path} was not imported: {len(report.skipped):,} of its {file.rows:,} rows cannot be read. "
            f"The first is line {first.line}: {first.why}."
        )


def _upsert(session: AsyncSession) -> Insert:
    insert = postgresql.insert if _is_postgres(session) else sqlite.insert
    statement = insert(SCHOOL)
    new = {column.name: statement.excluded[column.name] for column in _COLUMNS if column.name != "urn"}
    return statement.on_conflict_do_update(index_elements=["urn"], set_=new)


def _is_postgres(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "postgresql"
