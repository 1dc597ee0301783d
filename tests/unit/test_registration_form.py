"""The form that registers a school, turn by turn: what a person says, what they hear."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time

import pytest
from rapidfuzz import fuzz, utils

from bot.hubs import Nearby
from bot.registration_form.dialogue import RegistrationForm
from bot.registration_form.draft import Draft, DraftSchool, Said
from bot.registration_form.turn import Turn
from bot.registrations.registering import Registered
from bot.registrations.registration import Contact, Place, Registration
from bot.schools.school import School
from bot.schools.search import Found

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
NEAR = Place(
    "near",
    "Barford hub",
    "Lou Park",
    "lou@hub.example",
    False,
    2026,
    10,
    6,
    date(2027, 1, 14),
    time(13, 30),
    "Barford Hall",
)
FAR = replace(NEAR, cohort_id="far", hub_name="Ashby hub", leader_name="Kit Rowe", taken=2, session_on=None)


def school(urn: int, name: str, town: str = "Barford", postcode: str = "ZZ1 1AA", **more: object) -> School:
    known: dict[str, object] = dict.fromkeys(("street", "locality", "county", "la", "phase", "type"), "")
    known |= dict.fromkeys(("low_age", "high_age", "pupils", "easting", "northing", "successor", "closed_on"))
    known |= {"status": "open", "teaches_primary": True} | more
    names = School.__dataclass_fields__
    return School(
        **{
            key: value
            for key, value in (known | {"urn": urn, "name": name, "town": town, "postcode": postcode}).items()
            if key in names
        }
    )  # type: ignore[arg-type]


FAIRVIEW = school(100001, "Fairview Primary School")
MARY = school(100002, "St Mary's CE Primary School")
OTHER_MARY = school(100003, "St Mary's Catholic Primary School", "Ashby", "ZZ2 2BB")
CLOSED = school(100004, "Oldfield Infant School", status="closed")
LONE_CLOSED = school(100005, "Gonefield Junior School", status="closed")
SECONDARY = school(100006, "Highfield Grammar School", teaches_primary=False)
WELSH = school(402000, "Ysgol Llan Primary")
SCHOOLS = (FAIRVIEW, MARY, OTHER_MARY, CLOSED, LONE_CLOSED, SECONDARY, WELSH)


@dataclass
class Register:
    """Schools and hubs in memory."""

    hubs: list[Nearby] = field(default_factory=lambda: [Nearby(NEAR, 3.2), Nearby(FAR, 9.8)])
    farther: list[Nearby] = field(default_factory=list)
    there: Registration | None = None
    taken: list[tuple[Draft, str | None, str]] = field(default_factory=list)

    async def find_schools(self, words: str) -> list[Found]:
        process = utils.default_process
        scored = [
            Found(one, fuzz.token_set_ratio(words, f"{one.name} {one.town}", processor=process)) for one in SCHOOLS
        ]
        return sorted((one for one in scored if one.score > 75), key=lambda one: -one.score)

    async def school(self, urn: int) -> School | None:
        return next((one for one in SCHOOLS if one.urn == urn), None)

    async def successor(self, school: School) -> School | None:
        return FAIRVIEW if school is CLOSED else None

    async def hubs_near(self, school: DraftSchool) -> list[Nearby]:
        return self.hubs

    async def open_hub(self, cohort_id: str, school: DraftSchool) -> Nearby | None:
        return next((hub for hub in (*self.hubs, *self.farther) if hub.place.cohort_id == cohort_id), None)

    async def place(self, cohort_id: str) -> Place | None:
        return next((hub.place for hub in self.hubs if hub.place.cohort_id == cohort_id), None)

    async def registered(self, school: DraftSchool) -> Registration | None:
        return self.there

    async def register(self, draft: Draft, hub: str | None, consent: str, conversation_id: str) -> Registered:
        assert draft.school and draft.email
        self.taken.append((draft, hub, consent))
        place = await self.place(hub) if hub else None
        held = place is not None and place.left > 0
        contact = Contact("p", draft.name or "", draft.role or "", draft.email, draft.phone or "")
        known = (
            draft.school.urn,
            draft.school.name,
            draft.school.town,
            draft.school.postcode,
            draft.school.urn is None,
        )
        state = "interested" if held else "waiting"
        registration = Registration("r", 2026, *known, state, None, place, (contact,), NOW, ())  # type: ignore[arg-type]
        return Registered(registration, "held" if held else "waiting")


SUMMARY = ["summary", "hub_offered", "consent"]


class Person:
    """Somebody who talks to the form."""

    def __init__(self, register: Register, draft: Draft | None = None) -> None:
        self.register = register
        self.form = RegistrationForm(register, "I agree.")
        self.draft = draft or Draft()
        self.turn = Turn(self.draft)

    async def begins(self, text: str = "put us down for it") -> list[str]:
        return self._heard(await self.form.begin(self.draft, Said(text, "register")))

    async def says(self, text: str, intent: str = "", topics: tuple[str, ...] = (), sure: bool = True) -> list[str]:
        return self._heard(await self.form.hear(self.draft, Said(text, intent, None, topics, sure), "c"))

    async def presses(self, label: str) -> list[str]:
        choices = {shown: choice for say in self.turn.say for shown, choice in say.choices}
        assert label in choices, list(choices)
        return self._heard(await self.form.hear(self.draft, Said("", "choose", choices[label]), "c"))

    @property
    def offered(self) -> list[str]:
        return [label for say in self.turn.say for label, _ in say.choices]

    def value(self, name: str) -> str:
        return next(say.values[name] for say in self.turn.say if name in say.values)

    def _heard(self, turn: Turn) -> list[str]:
        self.turn, self.draft = turn, turn.draft
        return [*turn.topics, *(say.response.removeprefix("form/") for say in turn.say)]


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def person(register: Register) -> Person:
    return Person(register)


async def at_the_summary(person: Person) -> None:
    await person.begins()
    await person.says("Fairview Primary, Barford")
    await person.says("Ann Lee, headteacher")
    assert await person.says("ann@fairview.sch.uk") == ["summary", "hub_offered", "consent"]


async def test_a_school_registers_in_five_turns(person: Person, register: Register) -> None:
    assert await person.begins() == ["begin", "ask_school"]
    assert person.turn.say[-1].expects == "school"
    assert await person.says("Fairview Primary, Barford") == ["school_noted", "ask_person"]
    assert await person.says("Ann Lee, headteacher") == ["ask_contact"]
    assert await person.says("ann@fairview.sch.uk, 020 7946 0000") == ["summary", "hub_offered", "consent"]
    assert person.value("your_school") == "Fairview Primary School, Barford, ZZ1 1AA"
    assert person.value("your_phone") == "020 7946 0000"
    assert person.value("your_session") == "Thursday 14 January 2027, 1.30 pm, Barford Hall"
    assert person.value("your_distance") == "about 3 miles from your school"
    assert await person.says("yes please", "affirm") == ["done_held"]
    ((draft, hub, consent),) = register.taken
    assert (draft.name, draft.role, draft.email, hub, consent) == (
        "Ann Lee",
        "Headteacher",
        "ann@fairview.sch.uk",
        "near",
        "I agree.",
    )
    assert person.turn.end == "registered"


async def test_what_one_sentence_tells_is_not_asked_again(person: Person) -> None:
    await person.begins()
    heard = await person.says("Ann Lee, head of Fairview Primary, ann@fairview.sch.uk")
    assert heard == ["summary", "hub_offered", "consent"]
    assert (person.draft.name, person.draft.role) == ("Ann Lee", "Head")


async def test_the_message_that_begins_it_counts_too(person: Person) -> None:
    assert await person.begins("I'm Ann Lee, head of Fairview Primary, please put us down") == ["begin", "ask_contact"]


@pytest.mark.parametrize(
    "text", ["put us down for it", "we would like to register our school please", "", "yes, sign us up!"]
)
async def test_a_message_that_only_begins_it_names_no_school(person: Person, text: str) -> None:
    assert await person.begins(text) == ["begin", "ask_school"]


async def test_a_name_that_fits_several_schools_is_a_choice(person: Person) -> None:
    await person.begins()
    assert await person.says("St Mary's Primary School") == ["which_school"]
    assert "St Mary's Catholic Primary School, Ashby, ZZ2 2BB" in person.offered
    assert await person.presses("St Mary's Catholic Primary School, Ashby, ZZ2 2BB") == ["school_noted", "ask_person"]
    assert person.draft.school and person.draft.school.urn == 100003


async def test_what_the_widget_sends_for_a_picked_school_is_that_school(person: Person) -> None:
    await person.begins()
    assert await person.says("St Mary's CE Primary School, Barford, ZZ1 1AA (100002)") == ["school_noted", "ask_person"]
    assert person.draft.school and person.draft.school.urn == 100002


async def test_none_of_the_schools_offered_leads_to_entering_it_by_hand(person: Person, register: Register) -> None:
    await person.begins()
    await person.says("St Mary's Primary School")
    assert await person.presses("It isn't one of these") == ["ask_by_hand"]
    assert await person.says("St Mary's, Barford") == ["again_by_hand"]
    assert await person.says("St Mary's Free School, Barford, zz3 3cc") == ["school_noted", "ask_person"]
    assert person.draft.school == DraftSchool("St Mary's Free School", "Barford", "ZZ3 3CC")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Gonefield Junior School", ["school_closed"]),
        ("Highfield Grammar School", ["school_not_primary"]),
        ("Ysgol Llan Primary", ["school_abroad"]),
    ],
)
async def test_a_school_that_cannot_take_part_gets_the_truth_and_a_way_on(
    person: Person, said: str, heard: list[str]
) -> None:
    await person.begins()
    assert await person.says(said) == heard
    assert await person.presses("Another school") == ["ask_school"]
    assert await person.says("Fairview Primary, Barford") == ["school_noted", "ask_person"]


async def test_a_closed_school_leads_to_the_one_that_took_its_place(person: Person) -> None:
    await person.begins()
    assert await person.says("Oldfield Infant School") == ["school_became"]
    assert await person.presses("Yes, that's us") == ["school_noted", "ask_person"]
    assert person.draft.school and person.draft.school.urn == FAIRVIEW.urn


@pytest.mark.parametrize(
    ("answer", "intent", "heard"),
    [("yes", "affirm", ["school_noted", "ask_person"]), ("no", "deny", ["ask_school"])],
)
async def test_a_yes_or_no_settles_which_school_it_is_now(
    person: Person, answer: str, intent: str, heard: list[str]
) -> None:
    await person.begins()
    await person.says("Oldfield Infant School")
    assert await person.says(answer, intent) == heard


async def test_the_one_in_a_town_is_that_of_the_schools_offered(person: Person) -> None:
    await person.begins()
    await person.says("St Mary's Primary School")
    assert await person.says("the one in Ashby") == ["school_noted", "ask_person"]
    assert person.draft.school and person.draft.school.urn == OTHER_MARY.urn


async def test_a_mistyped_domain_is_asked_about_and_not_corrected_unasked(person: Person) -> None:
    await person.begins()
    await person.says("Fairview Primary, Barford")
    await person.says("Ann Lee, head")
    assert await person.says("ann@gmial.com") == ["email_meant"]
    assert person.value("your_email") == "ann@gmail.com"
    assert await person.says("yes", "affirm") == ["summary", "hub_offered", "consent"]
    assert person.draft.email == "ann@gmail.com"


async def test_an_address_that_looks_mistyped_is_kept_when_it_was_meant(person: Person) -> None:
    await person.begins()
    await person.says("Fairview Primary, Barford")
    await person.says("Ann Lee, head")
    await person.says("ann@gmial.com")
    assert await person.presses("No, as I typed it") == ["summary", "hub_offered", "consent"]
    assert person.draft.email == "ann@gmial.com"


async def test_another_address_answers_the_doubt_about_the_first(person: Person) -> None:
    await person.begins()
    await person.says("Fairview Primary, Barford")
    await person.says("Ann Lee, head")
    await person.says("ann@gmial.com")
    assert await person.says("sorry, ann@fairview.sch.uk") == ["summary", "hub_offered", "consent"]
    assert person.draft.email == "ann@fairview.sch.uk"


async def test_any_question_in_between_is_answered_and_the_form_goes_on(person: Person) -> None:
    await person.begins()
    await person.says("Fairview Primary, Barford")
    heard = await person.says("what does it cost?", "ask", ("ask/cost",))
    assert heard == ["ask/cost", "back", "ask_person"]
    assert await person.says("is there VAT on that?", "open", ("open/vat",)) == ["open/vat", "back", "ask_person"]
    assert await person.says("Ann Lee, head") == ["ask_contact"]


async def test_an_answer_and_a_question_in_one_message_both_count(person: Person) -> None:
    await person.begins()
    await person.says("Fairview Primary, Barford")
    await person.says("Ann Lee, head")
    heard = await person.says("ann@fairview.sch.uk, how long does it take?", "ask", ("ask/duration",))
    assert heard == ["ask/duration", "summary", "hub_offered", "consent"]


async def test_a_question_that_nobody_understands_loses_nothing(person: Person) -> None:
    await person.begins()
    await person.says("Fairview Primary, Barford")
    assert await person.says("who won the cup?", "out_of_scope", ("out_of_scope",)) == [
        "out_of_scope",
        "back",
        "ask_person",
    ]
    assert person.draft.school


async def test_going_on_without_an_answer_gets_the_question_again(person: Person) -> None:
    await person.begins()
    assert await person.says("yes, go ahead", "affirm") == ["ask_school"]
    assert await person.says("put our name down", "register") == ["ask_school"]


@pytest.mark.parametrize("text", ["why do you need that?", "Why?", "what do you need my name for?", "do I have to?"])
async def test_it_says_why_it_asks(person: Person, text: str) -> None:
    await person.begins()
    await person.says("Fairview Primary, Barford")
    assert await person.says(text, "chat", ("chat/privacy",)) == ["why_person", "ask_person"]


async def test_i_do_not_know_gets_a_way_round(person: Person) -> None:
    await person.begins()
    assert await person.says("I don't know") == ["help_school"]
    assert await person.presses("Enter it by hand") == ["ask_by_hand"]


async def test_after_two_answers_of_no_use_it_explains_in_place_of_asking_again(person: Person) -> None:
    await person.begins()
    await person.says("Fairview Primary, Barford")
    await person.says("Ann Lee, head")
    assert await person.says("blue") == ["again_contact"]
    assert await person.says("green") == ["help_contact"]
    assert person.offered == ["Finish later", "Stop"]
    assert await person.says("ann@fairview.sch.uk") == ["summary", "hub_offered", "consent"]


@pytest.mark.parametrize(
    "text",
    ["stop", "Cancel", "please stop", "never mind", "I've changed my mind", "cancel the registration", "forget it"],
)
async def test_stop_is_a_clean_end(person: Person, register: Register, text: str) -> None:
    await person.begins()
    await person.says("Fairview Primary, Barford")
    assert await person.says(text) == ["stopped"]
    assert person.turn.end == "stopped"
    assert person.draft == Draft()
    assert register.taken == []


async def test_later_keeps_everything_and_takes_it_up_where_it_was(person: Person) -> None:
    await person.begins()
    await person.says("Fairview Primary, Barford")
    assert await person.says("I'll finish this later") == ["later"]
    assert person.turn.end == "later"
    assert await person.begins("register us") == ["resume", "ask_person"]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("the email should be lee@fairview.sch.uk", "email", "lee@fairview.sch.uk"),
        ("actually, my phone is 020 7946 0999", "phone", "020 7946 0999"),
    ],
)
async def test_a_correction_at_the_summary_is_taken_and_shown(person: Person, text: str, name: str, value: str) -> None:
    await at_the_summary(person)
    assert await person.says(text) == ["summary", "hub_offered", "consent"]
    assert getattr(person.draft, name) == value


@pytest.mark.parametrize(
    ("text", "question", "answer", "name", "value"),
    [
        ("my name is wrong", "ask_name", "Anne Leigh", "name", "Anne Leigh"),
        ("change the role", "ask_role", "science lead", "role", "Science lead"),
        ("that is the wrong email", "ask_contact", "lee@fairview.sch.uk", "email", "lee@fairview.sch.uk"),
        ("change my phone number", "ask_phone", "020 7946 0999", "phone", "020 7946 0999"),
    ],
)
async def test_everything_can_be_changed_at_the_summary(
    person: Person, text: str, question: str, answer: str, name: str, value: str
) -> None:
    await at_the_summary(person)
    assert await person.says(text, "deny") != []
    if person.turn.say[-1].response == "form/ask_change":
        await person.says(text)
    assert person.turn.say[-1].response == f"form/{question}"
    assert await person.says(answer) == ["summary", "hub_offered", "consent"]
    assert getattr(person.draft, name) == value


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("send me the letter", "ask_school"),
        ("please mail the letter to another address", "ask_school"),
        ("send the letter to sam@fairview.sch.uk", "ask_school"),
    ],
)
async def test_the_wish_for_the_letter_is_no_school_no_address_and_no_change(
    person: Person, text: str, question: str
) -> None:
    await person.begins()
    heard = await person.says(text, "send_letter", ("send_letter",))
    assert heard == ["send_letter", "back", question]
    assert (person.draft.school, person.draft.email) == (None, None)


@pytest.mark.parametrize(
    ("text", "email", "next_question"),
    [
        ("Ann Lee, headteacher. Please send me the letter too", None, ["ask_contact"]),
        ("Ann Lee, headteacher, ann@fairview.sch.uk; and send us the letter", "ann@fairview.sch.uk", SUMMARY),
        ("Ann Lee, headteacher. Send the letter to sam@fairview.sch.uk please", None, ["ask_contact"]),
    ],
)
async def test_what_a_message_tells_beside_the_wish_for_the_letter_is_taken(
    person: Person, text: str, email: str | None, next_question: list[str]
) -> None:
    await person.begins()
    await person.says("Fairview Primary, Barford")
    assert await person.says(text, "several", ("chat/aside", "send_letter")) == ["send_letter", *next_question]
    assert (person.draft.name, person.draft.role, person.draft.email) == ("Ann Lee", "Headteacher", email)


async def test_an_answer_that_only_may_ask_for_the_letter_is_an_answer(person: Person) -> None:
    await person.begins()
    heard = await person.says("Fairview Primary, Barford", "nlu_fallback", ("send_letter",), sure=False)
    assert heard == ["school_noted", "ask_person"]


async def test_the_address_that_the_letter_went_to_can_be_taken_with_one_press(person: Person) -> None:
    person.draft = Draft(letter_email="sam@fairview.sch.uk")
    await person.begins("put us down, Ann Lee, head of Fairview Primary")
    assert person.turn.say[-1].response == "form/ask_contact"
    assert person.draft.email is None
    assert await person.presses("sam@fairview.sch.uk") == ["summary", "hub_offered", "consent"]
    assert person.draft.email == "sam@fairview.sch.uk"


@pytest.mark.parametrize("text", ["sam@fairview.sch.uk", "Send the letter to Sam@fairview.sch.uk and put us down"])
async def test_an_address_that_was_given_for_the_letter_is_not_taken_when_the_registration_begins(
    person: Person, text: str
) -> None:
    person.draft = Draft(letter_email="sam@fairview.sch.uk")
    assert await person.begins(text) == ["begin", "ask_school"]
    assert person.draft.email is None


async def test_no_the_other_school(person: Person) -> None:
    await at_the_summary(person)
    assert await person.says("no, wrong school") == ["ask_school"]
    assert await person.says("St Mary's Catholic, Ashby") == ["summary", "hub_offered", "consent"]
    assert person.draft.school and person.draft.school.urn == OTHER_MARY.urn


async def test_another_hub_can_be_chosen(person: Person, register: Register) -> None:
    await at_the_summary(person)
    assert await person.says("can we have a different hub?") == ["ask_hub"]
    assert await person.presses("Ashby hub (Kit Rowe), about 10 miles, 8 places left") == [
        "summary",
        "hub_offered",
        "consent",
    ]
    await person.presses("Yes, register us")
    assert register.taken[0][1] == "far"


async def test_a_full_hub_means_the_waiting_list_and_says_so(register: Register) -> None:
    register.hubs = [Nearby(replace(NEAR, taken=10), 3.2)]
    person = Person(register)
    await person.begins()
    await person.says("Ann Lee, head of Fairview Primary, ann@fairview.sch.uk")
    assert [say.response for say in person.turn.say] == ["form/summary", "form/hub_full", "form/consent"]
    assert await person.says("yes", "affirm") == ["done_waiting"]
    assert register.taken[0][1] == "near"


async def test_no_hub_near_means_the_waiting_list_and_the_office(register: Register) -> None:
    register.hubs = []
    person = Person(register)
    await person.begins()
    await person.says("Ann Lee, head of Fairview Primary, ann@fairview.sch.uk")
    assert [say.response for say in person.turn.say] == ["form/summary", "form/hub_none_near", "form/consent"]
    assert await person.says("yes", "affirm") == ["done_no_hub"]
    assert register.taken[0][1] is None


async def test_an_example_hub_is_named_as_one(register: Register) -> None:
    register.hubs = [Nearby(replace(NEAR, is_example=True), 3.2)]
    person = Person(register)
    await person.begins()
    heard = await person.says("Ann Lee, head of Fairview Primary, ann@fairview.sch.uk")
    assert heard == ["summary", "hub_offered", "hub_example", "consent"]


async def test_no_at_the_summary_asks_what_to_change_and_leaving_is_offered(person: Person, register: Register) -> None:
    await at_the_summary(person)
    assert await person.says("no", "deny") == ["ask_change"]
    await at_the_summary(Person(register))
    assert register.taken == []


@pytest.mark.parametrize(
    ("asked", "text", "heard"),
    [
        ("contact", "ann@fairview", "wrong_email_domain"),
        ("contact", "ann@@fairview.sch.uk", "wrong_email"),
        ("contact", "ann@fairview .sch.uk\nBcc: x@y.example", "wrong_email_domain"),
        ("contact", f"{'a' * 300}@fairview.sch.uk", "wrong_email_long"),
        ("person", "=cmd()", "wrong_name_signs"),
        ("person", "Ann2", "wrong_name_digits"),
        ("person", "A", "wrong_name_short"),
        ("person", f"{'Ann ' * 40}", "again_person"),
        ("phone", "call me maybe", "wrong_phone"),
        ("phone", "12345", "wrong_phone"),
    ],
)
async def test_what_cannot_be_used_is_said_with_an_example_and_nothing_else_is_forgotten(
    register: Register, asked: str, text: str, heard: str
) -> None:
    known = Draft(DraftSchool("Fairview Primary School", "Barford", "ZZ1 1AA", 100001), role="Head", asked=asked)  # type: ignore[arg-type]
    person = Person(register, known if asked == "person" else replace(known, name="Ann Lee"))
    assert await person.says(text) == [heard]
    assert person.draft.school == known.school
    assert person.draft.role == "Head"


async def test_a_button_that_is_out_of_date_does_no_harm(person: Person) -> None:
    await at_the_summary(person)
    before = person.draft
    for choice in ("school:999999", "hub:none", "email:suggested", "nonsense", "school:", "change:everything"):
        turn = await person.form.hear(person.draft, Said("", "choose", choice), "c")
        assert [say.response for say in turn.say] == ["form/consent"]
        assert turn.draft == before


async def test_a_yes_that_is_pressed_before_all_is_known_registers_nothing(person: Person, register: Register) -> None:
    await person.begins()
    await person.says("Fairview Primary, Barford")
    turn = await person.form.hear(person.draft, Said("", "choose", "confirm:yes"), "c")
    assert [say.response for say in turn.say] == ["form/ask_person"]
    assert register.taken == []
