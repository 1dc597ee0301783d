"""What is known of a registration so far, as it lies in the conversation's slots between two messages."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, Self

Asked = Literal["school", "by_hand", "person", "name", "role", "contact", "phone", "hub", "change", "summary"]
"""What the last question was about. ``person`` asks for name and role, ``contact`` for the email address, phone if liked."""


@dataclass(frozen=True, slots=True)
class DraftSchool:
    """The school; ``urn`` None: it is not in the register, and was entered by hand."""

    name: str
    town: str
    postcode: str
    urn: int | None = None

    @property
    def label(self) -> str:
        """Name, town and postcode, as people tell schools apart."""
        return ", ".join(part for part in (self.name, self.town, self.postcode) if part)


@dataclass(frozen=True, slots=True)
class Draft:
    """None: not known yet; an empty ``phone``: rather not given.

    ``hub`` is a cohort's id when the person chose one; else that of the hub that invited the school (``invited_by``), else the
    nearest is offered. ``suggested_email`` waits for
    a yes; ``offered_schools`` (URNs) are those of the last choice; ``misses`` counts answers in a row that were of no use.
    ``letter_email`` is where the letter went that they asked for: offered, and never taken unasked.
    """

    school: DraftSchool | None = None
    name: str | None = None
    role: str | None = None
    email: str | None = None
    phone: str | None = None
    hub: str | None = None
    invited_by: str | None = None
    asked: Asked | None = None
    misses: int = 0
    typed_email: str | None = None
    suggested_email: str | None = None
    offered_schools: tuple[int, ...] = ()
    letter_email: str | None = None

    @classmethod
    def from_slot(cls, value: Mapping[str, Any] | None) -> Self:
        """Reads what ``as_slot`` wrote; what is not known is left out."""
        known = {key: value[key] for key in _NAMES & set(value)} if value else {}
        if known.get("school"):
            known["school"] = DraftSchool(**known["school"])
        if "offered_schools" in known:
            known["offered_schools"] = tuple(known["offered_schools"])
        return cls(**known)

    @property
    def known_school(self) -> DraftSchool:
        """The school, where the form has come past it. Raises ValueError before."""
        if self.school is None:
            raise ValueError("the school is not known yet")
        return self.school

    def as_slot(self) -> dict[str, Any]:
        """JSON-able."""
        return asdict(self)

    def with_(self, **known: Any) -> Self:
        """The draft with this known too."""
        return replace(self, **known)


_NAMES = {entry.name for entry in fields(Draft)}


@dataclass(frozen=True, slots=True)
class Said:
    """A person's message as the engine read it.

    ``choice`` is what a pressed button means; ``topics`` what the message asks if it is a question, ``is_sure`` whether clearly.
    """

    text: str
    intent: str = ""
    choice: str | None = None
    topics: tuple[str, ...] = ()
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """One message to utter: a response of domain.yml with the values of this conversation, and choices as (label, choice)."""

    response: str
    values: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    expects: Literal["text", "email", "school"] = "text"
