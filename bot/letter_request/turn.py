"""What comes of one message of somebody who asks for the letter."""

from dataclasses import dataclass

from bot.letter_request.request import LetterRequest
from bot.registration_form.draft import Say


@dataclass(frozen=True, slots=True)
class Turn:
    """The request as it is now, the topics of questions to answer first, what to say after them, and whether that is the end.

    ``register``: the end, and the registration form begins.
    """

    request: LetterRequest
    say: tuple[Say, ...] = ()
    topics: tuple[str, ...] = ()
    end: bool = False
    register: bool = False

    def after(self, *first: Say) -> "Turn":
        """The same turn with these messages said before."""
        return Turn(self.request, (*first, *self.say), self.topics, self.end, self.register)
