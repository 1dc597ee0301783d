"""The engine's memory: one database address, and on SQLite nothing that waits for the disk."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.engine.tracker_store import EngineTrackerStore

DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    intents: [ask]
    slots: {topic: {type: text, influence_conversation: false, mappings: [{type: custom}]}}
    """
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/tracker.db"


def store_on(url: str) -> EngineTrackerStore:
    return EngineTrackerStore(DOMAIN, host=url)


def test_writing_does_not_wait_for_the_disk(url: str) -> None:
    with store_on(url).engine.connect() as connection:
        pragma = {
            name: connection.execute(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 5000}


def test_rasa_makes_it_from_the_endpoints_file(url: str) -> None:
    from rasa.core.tracker_store import TrackerStore

    config = EndpointConfig(url=url, type="bot.engine.tracker_store.EngineTrackerStore")
    made: Any = TrackerStore.create(config, domain=DOMAIN)
    while not isinstance(made, EngineTrackerStore):  # Rasa wraps it
        made = getattr(made, "_tracker_store", None) or made.__dict__["_wrapped_store"]
    assert str(made.engine.url) == url


def test_a_conversation_is_there_again_after_a_restart(url: str) -> None:
    tracker = DialogueStateTracker("c-1", DOMAIN.slots)
    for event in (ActionExecuted("action_listen"), UserUttered("hello"), SlotSet("topic", "ask/cost")):
        tracker.update(event)
    asyncio.run(store_on(url).save(tracker))
    again = asyncio.run(store_on(url).retrieve("c-1"))
    assert again is not None
    assert again.get_slot("topic") == "ask/cost"
    assert [type(event).__name__ for event in again.events] == ["ActionExecuted", "UserUttered", "SlotSet"]


def test_conversations_do_not_mix(url: str) -> None:
    store = store_on(url)
    for name in ("c-1", "c-2"):
        tracker = DialogueStateTracker(name, DOMAIN.slots)
        tracker.update(SlotSet("topic", name))
        asyncio.run(store.save(tracker))
    assert [asyncio.run(store.retrieve(name)).get_slot("topic") for name in ("c-1", "c-2")] == ["c-1", "c-2"]  # type: ignore[union-attr]
    assert asyncio.run(store.retrieve("c-3")) is None
