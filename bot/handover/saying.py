"""What is said to somebody who hands a question over, with what can be pressed."""

from bot.handover.people import Situation
from bot.handover.request import HandoverRequest
from bot.registration_form.draft import Say

_LONGEST = 300  # characters of a question that are said back
_LEAVE = ("No, leave it", "handover:leave")


def begin() -> Say:
    """Nothing was asked yet: what is it?"""
    return Say("handover/begin")


def ask_question() -> Say:
    """Another question than the one that was taken."""
    return Say("handover/ask_question")


def consent(request: HandoverRequest, situation: Situation) -> Say:
    """Whether the conversation goes with it."""
    choices = (
        ("Yes, with our conversation", "handover:with"),
        ("Only my question", "handover:only"),
        ("Another question", "handover:other"),
        _LEAVE,
    )
    return Say("handover/consent", {"your_person": situation.person, "your_question": _cut(request.question)}, choices)


def ask_reach() -> Say:
    """Nothing is known that reaches them but this conversation."""
    return Say("handover/ask_reach", choices=(("Here is fine", "handover:here"), _LEAVE), expects="email")


def reach_known(email: str) -> Say:
    """Whether the address that is known will do."""
    choices = (
        ("Yes, there", "handover:known"),
        ("To another address", "handover:address"),
        ("Here is fine", "handover:here"),
    )
    return Say("handover/reach_known", {"your_email": email}, choices)


def meant(email: str) -> Say:
    """Whether an address with a slip in it was meant so."""
    choices = (("Yes, that one", "handover:meant"), ("No, as I typed it", "handover:typed"))
    return Say("form/email_meant", {"your_email": email}, choices)


def passed_on(request: HandoverRequest, situation: Situation) -> Say:
    """Who has it, when to expect an answer, and where it comes."""
    values = _values(situation)
    if request.email:
        return Say("handover/passed_on", values | {"your_email": request.email})
    return Say("handover/passed_on_here", values)


def already(situation: Situation) -> Say:
    """Somebody has this very question."""
    return Say("handover/already", _values(situation))


def wrong(reason: str) -> Say:
    """What is wrong with an address: ``email_domain``."""
    return Say(f"form/wrong_{reason}", expects="email")


def again(asked: str) -> Say:
    """The answer to what was ``asked`` was of no use."""
    return Say(f"handover/again_{asked}", expects="email" if asked == "reach" else "text")


def stopped() -> Say:
    """Nothing is passed on."""
    return Say("handover/stopped")


def way_round() -> Say:
    """After answers of no use."""
    return Say("handover/help")


def why() -> Say:
    """What the person gets to see."""
    return Say("handover/why")


def _values(situation: Situation) -> dict[str, str]:
    return {"your_person": situation.person, "your_expectation": situation.expectation}


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()}…"
