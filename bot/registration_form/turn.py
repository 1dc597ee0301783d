"""What comes of one message of the form."""

from dataclasses import dataclass, field
from typing import Literal

from bot.registration_form.draft import Draft, Say
from bot.registrations.registration import Registration

End = Literal["stopped", "later", "registered"]
"""How the form ends: nothing is kept; all is kept for another time; it is done."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The draft as it is now, the topics of questions to answer first, what to say after them, and whether that is the end."""

    draft: Draft
    say: list[Say] = field(default_factory=list)
    topics: tuple[str, ...] = ()
    end: End | None = None
    registration: Registration | None = None

    def after(self, *first: Say) -> "Turn":
        """The same turn with these messages said before."""
        return Turn(self.draft, [*first, *self.say], self.topics, self.end, self.registration)
