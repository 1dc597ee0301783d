"""From a draft to an answer: a topic is written, trained, compared with what was, and taken up by the running engine.

One at a time over all processes, since there is one model; what fails is put back as it was.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import func, select, update

from bot.answers import OWN_TOPICS
from bot.learning.comparing import Changed, Comparison, compare, practice
from bot.learning.own_topics import OwnTopic, TopicRefused, as_file, own_topic
from bot.learning.teaching import NotTaught, Teaching
from bot.staff import audit
from bot.staff.member import Doing
from bot.store.database import Database, StoreUnavailable
from bot.store.tables import OwnTopicRow
from bot.training import ROOT, TrainingError, replace, train_candidate

GIVEN_UP = timedelta(minutes=45)
"""A training that has not ended by then died with its process."""
_MOST_NAMED = 5

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Workshop:
    """What training needs; ``train`` and ``compare`` are Rasa's work, which takes minutes."""

    database: Database
    teaching: Teaching
    model: Path
    root: Path = ROOT
    train: Callable[[Path], Path | None] = train_candidate
    compare: Callable[..., Awaitable[Comparison]] = compare

    @property
    def folder(self) -> Path:
        """Where the files of own topics are."""
        return self.root / OWN_TOPICS


def check_writable(folder: Path) -> None:
    """Raises TopicRefused where topics cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return
    except OSError:
        pass
    raise TopicRefused(
        "The examples cannot be written on this machine: add the topic to data/nlu/own where the model is trained."
    )


async def begin(workshop: Workshop, doing: Doing, slug: str, now: datetime) -> OwnTopic:
    """Takes the right to train; ``go_live`` is next. Raises NotAllowed, and TopicRefused while another is being trained."""
    check_writable(workshop.folder)
    async with workshop.database.writing() as session:
        topic = await own_topic(session, doing.member, slug)
        # Every row is locked, so that of two that begin at once the second sees the first.
        await session.execute(select(OwnTopicRow.slug).order_by(OwnTopicRow.slug).with_for_update())
        is_training = (OwnTopicRow.state == "training") & (OwnTopicRow.updated_at > now - GIVEN_UP)
        if await session.scalar(select(func.count()).select_from(OwnTopicRow).where(is_training)):
            raise TopicRefused("A topic is being trained already: please wait until that has ended.")
        await session.execute(
            update(OwnTopicRow).where(OwnTopicRow.slug == slug).values(state="training", problem="", updated_at=now)
        )
        await audit.write(session, doing, "topic trained", ("topic", slug), now, detail=topic.label)
        await session.commit()
    return topic


async def go_live(workshop: Workshop, topic: OwnTopic, *, anyway: bool = False) -> str:
    """Trains with ``topic`` and lets the engine answer with it; returns its state after that.

    Unless ``anyway``, a topic that takes over practice questions which are answered rightly today is not taken: it says which.
    """
    path = workshop.folder / f"{topic.slug}.yml"
    before = path.read_text(encoding="utf-8") if path.is_file() else None
    try:
        _write(path, as_file(topic))
        says = await _take_up(workshop, topic, anyway)
    except (TrainingError, TopicRefused, OSError) as error:
        _put_back(path, before)
        return await _end(workshop, topic, "failed", str(error))
    except BaseException:
        _put_back(path, before)
        with suppress(StoreUnavailable):
            await asyncio.shield(_end(workshop, topic, "failed", "The training was interrupted: please try again."))
        raise
    return await _end(workshop, topic, "live", says)


async def _take_up(workshop: Workshop, topic: OwnTopic, anyway: bool) -> str:
    """Trains, compares, replaces; returns what is to be said beside. Raises TrainingError, TopicRefused."""
    candidate = await asyncio.to_thread(workshop.train, workshop.model)
    if candidate is None:
        return ""
    if not anyway and workshop.model.is_file():
        questions, _ = await asyncio.to_thread(practice, workshop.root)
        comparison = await workshop.compare(workshop.model, candidate, questions)
        if stolen := [changed for changed in comparison.worse if topic.name in changed.after]:
            raise TopicRefused(_named(stolen))
    replace(workshop.model)
    try:
        await workshop.teaching.load_model()
    except NotTaught as error:
        return f"The model is ready and is used from the next start. {error}"
    return ""


def _named(stolen: Sequence[Changed]) -> str:
    some = "; ".join(f"“{changed.text}” (about {changed.before})" for changed in stolen[:_MOST_NAMED])
    more = f" and {len(stolen) - _MOST_NAMED} more" if len(stolen) > _MOST_NAMED else ""
    return f"Not live yet: it would take over questions that are answered rightly today: {some}{more}."


async def _end(workshop: Workshop, topic: OwnTopic, state: str, problem: str) -> str:
    now = datetime.now(UTC)
    values = {"state": state, "problem": problem, "updated_at": now} | ({"live_at": now} if state == "live" else {})
    async with workshop.database.writing() as session:
        await session.execute(update(OwnTopicRow).where(OwnTopicRow.slug == topic.slug).values(**values))
        await session.commit()
    _log.info("topic trained", slug=topic.slug, state=state)
    return state


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _put_back(path: Path, before: str | None) -> None:
    with suppress(OSError):
        if before is None:
            path.unlink(missing_ok=True)
        else:
            _write(path, before)
