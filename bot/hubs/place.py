"""The places of a hub in one school year, as the rest of the service passes them around."""

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class Place:
    """A hub's cohort, where a registration holds or awaits a place. ``session_on`` None: the date is not yet fixed."""

    cohort_id: str
    hub_name: str
    leader_name: str
    leader_email: str
    is_example: bool
    year: int
    capacity: int
    taken: int
    session_on: date | None
    session_at: time | None
    session_venue: str

    @property
    def left(self) -> int:
        """Places that nobody holds."""
        return self.capacity - self.taken
