"""Rasa's SQL tracker store, set up so that a turn waits neither for the disk nor for what was said long ago."""

import json
from collections import OrderedDict
from typing import Any, Dict, Optional, Text, Tuple

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Session
from sqlalchemy.pool import SingletonThreadPool

from bot.engine.recent_tracker import KEPT, MOST, STATE_TYPES, RecentTracker, recent

AT_HAND = 64  # conversations whose trackers stay in memory between turns
_EVENTS = SQLTrackerStore.SQLEvent.__table__


class EngineTrackerStore(SQLTrackerStore):
    """Takes one database address; loads the latest turns of a conversation and what still holds of the earlier ones.

    A tracker stays at hand between two turns and is used again if the database has nothing newer: another engine may have
    answered in between. While a turn works on it, it belongs to that turn alone, so that one that fails leaves nothing behind.

    On SQLite it writes ahead and leaves flushing to checkpoints. What a power cut may lose there is the engine's memory of the
    last topic, never a message: those the service keeps.
    """

    def __init__(
        self,
        domain: Optional[Domain],
        host: Text,
        event_broker: Optional[EventBroker] = None,
        **kwargs: Dict[Text, Any],
    ) -> None:
        """``host``: the SQLAlchemy address of the database, given as ``url`` in endpoints.yml."""
        super().__init__(domain, dialect=host.partition(":")[0], host=host, event_broker=event_broker, **kwargs)
        self._at_hand: "OrderedDict[Text, Tuple[int, RecentTracker]]" = OrderedDict()
        if self.engine.dialect.name == "sqlite" and self.engine.url.database:
            # By itself SQLAlchemy opens a file anew for each transaction.
            self.engine.dispose()
            self.engine = sa.create_engine(host, poolclass=SingletonThreadPool)
            sa.event.listen(self.engine, "connect", _write_ahead)
            self.sessionmaker.configure(bind=self.engine)

    def init_tracker(self, sender_id: Text) -> RecentTracker:
        """A tracker without events."""
        return RecentTracker(sender_id, self.domain.slots)

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """The conversation as far as a turn needs it, or None where there is none."""
        last, tracker = self._at_hand.pop(sender_id, (0, None))
        with self.session_scope() as session:
            if tracker is None or last != _last(session, sender_id):
                return self._load(session, sender_id)
        return self._recent(sender_id, tracker.events) if len(tracker.events) > MOST else tracker

    def at_hand(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """The conversation as its last turn left it, to be looked at and not changed; None where it is not in memory."""
        return self._at_hand[sender_id][1] if sender_id in self._at_hand else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Writes the events that are not in the database yet."""
        if not isinstance(tracker, RecentTracker):  # not from this store: a copy that Rasa made
            return await super().save(tracker)
        await self.stream_events(tracker)
        rows = [_row(tracker.sender_id, event.type_name, event.as_dict()) for event in tracker.unsaved]
        with self.session_scope() as session:
            if rows:
                session.execute(_EVENTS.insert(), rows)
            last = _last(session, tracker.sender_id)
            session.commit()
        tracker.unsaved.clear()
        self._at_hand[tracker.sender_id] = last, tracker
        if len(self._at_hand) > AT_HAND:
            self._at_hand.popitem(last=False)

    def _load(self, session: Session, sender_id: Text) -> Optional[RecentTracker]:
        own = _EVENTS.c.sender_id == sender_id
        latest = sa.select(_EVENTS.c.id).where(own).order_by(_EVENTS.c.id.desc()).limit(1).offset(KEPT)
        before = session.execute(latest).scalar() or 0
        needed = sa.or_(_EVENTS.c.id > before, _EVENTS.c.type_name.in_(STATE_TYPES))
        rows = session.execute(sa.select(_EVENTS.c.data).where(own, needed).order_by(_EVENTS.c.id)).scalars().all()
        return self._recent(sender_id, deserialise_events([json.loads(row) for row in rows])) if rows else None

    def _recent(self, sender_id: Text, events: Any) -> RecentTracker:
        tracker = RecentTracker.from_events(sender_id, recent(events), self.domain.slots)
        tracker.unsaved.clear()
        return tracker


def _last(session: Session, sender_id: Text) -> int:
    newest = sa.select(sa.func.max(_EVENTS.c.id)).where(_EVENTS.c.sender_id == sender_id)
    return session.execute(newest).scalar() or 0


def _row(sender_id: Text, type_name: Text, data: Dict[Text, Any]) -> Dict[Text, Any]:
    """The columns are Rasa's, as its own store fills them."""
    return {
        "sender_id": sender_id,
        "type_name": type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _write_ahead(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")
