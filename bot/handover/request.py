"""What is settled of a question that somebody hands over, as it lies in the conversation's slots between two messages."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self

from bot.questions.question import Reason

Asked = Literal["question", "consent", "reach", "known", "meant"]
"""What the last question was: for the question itself, whether the conversation may be read, how to reach them, whether a known
address will do, whether one with a slip in it was meant so."""


@dataclass(frozen=True, slots=True)
class HandoverRequest:
    """``shares``: the conversation may be read with it; None: not asked yet. ``misses``: answers in a row that were of no use.

    ``email`` is where the answer goes beside the conversation, "" where that is not wanted and None while it is not known;
    ``suggested`` waits for a yes, ``typed`` is what it was made of.
    """

    reason: Reason = "asked_for_person"
    asked: Asked | None = None
    misses: int = 0
    question: str = ""
    shares: bool | None = None
    email: str | None = None
    typed: str | None = None
    suggested: str | None = None

    @classmethod
    def from_slot(cls, value: Mapping[str, Any] | None) -> Self:
        """Reads what ``as_slot`` wrote; what is not known is left out."""
        return cls(**{key: value[key] for key in _NAMES & set(value)}) if value else cls()

    def as_slot(self) -> dict[str, Any]:
        """JSON-able."""
        return asdict(self)

    def with_(self, **known: Any) -> Self:
        """The request with this known too."""
        return replace(self, **known)


_NAMES = {entry.name for entry in fields(HandoverRequest)}
