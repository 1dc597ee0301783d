"""A newly trained model beside the one that answers, so that no turn waits for it."""

import asyncio
import copy
from collections import OrderedDict
from typing import Any, Text

from rasa.core.agent import Agent


class ModelRefused(Exception):
    """The model cannot be loaded; the text says why, for the log."""


async def loaded_beside(agent: Agent, model: Text) -> Agent:
    """An agent on the model at the path ``model``, to take over the conversations of ``agent``, which answers meanwhile.

    The lock store is shared, so that a turn waits for the one before it in its conversation, whichever agent works on that.

    Raises:
        ModelRefused: if there is no whole model.
    """
    try:
        return await asyncio.get_running_loop().run_in_executor(None, _load, agent, model)
    except Exception as error:
        raise ModelRefused(f"{type(error).__name__}: {error}") from None


def _load(agent: Agent, model: Text) -> Agent:
    return Agent.load(
        model,
        tracker_store=_same_memory(agent.tracker_store),
        lock_store=agent.lock_store,
        action_endpoint=agent.action_endpoint,
    )


def _same_memory(store: Any) -> Any:
    """A tracker store on the same database, for another domain: trackers at hand have the slots of the old one."""
    own = copy.copy(getattr(store, "_tracker_store", store))  # Rasa wraps the store that endpoints.yml names
    if hasattr(own, "_at_hand"):
        own._at_hand = OrderedDict()
    return own
