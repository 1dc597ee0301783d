"""Letters to nobody in particular: the one that everybody may read, and examples by which a wording is tried."""

from datetime import date, time

from bot.hubs.place import Place
from bot.hubs.year import school_year
from bot.letters.letter import Letter, LetterSchool

STANDARD_ID = ""
"""The id of a letter that is in no database, and so has no personal link."""


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
        id="00000000-0000-0000-0000-000000000000",
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
