"""Letters to nobody in particular: the one that everybody may read, and examples by which a wording is tried."""

from datetime import date, time, timedelta

from bot.hubs.place import Place
from bot.hubs.year import school_year
from bot.letters.composing.hub_letter import HubLetter
from bot.letters.letter import Letter, LetterSchool

STANDARD_ID = ""
"""The id of a letter that is in no database, and so has no personal link."""

_IN_NO_DATABASE = "00000000-0000-0000-0000-000000000000"
"""An id as long as every other, so that links are as long."""


def standard_letter(today: date) -> Letter:
    """The letter to any headteacher, of no hub."""
    return Letter(
        id=STANDARD_ID,
        kind="asked",
        year=school_year(today),
        email="",
        name="",
        school=None,
        dated=today,
        place=None,
        hub_id=None,
        sender_address=(),
        conversation_id=None,
    )


EXAMPLE_OWN = HubLetter(("Fairview Primary School", "12 Mill Road", "Otley", "LS21 2BB"), "", None, "")
"""What the hub of an example letter has of its own, where that is invented too."""


def example_letter(today: date, place: Place | None) -> Letter:
    """A letter of the hub of ``place``, None: of an invented one, to an invented school."""
    invented = Place(
        cohort_id="",
        hub_name="Fairview",
        leader_name="Sam Rowan",
        leader_email="sam.rowan@hub.example",
        is_example=False,
        year=school_year(today),
        capacity=1,
        taken=0,
        session_on=today + timedelta(weeks=6),
        session_at=time(13, 30),
        session_venue="Fairview Primary School",
    )
    school = LetterSchool("Weston Church of England Primary School", ("Church Lane", "Weston"), "Otley", "LS21 1AA")
    return Letter(
        id=_IN_NO_DATABASE,
        kind="area",
        year=school_year(today),
        email="head@school.example",
        name="Dr Amina Lindqvist",
        school=school,
        dated=today,
        place=place or invented,
        hub_id=None,
        sender_address=(),
        conversation_id=None,
    )


def crowded_letter() -> Letter:
    """A letter in which everything that can be long is long: what holds it holds every other."""
    longest = ("Kingsbridge and the Surrounding Villages Church of England Voluntary Aided Primary School " * 3)[:200]
    place = Place(
        cohort_id="",
        hub_name=longest[:100],
        leader_name=longest[:100],
        leader_email=f"{longest.replace(' ', '.')[:60]}@{'long-domain.' * 8}example",
        is_example=False,
        year=2026,
        capacity=1,
        taken=0,
        session_on=date(2026, 9, 30),
        session_at=time(12, 30),
        session_venue=longest,
    )
    school = LetterSchool(longest, (longest[:60],) * 6, longest[:100], "AB12 3CD")
    return Letter(
        id=_IN_NO_DATABASE,
        kind="area",
        year=2026,
        email="",
        name=longest[:100],
        school=school,
        dated=date(2026, 9, 1),
        place=place,
        hub_id=None,
        sender_address=(longest[:60],) * 6,
        conversation_id=None,
    )
