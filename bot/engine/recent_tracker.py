"""A conversation as the engine works on it: the latest turns, and what still holds of the earlier ones.

Rasa goes through every event of a conversation at each turn (to load, to decide, to call an action), so that a turn would
take longer the longer people talk.
"""

from typing import Any, Dict, Iterable, List, Optional, Text, Tuple

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    ConversationPaused,
    ConversationResumed,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
)
from rasa.shared.core.trackers import DialogueStateTracker

KEPT = 24  # events: about four turns
MOST = 48  # events, from which on the earlier ones are left behind

_ENDS_STATE = (Restarted, SessionStarted)
# What changes the conversation's state until another event of the same kind does.
STATE_TYPES = tuple(
    event.type_name
    for event in (SlotSet, ActiveLoop, ConversationPaused, ConversationResumed, Restarted, SessionStarted)
)


class RecentTracker(DialogueStateTracker):
    """A tracker that knows which of its events are not in the database yet."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.unsaved: List[Event] = []

    def update(self, event: Event, domain: Optional[Domain] = None) -> None:
        """Takes one more event."""
        super().update(event, domain)
        self.unsaved.append(event)


def recent(events: Iterable[Event]) -> List[Event]:
    """The last ``KEPT`` events at most, from the beginning of a turn on, and before them those that still hold of the others.

    What still holds: the last value of each slot, the active form, whether the assistant is silent.
    """
    everything = list(events)
    first = max(0, len(everything) - KEPT)
    start = next((index for index in range(first, len(everything)) if _listens(everything[index])), first)
    holding: Dict[Tuple[Text, Optional[Text]], Event] = {}
    for event in everything[:start]:
        if isinstance(event, _ENDS_STATE):
            holding.clear()
        elif event.type_name in STATE_TYPES:
            holding[_kind(event)] = event
    return [*holding.values(), *everything[start:]]


def _kind(event: Event) -> Tuple[Text, Optional[Text]]:
    if isinstance(event, SlotSet):
        return event.type_name, event.key
    return ("loop" if isinstance(event, ActiveLoop) else "silence"), None


def _listens(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME
