"""What a post shows, whatever platform shows it."""

from dataclasses import dataclass
from typing import Literal

ActionKind = Literal["confirm", "answer", "close", "take_over", "give_back", "open"]
"""What a button does; ``answer`` asks for a text first, ``open`` leads to an address."""


@dataclass(frozen=True, slots=True)
class Action:
    """A button. ``subject_id`` is what it is about; ``href`` where ``open`` leads; ``is_primary``: the one most likely wanted."""

    kind: ActionKind
    label: str
    subject_id: str = ""
    href: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """Plain texts all of them, which the platform escapes: nothing that somebody typed may become markup or a mention.

    ``quotes`` are what people wrote, ``note`` is what became of it, said small at the end.
    """

    title: str
    text: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    quotes: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    note: str = ""
