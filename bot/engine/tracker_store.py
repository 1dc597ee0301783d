"""Rasa's SQL tracker store, set up so that a turn does not wait for the disk."""

from typing import Any, Dict, Optional, Text

import sqlalchemy
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain


class EngineTrackerStore(SQLTrackerStore):
    """Takes one database address; on SQLite it writes ahead and leaves flushing to checkpoints.

    What a power cut may lose there is the engine's memory of the last topic, never a message: those the service keeps.
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
        if self.engine.dialect.name == "sqlite":
            sqlalchemy.event.listen(self.engine, "connect", _write_ahead)
            self.engine.dispose()  # the connection that made the tables was opened without


def _write_ahead(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")
