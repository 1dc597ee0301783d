"""A registration as the rest of the service passes it around."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.hubs.place import Place

__all__ = ["Actor", "Change", "Contact", "Place", "Registration", "State"]

State = Literal["interested", "confirmed", "waiting", "withdrawn"]
"""Interested and confirmed hold a place of the hub; waiting may have one offered, which is held until ``offered_until``."""

Actor = Literal["applicant", "leader", "office", "system"]
"""Who changed a registration."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person of a registration; ``phone`` may be empty."""

    person_id: str
    name: str
    role: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a registration, when, by whom and why."""

    at: datetime
    state: State
    by: Actor
    why: str


@dataclass(frozen=True, slots=True)
class Registration:
    """A school's registration for the school year that begins in ``year``. The first of ``contacts`` is who is written to.

    ``by_hand``: the school is not in the register (``urn`` None), and the office should look. ``place`` None: no hub is near.
    """

    id: str
    year: int
    urn: int | None
    school_name: str
    school_town: str
    school_postcode: str
    by_hand: bool
    state: State
    offered_until: datetime | None
    place: Place | None
    contacts: tuple[Contact, ...]
    created_at: datetime
    history: tuple[Change, ...]
