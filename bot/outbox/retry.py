"""What becomes of a mail after an attempt to send it: a decision as a value, apart from who carries it out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=4)
MOST_ATTEMPTS = 20
"""About two days with the pauses above; RFC 5321, 4.5.4.1 wants a sender to go on for days, not for minutes."""

type Fault = Literal["server", "later", "never"]
"""``server``: no mail can be sent just now; ``later``: this one may be taken later; ``never``: this one will not be taken."""


class NotSent(Exception):
    """A mail was not sent.

    ``summary`` holds nothing personal and may be logged; ``detail``, the server's own words, may hold an address.
    """

    def __init__(self, fault: Fault, summary: str, detail: str = "") -> None:
        super().__init__(summary)
        self.fault = fault
        self.summary = summary
        self.detail = detail


class Withheld(Exception):
    """A mail is not to be sent any more; the text says why and holds nothing personal."""


class Postponed(Exception):
    """A mail is not to be sent before ``until``; that is nobody's fault, and the text says why."""

    def __init__(self, until: datetime, why: str) -> None:
        super().__init__(why)
        self.until = until


@dataclass(frozen=True, slots=True)
class Decision:
    """A mail's next state; ``next_at`` is when it is tried again, ``error`` what a person reads about it."""

    state: Literal["sent", "waiting", "failed", "withheld"]
    next_at: datetime
    error: str = ""


def decide(problem: NotSent, attempts: int, now: datetime, jitter: float) -> Decision:
    """What to do after ``problem``, the ``attempts``-th attempt's; ``jitter`` between 0 and 1 spreads the next ones."""
    error = f"{problem.summary}: {problem.detail}" if problem.detail else problem.summary
    if problem.fault == "never":
        return Decision("failed", now, error)
    if attempts >= MOST_ATTEMPTS:
        return Decision("failed", now, f"given up after {attempts} attempts; the last one: {error}")
    return Decision("waiting", now + pause_after(attempts, jitter), error)


def pause_after(attempts: int, jitter: float) -> timedelta:
    """Doubles from 30 seconds to 4 hours, and up to a fifth more or less."""
    doubled = FIRST_PAUSE * (1 << min(attempts - 1, 16))
    return min(doubled, LONGEST_PAUSE) * (0.8 + 0.4 * jitter)
