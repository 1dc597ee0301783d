"""Who a letter is from and to, and why it was sent, as its forms show them beside its words."""

from bot.facts import Facts
from bot.letters.composing.hub_letter import HubLetter
from bot.letters.letter import Letter
from bot.notices import phrases
from bot.outbox.mail import one_line

_LONGEST = 200


def sender(letter: Letter, own: HubLetter, facts: Facts) -> list[str]:
    """The sender's lines: the hub with its leader, address and email, or the scheme."""
    if letter.place is None:
        return [facts.scheme_name, facts.scheme_website, facts.scheme_email]
    place = letter.place
    return [
        _line(line)
        for line in (place.leader_name, _capital(phrases.hub(place)), *own.sender_address, place.leader_email)
    ]


def addressee(letter: Letter) -> list[str]:
    """The lines of the address, the headteacher's first."""
    head = letter.name or "The Headteacher"
    if (school := letter.school) is None:
        return [_line(head)]
    lines = [head, school.name, *school.address, school.town, school.postcode]
    return [line for given in lines if (line := _line(given))]


def day(letter: Letter) -> str:
    """The letter's date, as letters say it: ``14 January 2027``."""
    return f"{letter.dated.day} {letter.dated:%B %Y}"


def because(letter: Letter, facts: Facts) -> str:
    """Why somebody gets this letter: recital 47 of the UK GDPR wants it expected, and PECR who it is from."""
    if letter.kind == "asked":
        return (
            "You get this email because somebody who talked with the scheme’s assistant asked for it at this address."
        )
    hub = f"the {phrases.hub(letter.place)}" if letter.place else facts.scheme_name
    school = _line(letter.school.name) if letter.school else "your school"
    return f"You get this email at the address of {school} because {hub} invites the primary schools of its area."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _line(text: str) -> str:
    return one_line(text, _LONGEST)
