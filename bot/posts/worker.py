"""Posts what waits for Slack and Teams, each platform by itself, until it is told to stop. Several workers may run.

What became of a post is noted before the next one of its platform leaves, so that a worker that is killed leaves one post of
which nobody knows whether it arrived: that one goes again when its lease ends, under the same key.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.retry import Decision, NotSent, Postponed, Withheld, decide
from bot.posts.composing import Composed, compose
from bot.posts.leasing import LeasedPost, is_any_due, settle, take
from bot.posts.poster import NotPosted, Poster, Reference
from bot.posts.queue import arrivals
from bot.store.database import Database, StoreUnavailable

LEASE = timedelta(seconds=120)
"""Longer than a platform may take for a post: posters give up after less."""
POST_SECONDS = 60.0
POLL_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 60.0
LONGEST_ASKED_SECONDS = 900.0
"""A platform that asks for patience gets so much of it; then it is asked again."""
_NOTING_PAUSE_SECONDS = 0.5

_log = structlog.get_logger("psqm.posts")


@dataclass(frozen=True, slots=True)
class _Taken:
    """A post that leaves now, or why it does not."""

    post: LeasedPost
    composed: Composed | Exception


@dataclass(frozen=True, slots=True)
class _Attempt:
    post: LeasedPost
    decision: Decision
    sent: Reference | None = None
    is_card: bool = False
    trouble: NotPosted | None = None


class PostWorker:
    """Takes posts from ``database`` and hands each to the poster of its platform.

    ``count`` is told platform and state of each afterwards; ``public_url`` is where the desk is.
    """

    def __init__(
        self,
        database: Database,
        posters: Mapping[str, Poster],
        public_url: str,
        *,
        lease: timedelta = LEASE,
        poll_seconds: float = POLL_SECONDS,
        count: Callable[[str, str], None] = lambda _platform, _state: None,
    ) -> None:
        self._database = database
        self._posters = posters
        self._public_url = public_url
        self._lease = lease
        self._poll_seconds = poll_seconds
        self._count = count
        self._owner = str(uuid4())
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ends ``run`` after the posts that are being posted."""
        self._stopping.set()

    async def run(self) -> None:
        """Posts until ``stop``. Whatever goes wrong is logged, and it goes on."""
        async with asyncio.TaskGroup() as lines:
            for platform in self._posters:
                lines.create_task(self._serve(platform))

    async def work_off(self, platform: str) -> NotPosted | None:
        """Posts everything that is due on a platform, or until it has trouble, which is returned. Raises StoreUnavailable."""
        taken = await self._take_first(platform)
        while taken:
            attempt = await self._try(platform, taken)
            in_trouble = attempt.trouble is not None and attempt.trouble.fault == "server"
            goes_on = not in_trouble and not self._stopping.is_set()
            taken = await self._note(platform, attempt, take_next=goes_on)
            if in_trouble:
                return attempt.trouble
        return None

    async def _serve(self, platform: str) -> None:
        troubles = 0
        with arrivals.listening() as arrived:
            while not self._stopping.is_set():
                arrived.clear()
                trouble = await self._work_off_whatever_happens(platform)
                if trouble is None:
                    if troubles:
                        _log.info("posts leave again", platform=platform)
                    troubles = 0
                    await self._rest(arrived, self._poll_seconds)
                    continue
                troubles += 1
                if troubles == 1:
                    _log.warning("nothing can be posted for now", platform=platform, reason=trouble.summary)
                await self._rest(self._stopping, _pause_seconds(trouble, troubles))

    async def _work_off_whatever_happens(self, platform: str) -> NotPosted | None:
        try:
            return await self.work_off(platform)
        except StoreUnavailable as error:
            _log.warning("the posts cannot be read", reason=str(error))
        except Exception as error:
            # The type alone: an error's text may hold what must not be logged.
            _log.error("the worker for posts stumbled", error=type(error).__name__)
        return None

    async def _take_first(self, platform: str) -> _Taken | None:
        async with self._database.reading() as session:
            if not await is_any_due(session, platform, _now()):
                return None
        async with self._database.writing() as session:
            taken = await self._take(session, platform)
            await session.commit()
            return taken

    async def _take(self, session: AsyncSession, platform: str) -> _Taken | None:
        post = await take(session, platform, self._owner, _now(), _now() + self._lease)
        if post is None:
            return None
        try:
            return _Taken(post, await compose(session, post, self._public_url, _now()))
        except (StoreUnavailable, SQLAlchemyError, OSError):
            raise
        except Exception as problem:  # must not take back the note on the post before, which would be posted again
            return _Taken(post, problem)

    async def _try(self, platform: str, taken: _Taken) -> _Attempt:
        post = taken.post
        try:
            if isinstance(taken.composed, Exception):
                raise taken.composed
            async with asyncio.timeout(POST_SECONDS):
                sent = await self._posters[platform].post(taken.composed.outgoing)
        except NotPosted as problem:
            return _failed(post, problem)
        except Withheld as why:
            return _Attempt(post, Decision("withheld", _now(), str(why)))
        except Postponed as why:
            return _Attempt(post, Decision("waiting", why.until, str(why)))
        except TimeoutError:
            return _failed(post, NotPosted("server", "it took too long to post"))
        except Exception as error:
            return _failed(post, NotPosted("later", f"something unexpected happened ({type(error).__name__})"))
        return _Attempt(post, Decision("sent", _now()), sent, taken.composed.is_card)

    async def _note(self, platform: str, attempt: _Attempt, take_next: bool) -> _Taken | None:
        """Writes down what came of an attempt and takes the next post, in one transaction.

        It tries until the database is back: what was posted and is not noted would be posted again. Should taking the next one
        fail in another way, noting comes first.
        """
        post, decision = attempt.post, attempt.decision
        while True:
            try:
                async with self._database.writing() as session:
                    noted = await settle(
                        session, post, self._owner, decision, _now(), attempt.sent, is_card=attempt.is_card
                    )
                    taken = await self._take(session, platform) if take_next else None
                    await session.commit()
            except StoreUnavailable:
                if self._stopping.is_set():
                    raise
                await self._rest(self._stopping, _NOTING_PAUSE_SECONDS)
            except Exception:
                if not take_next:
                    raise
                take_next = False
            else:
                self._tell(platform, attempt, noted)
                return taken

    def _tell(self, platform: str, attempt: _Attempt, noted: bool) -> None:
        post, decision = attempt.post, attempt.decision
        about = {"post": post.id, "platform": platform, "kind": post.kind, "attempt": post.attempts}
        if not noted:
            _log.warning("a post took longer than its lease and may appear twice", **about)
            return
        self._count(platform, decision.state)
        if decision.state == "failed":
            _log.error("something cannot be posted: see `psqm posts list --failed`", reason=decision.error, **about)
        else:
            _log.info("post tried", state=decision.state, **about)

    async def _rest(self, until: asyncio.Event, seconds: float) -> None:
        """Waits for ``until``, for the end, or for ``seconds``."""
        waits = [asyncio.create_task(event.wait()) for event in {until, self._stopping}]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


@asynccontextmanager
async def posting(worker: PostWorker, patience_seconds: float = 5.0) -> AsyncIterator[None]:
    """Runs ``worker`` beside something else. In the end it gets ``patience_seconds`` for what it is posting."""
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        _, late = await asyncio.wait([task], timeout=patience_seconds)
        for each in late:
            each.cancel()
            await asyncio.wait([each])


def _failed(post: LeasedPost, problem: NotPosted) -> _Attempt:
    jitter = random.random()  # noqa: S311
    decision = decide(NotSent(problem.fault, problem.summary), post.attempts, _now(), jitter)
    if decision.state == "waiting" and problem.retry_after is not None:
        decision = replace(decision, next_at=_now() + timedelta(seconds=_patience(problem.retry_after)))
    return _Attempt(post, decision, trouble=problem)


def _pause_seconds(trouble: NotPosted, troubles: int) -> float:
    if trouble.retry_after is not None:
        return _patience(trouble.retry_after)
    return min(2.0 ** min(troubles - 1, 16), LONGEST_PAUSE_SECONDS)


def _patience(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_ASKED_SECONDS)


def _now() -> datetime:
    return datetime.now(UTC)
