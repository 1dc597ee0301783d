"""What comes of one message of somebody who hands a question over."""

from dataclasses import dataclass

from bot.handover.request import HandoverRequest
from bot.registration_form.draft import Say


@dataclass(frozen=True, slots=True)
class Turn:
    """The request as it is now, the topics of questions to answer first, what to say after them, and whether that is the end."""

    request: HandoverRequest
    say: tuple[Say, ...] = ()
    topics: tuple[str, ...] = ()
    end: bool = False

    def after(self, *first: Say) -> "Turn":
        """The same turn with these messages said before."""
        return Turn(self.request, (*first, *self.say), self.topics, self.end)
