"""A letter as the rest of the service passes it around."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.hubs.place import Place

Kind = Literal["area", "asked"]
"""Sent by a hub to the schools of its area, or to somebody who asked for it in conversation."""


@dataclass(frozen=True, slots=True)
class LetterSchool:
    """The school that a letter goes to; ``address`` is its lines without the name. ``urn`` None: not known in the register."""

    name: str
    address: tuple[str, ...]
    town: str
    postcode: str
    urn: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One person's letter. ``school`` and ``name`` (the head's) may be unknown: None, or empty.

    ``place``: the hub that invites, with its leader and first session; None where somebody asked who belongs to no hub yet.
    ``hub_id`` tells whose wording and report it has. ``sender_address`` has a line each.
    """

    id: str
    kind: Kind
    year: int
    email: str
    name: str
    school: LetterSchool | None
    dated: date
    place: Place | None
    hub_id: str | None
    sender_address: tuple[str, ...]
    conversation_id: str | None
