"""What the letter leaves open gets no invented figure, but the nearest thing that is known or who to ask."""

import re

import pytest

from tests.conversation.running import Assistant, Person
from tests.conversation.script import converse, heard, responses, the_facts

ASKED = {
    "open/vat": "Is VAT added to that?",
    "open/refunds": "Do we get our money back if we drop out?",
    "open/payment": "Can we pay in instalments?",
    "open/price_today": "Is that still the price this year?",
    "open/level_requirements": "What do we have to do to get gold instead of silver?",
    "open/renewal": "Do we have to renew the award?",
    "open/evidence": "What evidence do we have to hand in?",
    "open/portal_access": "I forgot my password for the e-portal",
    "open/mentors": "Who are the mentors?",
    "open/venue": "Where do the training sessions take place?",
    "open/other_schools": "Can a secondary school take part?",
    "open/leader_pay": "What are hub leaders paid?",
    "open/other_awards": "How does it compare with Artsmark?",
    "open/deadline": "What is the deadline for applying?",
    "open/staffing": "Is supply cover paid for?",
    "open/track_record": "How many schools have taken part so far?",
    "open/other_detail": "Can we put the logo on our website?",
}

_FIGURE = re.compile(r"\d[\d,.]*\d|\d")
_WHO_TO_ASK = re.compile(r"hub leader|@|enclosed report|short report|science teaching", re.IGNORECASE)


@pytest.mark.parametrize(("topic", "question"), ASKED.items(), ids=ASKED)
def test_an_open_question_gets_no_invented_figure_and_a_way_on(assistant: Assistant, topic: str, question: str) -> None:
    answer = assistant.arrive().say(question)
    assert heard(answer) == topic
    text = answer[0]["text"]
    facts = [fact.said for fact in the_facts().facts.values()]
    assert set(_FIGURE.findall(text)) <= {figure for said in facts for figure in _FIGURE.findall(said)}
    assert _WHO_TO_ASK.search(text) or any(said in text for said in facts)


def test_every_open_topic_is_asked_here() -> None:
    assert ASKED.keys() == {topic for topic in responses() if topic.startswith("open/")}


def test_an_open_question_after_a_fact_does_not_repeat_the_fact_as_its_answer(person: Person) -> None:
    converse(
        person,
        [
            ("What does it cost?", "ask/cost"),
            ("Does that include VAT?", "open/vat"),
            ("And do we get our money back if we drop out?", "open/refunds"),
        ],
    )


def test_a_fact_and_an_open_question_in_one_message_are_both_answered(person: Person) -> None:
    converse(person, [("How long does it take, and where are the sessions held?", "ask/duration + open/venue")])
