"""Somebody asks for the letter in conversation, turn by turn: what a person says, what they hear."""

import json
from dataclasses import dataclass, field

import pytest

from bot.letter_request.dialogue import LetterForm
from bot.letter_request.letters import Sent
from bot.letter_request.request import Asker, LetterRequest
from bot.letter_request.turn import Turn
from bot.letters.asking.request import Outcome
from bot.registration_form.draft import Draft, Said

ADDRESS = "head@fairview.sch.uk"


@dataclass
class Post:
    """Remembers what was sent; the first letter to an address is sent, and then is on its way."""

    outcome: Outcome | None = None
    sent: list[str] = field(default_factory=list)

    async def send(self, email: str, asker: Asker) -> Sent:
        if self.outcome is not None:
            return Sent(self.outcome, "/letter")
        if email in self.sent:
            return Sent("on_its_way", f"/letters/{self.sent.index(email)}")
        self.sent.append(email)
        return Sent("sent", f"/letters/{len(self.sent) - 1}")


class Person:
    """Somebody who asks for the letter; ``known`` is the address that they registered with."""

    def __init__(self, known: str | None = None, outcome: Outcome | None = None) -> None:
        self.post = Post(outcome)
        self.form = LetterForm(self.post)
        self.asker = Asker("c", draft=Draft(email=known))
        self.request = LetterRequest()
        self.turn = Turn(self.request, end=True)

    async def says(
        self, text: str, intent: str = "", topics: tuple[str, ...] = (), sure: bool = True, choice: str | None = None
    ) -> str:
        """What they hear, as a script writes it; the form begins where it is not open."""
        said = Said(text, intent, choice, topics, sure)
        turn = self.form.begin if self.turn.end else self.form.hear
        self.turn = await turn(
            LetterRequest.from_slot(json.loads(json.dumps(self.request.as_slot()))), said, self.asker
        )
        self.request = self.turn.request
        heard = [*self.turn.topics, *(say.response for say in self.turn.say)]
        return " + ".join([*heard, *(["register"] if self.turn.register else [])]) + ("." if self.turn.end else "")

    async def asks(self, text: str = "Can you send me the full letter?") -> str:
        return await self.says(text, "send_letter", ("send_letter",))

    async def presses(self, label: str) -> str:
        choices = {shown: choice for say in self.turn.say for shown, choice in say.choices}
        assert label in choices, list(choices)
        return await self.says("", "choose", choice=choices[label])

    @property
    def links(self) -> list[str]:
        return [path for say in self.turn.say for _, path in say.links]

    @property
    def told(self) -> list[str]:
        return [say.values["your_email"] for say in self.turn.say if "your_email" in say.values]


@pytest.fixture
def person() -> Person:
    return Person()


async def test_it_asks_where_to_sends_it_there_and_links_the_very_letter(person: Person) -> None:
    assert await person.asks() == "letter/begin"
    assert (person.links, person.turn.say[0].expects) == (["/letter"], "email")
    assert await person.says(ADDRESS) == "letter/sent."
    assert (person.post.sent, person.told, person.links) == ([ADDRESS], [ADDRESS], ["/letters/0"])


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("send me the letter please, head@fairview.sch.uk", ["head@fairview.sch.uk"]),
        ("Could you email the letter to <mailto:Head@Fairview.sch.uk>?", ["head@fairview.sch.uk"]),
        ("the letter to head@fairview.sch.uk.", ["head@fairview.sch.uk"]),
        ("Please send it to head@fairview.sch.uk and to sam@fairview.sch.uk", ["head@fairview.sch.uk", "sam@fairview.sch.uk"]),
        ("to head@fairview.sch.uk, I repeat head@fairview.sch.uk", ["head@fairview.sch.uk"]),
    ],
)  # fmt: skip
async def test_an_address_in_the_first_message_is_enough(person: Person, text: str, sent: list[str]) -> None:
    assert await person.asks(text) == " + ".join(["letter/sent"] * len(sent)) + "."
    assert person.post.sent == sent


# What a person answers to the question for an address, and what they hear; a full stop: that is the end.
ANSWERS = [
    ("it's head@fairview.sch.uk thanks", "", (), "letter/sent."),
    ("my email is head@fairview.sch.uk", "", (), "letter/sent."),
    ("head@fairview", "", (), "form/wrong_email_domain"),
    ("head@@fairview.sch.uk", "", (), "form/wrong_email"),
    (f"{'h' * 250}@fairview.sch.uk", "", (), "form/wrong_email_long"),
    ("head@gmial.com", "", (), "form/email_meant"),
    ("to the school", "", (), "letter/again"),
    ("to the school please", "register", ("register",), "letter/again"),
    ("yes please", "affirm", (), "letter/again"),
    ("Fairview Primary School", "out_of_scope", ("out_of_scope",), "letter/again"),
    ("hello", "chat", ("chat/greeting",), "letter/again"),
    ("here you are: the office", "", (), "letter/again"),
    ("it is on our website", "", (), "letter/again"),
    ("no thanks", "deny", (), "letter/stopped."),
    ("stop", "", (), "letter/stopped."),
    ("never mind", "", (), "letter/stopped."),
    ("forget the letter", "send_letter", ("send_letter",), "letter/stopped."),
    ("Actually, don't send it to anyone", "send_letter", ("send_letter",), "letter/stopped."),
    ("please do not mail it to head@fairview.sch.uk", "send_letter", ("send_letter",), "letter/stopped."),
    ("later", "", (), "letter/stopped."),
    ("I'd rather not give my address", "", (), "letter/stopped."),
    ("why do you need it?", "", (), "letter/why + letter/resume"),
    ("who will see my address?", "chat", ("chat/privacy",), "letter/why + letter/resume"),
    ("I don't know", "", (), "letter/help."),
    ("we don't have one", "", (), "letter/help."),
    ("I'd rather read it here", "send_letter", ("send_letter",), "letter/read_here."),
    ("can you just show it to me?", "", (), "letter/read_here."),
    ("what does it cost?", "ask", ("ask/cost",), "ask/cost + letter/resume"),
    ("the cost", "ask", ("ask/cost",), "ask/cost + letter/resume"),
    ("is it for us and who runs it?", "several", ("ask/joining", "ask/hub"), "ask/joining + ask/hub + letter/resume"),
    ("how much, and send it to head@fairview.sch.uk", "several", ("ask/cost", "send_letter"), "ask/cost + letter/sent."),
    ("put us down for it", "register", ("register",), "register."),
    ("what does it cost? and put us down", "several", ("ask/cost", "register"), "ask/cost + register."),
    ("to head@fairview.sch.uk, and put us down", "several", ("send_letter", "register"), "letter/sent + register."),
    ("and please sign us up", "several", ("chat/aside", "register"), "register."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "intent", "topics", "heard"), ANSWERS)
async def test_what_is_answered_to_the_question_for_an_address(
    person: Person, text: str, intent: str, topics: tuple[str, ...], heard: str
) -> None:
    await person.asks()
    assert await person.says(text, intent, topics) == heard


async def test_a_question_beside_the_address_is_answered_too(person: Person) -> None:
    await person.asks()
    heard = await person.says("head@gmial.com, and what does it cost?", "ask", ("ask/cost",))
    assert heard == "ask/cost + form/email_meant"
    assert (
        await person.says("is head@fairview.sch.uk fine, and what's VAT?", "open", ("open/vat",))
        == "open/vat + letter/sent."
    )


async def test_a_button_of_an_answer_in_between_is_answered_and_the_form_goes_on(person: Person) -> None:
    await person.asks()
    assert await person.says("", "ask", ("ask/cost",)) == "ask/cost + letter/resume"
    assert await person.says("", "register") == "register."


async def test_two_answers_of_no_use_lead_to_reading_it_here(person: Person) -> None:
    await person.asks()
    assert await person.says("the usual") == "letter/again"
    assert await person.says("you know where") == "letter/help."
    assert person.links == ["/letter"]
    assert person.post.sent == []


async def test_wrong_addresses_count_and_a_question_in_between_does_not(person: Person) -> None:
    await person.asks()
    assert await person.says("head@fairview") == "form/wrong_email_domain"
    assert await person.says("what does it cost?", "ask", ("ask/cost",)) == "ask/cost + letter/resume"
    assert await person.says("head@") == "letter/help."


async def test_after_many_questions_in_a_row_the_form_is_still_there(person: Person) -> None:
    await person.asks()
    for topic in ("ask/cost", "ask/hub", "open/vat", "ask/duration", "ask/cost"):
        assert await person.says("and that?", "ask", (topic,)) == f"{topic} + letter/resume"
    assert await person.says(ADDRESS) == "letter/sent."


@pytest.mark.parametrize(
    ("answer", "intent", "sent"),
    [
        ("yes", "affirm", "head@gmail.com"),
        ("no", "deny", "head@gmial.com"),
        ("head@gmial.com", "", "head@gmial.com"),
        ("no, head@gmail.com", "", "head@gmail.com"),
    ],
)
async def test_a_slip_in_the_domain_is_asked_back_about(person: Person, answer: str, intent: str, sent: str) -> None:
    assert await person.asks("send it to head@gmial.com") == "form/email_meant"
    assert (person.told, person.post.sent) == (["head@gmail.com"], [])
    assert await person.says(answer, intent) == "letter/sent."
    assert person.post.sent == [sent]


async def test_the_choices_about_a_slip_mean_the_same(person: Person) -> None:
    await person.asks("send it to head@gmial.com")
    assert await person.presses("No, as I typed it") == "letter/sent."
    assert await person.asks("and to sam@hotmial.com") == "form/email_meant"
    assert await person.presses("Yes, that one") == "letter/sent."
    assert person.post.sent == ["head@gmial.com", "sam@hotmail.com"]


async def test_addresses_after_one_with_a_slip_are_not_forgotten(person: Person) -> None:
    await person.asks()
    assert await person.says("a@fairview.sch.uk, b@gmial.com and c@fairview.sch.uk") == "letter/sent + form/email_meant"
    assert await person.says("why?") == "letter/why + form/email_meant"
    assert await person.says("yes", "affirm") == "letter/sent + letter/sent."
    assert person.post.sent == ["a@fairview.sch.uk", "b@gmail.com", "c@fairview.sch.uk"]


async def test_a_known_address_is_offered_not_asked_for() -> None:
    person = Person(known=ADDRESS)
    assert await person.asks() == "letter/to_known"
    assert person.told == [ADDRESS]
    assert await person.says("yes please", "affirm") == "letter/sent."
    assert person.post.sent == [ADDRESS]


@pytest.mark.parametrize(
    ("answer", "intent", "heard"),
    [
        ("no", "deny", "letter/ask_other"),
        ("another address please", "", "letter/ask_other"),
        ("that is the wrong address", "", "letter/ask_other"),
        ("rather to sam@fairview.sch.uk", "", "letter/sent."),
        ("why?", "", "letter/why + letter/to_known"),
        ("stop", "", "letter/stopped."),
        ("let me read it here", "", "letter/read_here."),
        ("put us down", "register", "register."),
        ("hm", "", "letter/to_known"),
        ("sam@fairview", "", "form/wrong_email_domain"),
    ],
)
async def test_what_is_answered_to_a_known_address(answer: str, intent: str, heard: str) -> None:
    person = Person(known=ADDRESS)
    await person.asks()
    assert await person.says(answer, intent) == heard


@pytest.mark.parametrize(
    ("label", "heard"),
    [
        ("Yes, send it there", "letter/sent."),
        ("To another address", "letter/ask_other"),
        ("Just let me read it", "letter/read_here."),
    ],
)
async def test_the_choices_about_a_known_address(label: str, heard: str) -> None:
    person = Person(known=ADDRESS)
    await person.asks()
    assert await person.presses(label) == heard


async def test_a_question_about_a_known_address_is_put_again_after_an_answer() -> None:
    person = Person(known=ADDRESS)
    await person.asks()
    assert await person.says("what does it cost?", "ask", ("ask/cost",)) == "ask/cost + letter/to_known"
    assert await person.says("ok", "affirm") == "letter/sent."


async def test_asked_again_it_is_on_its_way_without_a_question(person: Person) -> None:
    await person.asks()
    await person.says(ADDRESS)
    assert await person.asks("send it again please") == "letter/on_its_way."
    assert (person.told, person.links) == ([ADDRESS], ["/letters/0"])
    assert await person.asks("send the letter to sam@fairview.sch.uk") == "letter/sent."
    assert person.post.sent == [ADDRESS, "sam@fairview.sch.uk"]


@pytest.mark.parametrize("outcome", ["too_many", "too_many_today", "cannot"])
async def test_what_is_not_sent_can_be_read_and_is_not_taken_for_sent(outcome: Outcome) -> None:
    person = Person(outcome=outcome)
    await person.asks()
    assert await person.says(ADDRESS) == f"letter/{outcome}."
    assert person.links == ["/letter"]
    assert person.request.sent_to is None


@pytest.mark.parametrize(
    "text",
    [
        "I'd like to read the letter itself",
        "Can you show me the whole letter?",
        "open the letter here",
        "where can i read the full text of what you sent",
        "it would be easier if I had your letter in front of me, can you put it on the screen",
    ],
)
async def test_who_asks_to_read_it_gets_it_at_once(person: Person, text: str) -> None:
    assert await person.asks(text) == "letter/read_here."
    assert person.links == ["/letter"]


async def test_asked_for_with_the_wish_to_register_it_leads_on_to_that(person: Person) -> None:
    heard = await person.says("send the letter and put us down", "several", ("send_letter", "register"))
    assert heard == "letter/begin"
    assert await person.says(ADDRESS) == "letter/sent + register."


async def test_who_stops_it_does_not_register_by_a_wish_of_before(person: Person) -> None:
    await person.says("send the letter and put us down", "several", ("send_letter", "register"))
    assert await person.says("stop") == "letter/stopped."
    assert await person.asks(ADDRESS) == "letter/sent."


@pytest.mark.parametrize("text", ["stop", "I don't know", "put us down"])
async def test_nothing_that_waited_is_taken_into_the_next_request(person: Person, text: str) -> None:
    await person.says(
        "send it to head@gmial.com, sam@fairview.sch.uk; put us down", "several", ("send_letter", "register")
    )
    await person.says(text, "register" if "put" in text else "")
    assert person.request == LetterRequest()
    assert person.post.sent == []


async def test_a_choice_that_is_out_of_date_puts_the_question_again(person: Person) -> None:
    await person.asks()
    for stale in ("letter:yes", "letter:typed", "confirm:yes", "letter:", "nonsense"):
        assert await person.says("", "choose", choice=stale) == "letter/resume"
    assert person.post.sent == []


@pytest.mark.parametrize(
    ("known", "text", "heard"),
    [
        (None, "and send me the letter", ["letter/here"]),
        (ADDRESS, "and send me the letter", ["letter/sent"]),
        (ADDRESS, "send the letter to sam@fairview.sch.uk", ["letter/sent"]),
        (None, "send the letter to sam@fairview.sch.uk", ["letter/sent"]),
        (None, "send the letter to sam@gmial.com", ["letter/here"]),
        (ADDRESS, "send the letter to sam@", ["form/wrong_email_domain", "letter/here"]),
    ],
)
async def test_while_registering_it_goes_to_the_address_that_is_known(
    known: str | None, text: str, heard: list[str]
) -> None:
    person = Person(known=known)
    says = await person.form.in_between(Said(text, "send_letter", None, ("send_letter",), True), person.asker)
    assert [say.response for say in says] == heard
    assert person.post.sent == (
        [] if "sent" not in heard[-1] else ["sam@fairview.sch.uk" if "sam" in text else ADDRESS]
    )
