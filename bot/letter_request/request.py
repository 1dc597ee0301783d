"""What is known of somebody's wish for the letter, as it lies in the conversation's slots between two messages."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self

from bot.registration_form.draft import Draft

Asked = Literal["address", "known", "meant"]
"""What the last question was: for an address, whether a known one is right, whether one with a slip in it was meant so."""


@dataclass(frozen=True, slots=True)
class LetterRequest:
    """``misses`` counts answers in a row that were of no use; ``suggested`` waits for a yes, ``typed`` is what it was made of.

    ``left`` are addresses of the same message that come after it. ``sent_to`` is where the last letter went.
    ``then_register``: that was asked for too.
    """

    asked: Asked | None = None
    misses: int = 0
    typed: str | None = None
    suggested: str | None = None
    left: tuple[str, ...] = ()
    sent_to: str | None = None
    then_register: bool = False

    @classmethod
    def from_slot(cls, value: Mapping[str, Any] | None) -> Self:
        """Reads what ``as_slot`` wrote; what is not known is left out."""
        known = {key: value[key] for key in _NAMES & set(value)} if value else {}
        if "left" in known:
            known["left"] = tuple(known["left"])
        return cls(**known)

    def as_slot(self) -> dict[str, Any]:
        """JSON-able."""
        return asdict(self) | {"left": list(self.left)}

    def with_(self, **known: Any) -> Self:
        """The request with this known too."""
        return replace(self, **known)


_NAMES = {entry.name for entry in fields(LetterRequest)}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the conversation, the letter that they came from, and what is known of their registration.

    ``is_registered``: the registration is done, so that its name belongs to its email address. ``cohort_id``: of its hub.
    """

    conversation_id: str
    came_from: str | None = None
    draft: Draft = Draft()
    is_registered: bool = False
    cohort_id: str | None = None
