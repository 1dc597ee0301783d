"""A hub leader or somebody of the office, as their verified identity says who they are: what they may see and do."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["leader", "officer"]
Door = Literal["desk", "slack", "teams", "email", "command", "service"]
"""Where somebody does something; ``service``: it does it by itself."""


class NotAllowed(Exception):
    """It is another hub's, or does not exist: whoever asks is not told which. The text is a sentence for them."""

    def __init__(self, text: str = "There is nothing of yours with this name or number.") -> None:
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works here. ``hub_ids``: the hubs that a leader leads; an officer leads none and may see all."""

    kind: Kind
    id: str
    name: str
    email: str
    hub_ids: frozenset[str] = frozenset()

    @property
    def ref(self) -> str:
        """How tables name them, such as ``leader:7f3a…``."""
        return f"{self.kind}:{self.id}"

    @property
    def is_office(self) -> bool:
        return self.kind == "officer"

    def may_see(self, hub_id: str | None) -> bool:
        """Whether what belongs to this hub is theirs; None: it belongs to no hub, which makes it the office's."""
        return self.is_office or (hub_id is not None and hub_id in self.hub_ids)

    def check(self, hub_id: str | None) -> None:
        """Raises NotAllowed for what is not theirs."""
        if not self.may_see(hub_id):
            raise NotAllowed


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does something, and through which door."""

    member: Member
    door: Door
