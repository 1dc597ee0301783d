"""What arrives from a platform, verified by it, and what goes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.posts.card import ActionKind, Card

Platform = Literal["slack", "teams"]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who it is from, as the platform's signature vouches for: ids, never a name or an address of the profile.

    ``workspace`` is the Slack team or the Teams tenant; ``reference`` is where to write to them in private, as the platform's
    module reads it, or empty where this request does not tell.
    """

    platform: Platform
    workspace: str
    user_id: str
    reference: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of a post. ``key`` tells this press apart from others, also when it is delivered twice."""

    sender: Sender
    action: ActionKind
    subject_id: str
    key: str


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to a question, typed where a button asked for it."""

    sender: Sender
    question_id: str
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """Words to the assistant, or (``choice``) the id of something that it offered.

    ``is_private``: nobody else reads the place where they were written. ``about``: the question below whose post they were
    written, where they were.
    """

    sender: Sender
    text: str
    key: str
    is_private: bool
    choice: str | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to where it came from. ``choices``: what may be pressed next, as id and label; ``links`` label and address.

    ``only_for_sender``: others in that place must not read it. ``replaces_card``: the post whose button was pressed is shown so
    from now on.
    """

    text: str
    card: Card | None = None
    choices: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    only_for_sender: bool = True
    replaces_card: Card | None = None
