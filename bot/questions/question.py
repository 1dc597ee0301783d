"""A question that a person has to answer, as the rest of the service passes it around."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["open", "answered", "closed"]

Reason = Literal["asked_for_person", "missed", "left_open", "rated_wrong", "reply"]
"""Why it was handed over: they asked for a person; the assistant missed twice; the letter leaves it open; they said that the
answer was wrong; they wrote by mail."""


class QuestionUnknown(LookupError):
    """There is no such question."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What a person hands over. ``shares``: the first and the last message that may be read with it, by ``n``; None: none.

    ``hub_id`` None: no hub is known, so the office answers. ``email`` and ``name`` may be empty where the person came by a
    conversation.
    """

    reason: Reason
    text: str
    hub_id: str | None
    conversation_id: str | None = None
    inbound_id: int | None = None
    shares: tuple[int, int] | None = None
    name: str = ""
    email: str = ""
    school_name: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is now. ``hub_name`` is empty for the office's. ``answered_by`` is a ``Member.ref``."""

    id: str
    reason: Reason
    text: str
    hub_id: str | None
    hub_name: str
    conversation_id: str | None
    inbound_id: int | None
    shares: tuple[int, int] | None
    name: str
    email: str
    school_name: str
    state: State
    answer: str
    answered_by: str | None
    answered_name: str
    answered_at: datetime | None
    created_at: datetime
    due_at: datetime
    reminded_at: datetime | None
    escalated_at: datetime | None
