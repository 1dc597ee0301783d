"""What is said to somebody who asks for the letter, with what can be pressed and followed."""

from bot.letter_request.letters import PUBLIC_LETTER, Sent
from bot.registration_form.draft import Say

_READ_HERE = ("Read the letter here", PUBLIC_LETTER)


def begin() -> Say:
    """Where shall it go?"""
    return Say("letter/begin", links=(_READ_HERE,), expects="email")


def resume() -> Say:
    """After a question in between."""
    return Say("letter/resume", links=(_READ_HERE,), expects="email")


def ask_other() -> Say:
    """Not to the address that is known: to which?"""
    return Say("letter/ask_other", links=(_READ_HERE,), expects="email")


def to_known(email: str) -> Say:
    """Whether the address of the registration is the right one."""
    choices = (
        ("Yes, send it there", "letter:yes"),
        ("To another address", "letter:other"),
        ("Just let me read it", "letter:here"),
    )
    return Say("letter/to_known", {"your_email": email}, choices)


def meant(email: str) -> Say:
    """Whether an address with a slip in it was meant so."""
    return Say(
        "form/email_meant",
        {"your_email": email},
        choices=(("Yes, that one", "letter:yes"), ("No, as I typed it", "letter:typed")),
    )


def outcome(sent: Sent, email: str) -> Say:
    """What became of it."""
    return Say(f"letter/{sent.outcome}", {"your_email": email}, links=(("Read the letter here", sent.path),))


def wrong(reason: str) -> Say:
    """What is wrong with an address: ``email_domain``."""
    return Say(f"form/wrong_{reason}", expects="email")


def again() -> Say:
    """No address was found in the answer."""
    return Say("letter/again", links=(_READ_HERE,), expects="email")


def way_round() -> Say:
    """After answers of no use: it can be had without an address."""
    return Say("letter/help", links=(_READ_HERE,))


def why() -> Say:
    """What the address is needed for."""
    return Say("letter/why")


def here() -> Say:
    """While a school is being registered."""
    return Say("letter/here", links=(_READ_HERE,))


def read_here() -> Say:
    """To somebody who would rather read it at once."""
    return Say("letter/read_here", links=(_READ_HERE,))


def stopped() -> Say:
    """It is not sent."""
    return Say("letter/stopped", links=(_READ_HERE,))
