"""The engine's memory: one database address, and on SQLite nothing that waits for the disk."""

import asyncio
from pathlib import Path
from typing import Any, List

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    ConversationPaused,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.engine.recent_tracker import KEPT, MOST, RecentTracker, recent
from bot.engine.tracker_store import AT_HAND, EngineTrackerStore

DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    intents: [ask]
    slots:
      topic: {type: text, influence_conversation: false, mappings: [{type: custom}]}
      school: {type: text, influence_conversation: false, mappings: [{type: custom}]}
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


def turn(number: int) -> List[Event]:
    return [ActionExecuted("action_listen"), UserUttered(f"question {number}"), SlotSet("topic", f"topic {number}")]


def talk(store: EngineTrackerStore, turns: int, first: int = 0, name: str = "c-1") -> RecentTracker:
    """Goes through ``turns``, each as Rasa does it: fetched, extended, saved."""
    for number in range(first, first + turns):
        tracker: Any = asyncio.run(store.get_or_create_tracker(name, append_action_listen=False))
        for event in turn(number):
            tracker.update(event)
        asyncio.run(store.save(tracker))
    return tracker


def stored(store: EngineTrackerStore, name: str = "c-1") -> int:
    with store.session_scope() as session:
        return session.query(store.SQLEvent).filter_by(sender_id=name).count()


def test_every_event_is_stored_once_however_long_the_conversation(url: str) -> None:
    store = store_on(url)
    talk(store, 60)
    assert stored(store) == 60 * len(turn(0))
    talk(store_on(url), 5, first=60)
    assert stored(store) == 65 * len(turn(0))


def test_a_turn_works_on_the_latest_events_alone(url: str) -> None:
    store = store_on(url)
    assert len(talk(store, 60).events) <= MOST + len(turn(0))
    loaded = asyncio.run(store_on(url).retrieve("c-1"))
    assert loaded is not None and len(loaded.events) <= KEPT + 1  # and the slot that was set before
    assert loaded.get_slot("topic") == "topic 59"
    assert list(loaded.events)[-1].value == "topic 59"


@pytest.mark.parametrize("fresh", [True, False])
def test_what_was_set_long_ago_still_holds(url: str, fresh: bool) -> None:
    store = store_on(url)
    tracker: Any = asyncio.run(store.get_or_create_tracker("c-1", append_action_listen=False))
    for event in (SlotSet("school", "Fairview"), ActiveLoop("register_form"), ConversationPaused()):
        tracker.update(event)
    asyncio.run(store.save(tracker))
    talk(store, 60)
    again = asyncio.run((store_on(url) if fresh else store).retrieve("c-1"))
    assert again is not None
    assert again.get_slot("school") == "Fairview"
    assert again.active_loop_name == "register_form"
    assert again.is_paused()


def test_another_engines_turn_in_between_is_seen(url: str) -> None:
    one, other = store_on(url), store_on(url)
    talk(one, 1)
    talk(other, 1, first=1)
    again = asyncio.run(one.retrieve("c-1"))
    assert again is not None and again.get_slot("topic") == "topic 1"


def test_a_turn_that_failed_leaves_nothing_behind(url: str) -> None:
    store = store_on(url)
    talk(store, 1)
    tracker: Any = asyncio.run(store.retrieve("c-1"))
    tracker.update(SlotSet("topic", "never saved"))
    again = asyncio.run(store.retrieve("c-1"))
    assert again is not None and again.get_slot("topic") == "topic 0"


def test_no_more_trackers_stay_at_hand_than_there_is_room_for(url: str) -> None:
    store = store_on(url)
    for number in range(AT_HAND + 3):
        talk(store, 1, name=f"c-{number}")
    assert len(store._at_hand) == AT_HAND
    assert asyncio.run(store.retrieve("c-0")) is not None


def test_the_recent_events_begin_with_a_turn() -> None:
    events = [event for number in range(20) for event in turn(number)]
    kept = recent(events)
    first = next(index for index, event in enumerate(kept) if isinstance(event, ActionExecuted))
    assert kept[:first] == [SlotSet("topic", events[len(events) - len(kept) + first - 1].value)]
    assert kept[first:] == events[len(events) - len(kept) + first :]


def test_a_new_session_forgets_what_held_before() -> None:
    events = [SlotSet("school", "Fairview"), SessionStarted(), *[event for n in range(20) for event in turn(n)]]
    assert not any(isinstance(event, SlotSet) and event.key == "school" for event in recent(events))


def test_few_events_are_all_recent() -> None:
    assert recent(turn(0)) == turn(0)
