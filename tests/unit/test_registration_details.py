"""What one message tells about a person and a school, and which addresses were mistyped."""

import pytest

from bot.registration_form.checks import Unusable, checked_email, meant_email
from bot.registration_form.details import find_details
from bot.registration_form.naming import by_hand
from bot.registration_form.wishes import Wish, field_named, wish


def told(text: str) -> dict[str, str]:
    details = find_details(text)
    return {name: value for name in details.__slots__ if (value := getattr(details, name))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Ann Lee, head of Fairview Primary, ann@fairview.sch.uk",
            {"name": "Ann Lee", "role": "head", "school": "Fairview Primary", "email": "ann@fairview.sch.uk"},
        ),
        ("Hi, I'm Ann Lee, the headteacher", {"name": "Ann Lee", "role": "headteacher"}),
        ("My name is Raj Patel and I'm the science lead", {"name": "Raj Patel", "role": "science lead"}),
        ("Raj Patel (business manager)", {"name": "Raj Patel", "role": "business manager"}),
        ("Jane Smith - school business manager", {"name": "Jane Smith", "role": "school business manager"}),
        (
            "Mrs A. O'Neill-Smith, deputy head and science lead at St Mary's CE Primary School, Barford",
            {
                "name": "Mrs A. O'Neill-Smith",
                "role": "deputy head and science lead",
                "school": "St Mary's CE Primary School, Barford",
            },
        ),
        ("Jean-Luc Ó Briain, Principal", {"name": "Jean-Luc Ó Briain", "role": "Principal"}),
        ("Sue Green head teacher", {"name": "Sue Green", "role": "head teacher"}),
        ("Sam, year 4 teacher", {"role": "year 4 teacher", "rest": "Sam"}),
        ("I'm the head", {"role": "head"}),
        ("Head of science", {"role": "Head of science"}),
        ("ann@x.sch.uk 020 7946 0000", {"email": "ann@x.sch.uk", "phone": "020 7946 0000"}),
        ("email: ann@foo.org, phone +44 7700 900123", {"email": "ann@foo.org", "phone": "+44 7700 900123"}),
        ("<ann@foo.org>", {"email": "ann@foo.org"}),
        (
            "Sign us up. Bo Ray, teacher at Hill Primary",
            {"name": "Bo Ray", "role": "teacher", "school": "Hill Primary", "rest": "Sign us up"},
        ),
        ("put St Mary's Primary School down please", {"school": "St Mary's Primary School"}),
        ("we are Fairview Primary School in Barford", {"school": "Fairview Primary School in Barford"}),
        ("please register our school", {"rest": "register our school"}),
        ("ann lee", {"rest": "ann lee"}),
        ("what does it cost?", {"rest": "what does it cost?"}),
    ],
)  # fmt: skip
def test_a_message_tells_what_it_tells(text: str, expected: dict[str, str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ann@gmial.com", "ann@gmail.com"),
        ("ann@gmail.con", "ann@gmail.com"),
        ("ann@hotmial.co.uk", "ann@hotmail.co.uk"),
        ("ann@outlok.com", "ann@outlook.com"),
        ("ann@fairview.shc.uk", "ann@fairview.sch.uk"),
        ("ann@fairview.sch.u", "ann@fairview.sch.uk"),
        ("ann@foo.co.ul", "ann@foo.co.uk"),
        ("ann@foo.con", "ann@foo.com"),
    ],
)
def test_a_slip_in_a_domain_is_seen(typed: str, meant: str) -> None:
    assert meant_email(checked_email(typed)) == meant


@pytest.mark.parametrize(
    "email",
    [
        *("ann@gmail.com", "ann@ymail.com", "ann@mail.com", "ann@live.co.uk", "ann@fairview.barnet.sch.uk", "ann@trust.org.uk"),
        *("ann@uni.ac.uk", "ann@borough.gov.uk", "ann@lgfl.net", "ann@hill.school", "ann@foo.co", "ann@foo.eu", "ann@foo.wales"),
    ],
)  # fmt: skip
def test_an_address_that_is_right_is_left_alone(email: str) -> None:
    assert meant_email(checked_email(email)) is None


@pytest.mark.parametrize(
    "email", ["ann", "ann@", "@x.org", "ann@x", "ann lee@x.org", "ann@x..org", "ann@x.org\nBcc: b@y.org"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(Unusable):
        checked_email(email)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stop.", Wish.STOP),
        ("please cancel the registration", Wish.STOP),
        ("I've changed my mind", Wish.STOP),
        ("don't register us", Wish.STOP),
        ("not now", Wish.LATER),
        ("I need to check with my science lead", Wish.LATER),
        ("Why?", Wish.WHY),
        ("what happens to my data", Wish.WHY),
        ("no idea", Wish.UNKNOWN),
        ("I don’t know", Wish.UNKNOWN),
        ("none of these", Wish.BY_HAND),
        ("it's not in the list", Wish.BY_HAND),
        ("can I change the email", Wish.CHANGE),
        ("that is the wrong school", Wish.CHANGE),
        ("Fairview Primary", None),
        ("Ann Lee, headteacher", None),
        ("we stopped using that address", None),
        ("yes please", None),
    ],
)
def test_a_wish_is_known_by_its_words(text: str, expected: Wish | None) -> None:
    assert wish(text) is expected


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("the email is wrong", "contact"),
        ("change my phone number", "phone"),
        ("wrong school", "school"),
        ("another hub please", "hub"),
        ("my job title isn't right", "role"),
        ("my name is misspelt", "name"),
        ("something is wrong", None),
    ],
)
def test_a_change_names_what_is_to_be_changed(text: str, asked: str | None) -> None:
    assert field_named(text) == asked


@pytest.mark.parametrize(
    "text", ["Fairview", "Fairview, Barford", "ZZ1 1AA", "=cmd(), Barford, ZZ1 1AA", "F, ZZ1 1AA", ""]
)
def test_a_school_by_hand_needs_a_name_and_a_postcode(text: str) -> None:
    assert by_hand(text) is None
