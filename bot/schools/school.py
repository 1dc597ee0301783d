"""A school of the DfE's register, as the rest of the service passes it around."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["open", "closing", "proposed", "closed"]
"""Closing: open, but proposed to close. Proposed: not yet open."""

LICENCE = "Contains public sector information licensed under the Open Government Licence v3.0."
"""Stands wherever the register, or something made from it, is shown: the licence asks for that sentence."""

OWNER = 'Department for Education, "Get Information about Schools"'
"""Whose register it is."""


@dataclass(frozen=True, slots=True)
class School:
    """A school. Texts may be empty; ages are in years; easting and northing are metres of the British National Grid.

    ``successor`` is the URN of the school that took a closed one's place, which the register may not hold.
    """

    urn: int
    name: str
    street: str
    locality: str
    town: str
    county: str
    postcode: str
    la: str
    phase: str
    type: str
    status: Status
    teaches_primary: bool
    low_age: int | None
    high_age: int | None
    pupils: int | None
    easting: int | None
    northing: int | None
    successor: int | None

    @property
    def is_open(self) -> bool:
        """Whether children go there now."""
        return self.status in ("open", "closing")

    @property
    def place(self) -> str:
        """What tells it from others of its name: "Barnet, EN5 4NJ", or the part of it that is known."""
        return ", ".join(part for part in (self.town or self.la, self.postcode) if part)
