"""A message that could mean two things is asked back, and what follows is taken as the choice."""

import pytest

from tests.conversation.running import Assistant, Person
from tests.conversation.script import heard, offered, topics

VAGUE = [
    "money time effort",
    "what about the two people",
    "where do we stand",
    "how it works in practice",
    "award paid",
    "the people",
    "What would I be letting myself in for?",
    "do we need both?",
    "cost or award",
    "members paid",
]


@pytest.fixture(scope="module")
def vague(assistant: Assistant) -> str:
    """Words that the assistant asks back about with two choices; which they are may change with a training."""
    for words in VAGUE:
        answer = assistant.arrive().say(words)
        if heard(answer) == "unsure" and len(offered(answer)) == 2:
            return words
    raise AssertionError("nothing is vague enough for the assistant to ask back")


def test_two_likely_topics_are_offered_as_choices(person: Person, vague: str) -> None:
    labels = offered(person.say(vague))
    assert len(set(labels)) == 2
    assert set(labels) <= topics().by_label.keys()


@pytest.mark.parametrize("place", [0, 1])
def test_pressing_a_choice_answers_it(person: Person, vague: str, place: int) -> None:
    label = offered(person.say(vague))[place]
    assert heard(person.choose(label)) == topics().by_label[label]


@pytest.mark.parametrize("place", [0, 1])
def test_typing_the_label_of_a_choice_answers_it(person: Person, vague: str, place: int) -> None:
    label = offered(person.say(vague))[place]
    assert heard(person.say(f"  {label.upper()}. ")) == topics().by_label[label]


@pytest.mark.parametrize(
    ("typed", "place"), [("1", 0), ("the first one", 0), ("2.", 1), ("second", 1), ("last one", 1)]
)
def test_typing_the_place_of_a_choice_answers_it(person: Person, vague: str, typed: str, place: int) -> None:
    label = offered(person.say(vague))[place]
    assert heard(person.say(typed)) == topics().by_label[label]


def test_neither_gets_an_offer_to_say_it_in_other_words_or_to_ask_a_person(person: Person, vague: str) -> None:
    person.say(vague)
    assert heard(person.say("no, neither")) == "offer_declined + handover/offer"


def test_a_clear_question_after_being_asked_back_is_answered(person: Person, vague: str) -> None:
    person.say(vague)
    assert heard(person.say("How long does it take?")) == "ask/duration"


def test_a_choice_of_an_earlier_answer_is_refused_afterwards(person: Person, vague: str) -> None:
    (asked_back,) = person.say(vague)
    person.say("How long does it take?")
    refused = person.post(choice=asked_back["choices"][0]["id"])
    assert (refused.status, refused.body["type"]) == (400, "/problems/choice-not-offered")
