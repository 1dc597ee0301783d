"""A school that a hub invited by letter: registering takes three turns, and that hub comes first."""

from dataclasses import replace
from email.utils import parseaddr

import pytest

from bot.hubs import Nearby
from bot.letters.letter import LetterSchool
from bot.registration_form.draft import Draft, DraftSchool
from bot.registration_form.inviting import invited
from tests.unit.test_registration_form import FAR, NEAR, Person, Register

FAIRVIEW = DraftSchool("Fairview Primary School", "Barford", "ZZ1 1AA", 100001)
LETTER_SCHOOL = LetterSchool("Fairview Primary School", ("Fairview Lane",), "Barford", "ZZ1 1AA", 100001)
KNOWN = Draft(FAIRVIEW, "Ann Lee", "Headteacher", invited_by="far")


@pytest.fixture
def register() -> Register:
    return Register()


async def at_the_summary(register: Register) -> Person:
    person = Person(register, KNOWN)
    await person.begins()
    await person.says("ann@fairview.sch.uk")
    return person


async def test_three_turns_with_the_hub_that_invites_though_another_is_nearer(register: Register) -> None:
    person = Person(register, KNOWN)
    assert await person.begins("put us down") == ["begin", "school_noted", "ask_contact"]
    assert await person.says("ann@fairview.sch.uk") == ["summary", "hub_offered", "consent"]
    assert person.value("your_hub") == FAR.hub_name
    assert await person.says("yes please", "affirm") == ["done_held"]
    assert [hub for _, hub, _ in register.taken] == ["far"]


async def test_the_inviting_hub_is_offered_however_far_it_is(register: Register) -> None:
    register.hubs, register.farther = [Nearby(NEAR, 3.2)], [Nearby(FAR, 140.0)]
    person = await at_the_summary(register)
    assert (person.value("your_hub"), person.value("your_distance")) == (
        FAR.hub_name,
        "about 140 miles from your school",
    )
    await person.presses("Change something")
    await person.presses("The hub")
    assert [label.split(" (")[0] for label in person.offered] == [FAR.hub_name, NEAR.hub_name]


@pytest.mark.parametrize(
    ("near", "far", "offered", "said"),
    [
        (NEAR, replace(FAR, taken=10), NEAR.hub_name, "hub_offered"),
        (replace(NEAR, taken=10), replace(FAR, taken=10), FAR.hub_name, "hub_full"),
        (NEAR, replace(FAR, cohort_id="another"), NEAR.hub_name, "hub_offered"),
    ],
    ids=["full", "all are full", "closed, or of another year"],
)
async def test_an_inviting_hub_without_a_place_gives_way_to_one_with_a_place(
    register: Register, near: object, far: object, offered: str, said: str
) -> None:
    register.hubs = [Nearby(near, 3.2), Nearby(far, 9.8)]  # type: ignore[arg-type]
    person = await at_the_summary(register)
    assert [say.response for say in person.turn.say] == ["form/summary", f"form/{said}", "form/consent"]
    assert person.value("your_hub") == offered


async def test_the_person_s_own_choice_comes_before_the_invitation(register: Register) -> None:
    person = await at_the_summary(register)
    await person.presses("Change something")
    await person.presses("The hub")
    await person.presses(next(label for label in person.offered if label.startswith(NEAR.hub_name)))
    assert person.value("your_hub") == NEAR.hub_name


async def test_for_another_school_the_invitation_does_not_count(register: Register) -> None:
    person = await at_the_summary(register)
    await person.presses("Change something")
    await person.presses("The school")
    await person.says("St Mary's Catholic Primary School, Ashby")
    assert person.value("your_hub") == NEAR.hub_name


@pytest.mark.parametrize(
    ("head", "sender", "name", "role", "email"),
    [
        ("Ann Lee", "Ann@Fairview.sch.uk", "Ann Lee", "Headteacher", "ann@fairview.sch.uk"),
        ("", "", None, None, None),
        ("Head 2", "ann@", None, None, None),
    ],
)
async def test_only_what_the_form_would_take_is_known(
    register: Register, head: str, sender: str, name: str | None, role: str | None, email: str | None
) -> None:
    draft = await invited(LETTER_SCHOOL, head, FAR, sender, register)
    assert draft == Draft(FAIRVIEW, name, role, email, invited_by="far")


@pytest.mark.parametrize(
    ("writer", "name", "role"),
    [
        ("Ann Lee", "Ann Lee", "Headteacher"),
        ("Mrs A Lee", "Ann Lee", "Headteacher"),
        ("", "Ann Lee", "Headteacher"),
        ("Siân O'Brien", "Siân O'Brien", None),
        ("Dr. Bo Ray", "Dr. Bo Ray", None),
        ("Office 2", "Ann Lee", "Headteacher"),
    ],
)
async def test_a_colleague_who_replies_is_not_taken_for_the_head(
    register: Register, writer: str, name: str, role: str | None
) -> None:
    told, sender = parseaddr(f"{writer} <bo@fairview.sch.uk>")
    draft = await invited(LETTER_SCHOOL, "Ann Lee", FAR, sender, register, told)
    assert (draft.name, draft.role, draft.email) == (name, role, "bo@fairview.sch.uk")


async def test_a_number_that_the_register_does_not_have_is_left_out(register: Register) -> None:
    draft = await invited(replace(LETTER_SCHOOL, urn=999999), "Ann Lee", FAR, "", register)
    assert draft.school == replace(FAIRVIEW, urn=None)
