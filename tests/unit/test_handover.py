"""Somebody hands a question over in conversation, turn by turn: what a person says, what they hear, what is passed on."""

import json
from dataclasses import dataclass, field

import pytest

from bot.handover.dialogue import HandoverForm
from bot.handover.people import Situation
from bot.handover.request import HandoverRequest
from bot.handover.turn import Turn
from bot.letter_request.request import Asker
from bot.questions.question import Reason
from bot.registration_form.draft import Draft, Said

KNOWN = "ann@fairview.sch.uk"
OTHER = "head@fairview.sch.uk"


@dataclass
class People:
    """Remembers what was passed on."""

    last_question: str = ""
    waiting: str = ""
    passed: list[HandoverRequest] = field(default_factory=list)

    async def situation(self, asker: Asker) -> Situation:
        return Situation("Lou Park of the Valley hub", "By Tuesday.", self.last_question, self.waiting)

    async def pass_on(self, request: HandoverRequest, asker: Asker) -> Situation:
        self.passed.append(request)
        return await self.situation(asker)


class Head:
    """A head who asked ``question`` before, with an address that is ``known``."""

    def __init__(self, question: str = "Is VAT added?", known: str | None = None, waiting: str = "") -> None:
        self.people = People(question, waiting)
        self.form = HandoverForm(self.people)
        self.asker = Asker("c", draft=Draft(email=known))
        self.request = HandoverRequest()
        self.turn = Turn(self.request, end=True)

    async def says(
        self, text: str, intent: str = "", *topics: str, choice: str | None = None, sure: bool = True
    ) -> str:
        """What they hear, as a script writes it; a full stop: that is the end."""
        said = Said(text, intent, choice, topics, sure)
        request = HandoverRequest.from_slot(json.loads(json.dumps(self.request.as_slot())))
        self.turn = await self.form.hear(request, said, self.asker)
        return self._heard()

    async def wants_a_person(
        self, text: str = "I want a person", *topics: str, reason: Reason = "asked_for_person"
    ) -> str:
        self.turn = await self.form.begin(reason, Said(text, "person", None, ("person", *topics), True), self.asker)
        return self._heard()

    async def presses(self, label: str) -> str:
        choices = {shown: choice for say in self.turn.say for shown, choice in say.choices}
        assert label in choices, list(choices)
        return await self.says("", "choose", choice=choices[label])

    def _heard(self) -> str:
        self.request = self.turn.request
        heard = [*self.turn.topics, *(say.response.removeprefix("handover/") for say in self.turn.say)]
        return " + ".join(heard) + ("." if self.turn.end else "")

    @property
    def passed(self) -> list[tuple[str, bool | None, str | None]]:
        return [(each.question, each.shares, each.email) for each in self.people.passed]


async def test_the_last_question_goes_with_the_conversation_and_the_answer_to_the_address_given() -> None:
    head = Head()
    assert await head.wants_a_person() == "consent"
    assert head.turn.say[0].values == {"your_person": "Lou Park of the Valley hub", "your_question": "Is VAT added?"}
    assert await head.presses("Yes, with our conversation") == "ask_reach"
    assert await head.says(f"to {OTHER} please") == "passed_on."
    assert head.turn.say[0].values["your_expectation"] == "By Tuesday."
    assert head.passed == [("Is VAT added?", True, OTHER)]


async def test_a_known_address_is_offered_and_never_taken_unasked() -> None:
    head = Head(known=KNOWN)
    await head.wants_a_person()
    assert await head.presses("Only my question") == "reach_known"
    assert head.passed == []
    assert await head.presses("Yes, there") == "passed_on."
    assert head.passed == [("Is VAT added?", False, KNOWN)]


async def test_nothing_asked_yet_is_asked_for_and_any_words_are_the_question() -> None:
    head = Head(question="")
    assert await head.wants_a_person() == "begin"
    assert await head.says("Is VAT added?", "open", "open/vat") == "consent"
    assert await head.presses("Yes, with our conversation") == "ask_reach"
    assert await head.presses("Here is fine") == "passed_on_here."
    assert head.passed == [("Is VAT added?", True, "")]


async def test_a_question_beside_the_wish_is_the_one_that_is_meant() -> None:
    head = Head(question="an older one")
    assert await head.wants_a_person("A person please: when do we pay?", "open/payment") == "consent"
    assert head.turn.say[0].values["your_question"] == "A person please: when do we pay?"


async def test_the_same_question_is_not_passed_on_twice() -> None:
    head = Head(waiting="Is VAT added?")
    assert await head.wants_a_person() == "already."
    assert head.passed == []


# After the question whether the conversation may be read: what they say, what they hear.
CONSENT = [
    ("yes", "affirm", (), "ask_reach"),
    ("no", "deny", (), "ask_reach"),
    ("just my question please", "", (), "ask_reach"),
    ("only the question", "deny", (), "ask_reach"),
    ("yes, with our conversation", "affirm", (), "ask_reach"),
    ("stop", "", (), "stopped."),
    ("no, leave it", "deny", (), "stopped."),
    ("don't pass it on", "", (), "stopped."),
    ("why do you need that?", "", (), "why + consent"),
    ("No, my question is when we pay", "deny", (), "consent"),
    ("a different question", "", (), "ask_question"),
    ("What does it cost?", "ask", ("ask/cost",), "ask/cost + consent"),
    ("purple", "out_of_scope", ("out_of_scope",), "again_consent"),
]


@pytest.mark.parametrize(("text", "intent", "topics", "heard"), CONSENT)
async def test_whether_the_conversation_may_be_read(
    text: str, intent: str, topics: tuple[str, ...], heard: str
) -> None:
    head = Head()
    await head.wants_a_person()
    assert await head.says(text, intent, *topics) == heard


async def test_no_to_reading_the_conversation_passes_on_the_question_alone() -> None:
    head = Head()
    await head.wants_a_person()
    await head.says("no", "deny")
    await head.says(OTHER)
    assert head.passed == [("Is VAT added?", False, OTHER)]


# After the question how to reach them.
REACH = [
    ("here is fine", "", (), "passed_on_here."),
    ("No, just here please", "deny", (), "passed_on_here."),
    ("no thanks", "deny", (), "passed_on_here."),
    ("head@fairview", "", (), "form/wrong_email_domain"),
    ("head@gmial.com", "", (), "form/email_meant"),
    ("yes", "affirm", (), "again_reach"),
    ("never mind", "", (), "stopped."),
    ("why?", "", (), "why + ask_reach"),
    ("What does it cost?", "ask", ("ask/cost",), "ask/cost + ask_reach"),
    ("by pigeon", "", (), "again_reach"),
]


@pytest.mark.parametrize(("text", "intent", "topics", "heard"), REACH)
async def test_how_the_answer_reaches_them(text: str, intent: str, topics: tuple[str, ...], heard: str) -> None:
    head = Head()
    await head.wants_a_person()
    await head.says("yes", "affirm")
    assert await head.says(text, intent, *topics) == heard


async def test_two_useless_answers_in_a_row_get_the_schemes_address_and_pass_on_nothing() -> None:
    head = Head()
    await head.wants_a_person()
    assert await head.says("purple") == "again_consent"
    assert await head.says("green") == "help."
    assert head.passed == []


async def test_an_address_with_a_slip_waits_for_a_yes() -> None:
    head = Head()
    await head.wants_a_person()
    await head.says("yes", "affirm")
    await head.says("ann@gmial.com")
    assert await head.presses("Yes, that one") == "passed_on."
    assert head.passed[0][2] == "ann@gmail.com"


@pytest.mark.parametrize("words", ["?", "yes", "my card is 4111 1111 1111 1111"])
async def test_what_is_no_question_or_holds_a_private_number_is_not_passed_on(words: str) -> None:
    head = Head(question="")
    await head.wants_a_person()
    assert await head.says(words, "affirm" if words == "yes" else "") == "again_question"
    assert head.passed == []


async def test_a_stale_button_asks_the_present_question_again() -> None:
    head = Head()
    await head.wants_a_person()
    await head.presses("Only my question")
    assert await head.says("", "choose", choice="handover:with") == "ask_reach"
    assert head.passed == []
