"""What the letter answers, asked in plain words."""

import pytest

from tests.conversation.running import Assistant, Person
from tests.conversation.script import converse, heard, responses, topics

ASKED = {
    "ask/what_is_psqm": "What is the Primary Science Quality Mark?",
    "ask/launch": "Who launched the scheme?",
    "ask/mentoring": "Is there any mentoring?",
    "ask/training": "How many training days are there?",
    "ask/portal": "What is the e-portal?",
    "ask/hub": "What is a hub?",
    "ask/hub_leader": "Who leads our hub?",
    "ask/duration": "How long does it take?",
    "ask/award_levels": "Which award levels are there?",
    "ask/ofsted": "What does Ofsted say about it?",
    "ask/impact_teachers": "Does it make teachers more confident?",
    "ask/impact_pupils": "What difference does it make to the pupils?",
    "ask/benefits": "What are the benefits for our school?",
    "ask/support": "What support do we get for the money?",
    "ask/commitment": "How much work is it for us?",
    "ask/enclosed_report": "What is the report that came with the letter?",
    "ask/joining": "How do we join?",
    "ask/cost": "What does it cost?",
    "ask/membership": "Do we need ASE membership?",
    "ask/funding": "Who could help us pay for it?",
    "ask/first_session": "When is the first session?",
    "ask/contact": "What is your email address?",
    "chat/greeting": "Good morning",
    "chat/thanks": "thank you",
    "chat/goodbye": "Goodbye!",
    "chat/robot": "Are you a robot?",
    "chat/capabilities": "What can you do?",
    "chat/complaint": "That is the wrong answer, you are useless",
    "chat/privacy": "What happens with what I type here?",
    "handover/begin": "Can I talk to a person?",
    "letter/begin": "Please send me the letter",
    "out_of_scope": "What will the weather be tomorrow?",
}


@pytest.mark.parametrize(("topic", "question"), ASKED.items(), ids=ASKED)
def test_a_plain_question_gets_the_answer_on_its_topic(assistant: Assistant, topic: str, question: str) -> None:
    assert heard(assistant.arrive().say(question)) == topic


def test_every_topic_that_the_letter_answers_is_asked_here() -> None:
    assert {topic for topic in responses() if topic.startswith("ask/")} <= ASKED.keys()


def test_every_topic_of_the_examples_has_an_answer() -> None:
    no_topics = {
        "affirm",
        "deny",
        "several",
        "register",
    }  # settled by what was offered; named by its clauses; begins the form
    assert topics().known - no_topics <= responses().keys()


def test_a_greeting_beside_a_question_leaves_only_the_answer(person: Person) -> None:
    converse(person, [("Hello there, what does it cost?", "ask/cost"), ("Thanks! And how do we join?", "ask/joining")])


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("What does it cost, and when is the first session?", "ask/cost + ask/first_session"),
        ("How do we join? What is a hub? Is there mentoring?", "ask/joining + ask/hub + ask/mentoring"),
        ("Tell me how long it takes and what Ofsted says.", "ask/duration + ask/ofsted"),
        ("1. the fee\n2. award levels\n3. the e-portal", "ask/cost + ask/award_levels + ask/portal"),
    ],
)
def test_several_questions_in_one_message_are_all_answered_in_their_order(
    person: Person, message: str, expected: str
) -> None:
    assert heard(person.say(message)) == expected


def test_misspelt_questions_are_understood(person: Person) -> None:
    converse(
        person,
        [
            ("how mutch does it cosst", "ask/cost"),
            ("is thier any mentorring", "ask/mentoring"),
            ("wat does ofstead say abt it", "ask/ofsted"),
        ],
    )


def test_follow_ups_are_read_in_the_light_of_the_last_answer(assistant: Assistant) -> None:
    converse(assistant.arrive(), [("What is a hub?", "ask/hub"), ("and who leads it?", "ask/hub_leader")])
    converse(assistant.arrive(), [("What does it cost?", "ask/cost"), ("who could pay for that?", "ask/funding")])
    converse(
        assistant.arrive(), [("Which award levels are there?", "ask/award_levels"), ("how many?", "ask/award_levels")]
    )
    converse(assistant.arrive(), [("What is a hub?", "ask/hub"), ("how many?", "ask/hub")])


def test_buttons_lead_to_what_they_say(person: Person) -> None:
    converse(
        person,
        [
            ("[What it costs]", "ask/cost"),
            ("[Who could pay for it]", "ask/funding"),
            ("How do we join?", "ask/joining"),
            ("[When the first session is]", "ask/first_session"),
        ],
    )


def test_a_yes_or_no_to_nothing_asks_what_is_wanted(person: Person) -> None:
    converse(person, [("yes please", "nothing_offered"), ("no", "offer_declined")])


def test_answers_show_where_their_facts_are_from_and_how_to_get_further(person: Person) -> None:
    (cost,) = person.say("What does it cost?")
    assert set(cost["source"]) == {"title", "checked"}
    (contact,) = person.say("What is your email address?")
    assert {link["href"].partition(":")[0] for link in contact["links"]} == {"https", "mailto"}
    (greeting,) = person.say("Good morning")
    assert "source" not in greeting or greeting["source"] is None
