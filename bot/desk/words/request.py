"""What of the desk's waits for an answer, as it lies in the conversation's slots between two messages."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self

from bot.registration_form.draft import Say

Action = Literal["confirm", "withdraw", "send_letter", "first_session"]
Asked = Literal["which", "check", "address", "hub", "missing"]
"""Which registration or school; whether to do it; to which address; for which hub; what is still missing."""


@dataclass(frozen=True, slots=True)
class DeskRequest:
    """``id``: the registration's; ``hub``: a hub's id, or for the first session a cohort's. ``on`` and ``at`` are ISO 8601."""

    action: Action
    asked: Asked = "check"
    id: str = ""
    school: str = ""
    urn: int | None = None
    email: str = ""
    hub: str = ""
    on: str = ""
    at: str = ""
    venue: str = ""
    misses: int = 0

    @classmethod
    def from_slot(cls, value: Mapping[str, Any]) -> Self:
        """Reads what ``as_slot`` wrote; what is not known is left out."""
        return cls(**{key: value[key] for key in _NAMES & set(value)})

    def as_slot(self) -> dict[str, Any]:
        """JSON-able."""
        return asdict(self)

    def with_(self, **known: Any) -> Self:
        """The request with this known too."""
        return replace(self, **known)


_NAMES = {entry.name for entry in fields(DeskRequest)}


@dataclass(frozen=True, slots=True)
class Turn:
    """What comes of one message: what to say, after the topics of public questions, and what waits now (None: nothing)."""

    say: tuple[Say, ...] = ()
    request: DeskRequest | None = None
    topics: tuple[str, ...] = ()
