"""Whatever a person types stays words: never a command, never markup, never lost."""

import pytest

from tests.conversation.running import Assistant, Person
from tests.conversation.script import assert_each_once, converse, heard, the_facts

COMMANDS = [
    "/restart",
    "  /restart",
    "//restart",
    "/\u00a0/restart",
    "/\u2003/restart",
    "\u00a0/restart",
    "\x00/restart",
    "\x1b/restart",
    "/\x1c/restart",
    "／restart",
    "/session_start",
    "/back",
    ' /register{"school":"x"}',
    '/choose{"choice": "confirm:yes"}',
    '/ask{"topic": "cost"}',
    "/action_session_start",
]
HOSTILE = {
    "emoji only": "😀🎉",
    "html": "<script>alert(1)</script><b>bold</b>",
    "braces": "{fee} {{fee}} {0} %s ${fee} {% fee %}",
    "sql": "'; DROP TABLE message; --",
    "path": "../../../../etc/passwd",
    "slot": '{"slot": "topic"}',
    "nonsense": "asdkjh qwoeiu zxmcnb",
    "long": "why " * 990,
    "one long word": "a" * 4000,
    "punctuation": "?!?!...,,;",
    "other letters": "これはいくらですか",
    "zero width": "\u200bhe\u200bllo",
}


def stored(person: Person) -> str:
    """The person's last line, as it is kept."""
    lines = [message["text"] for message in person.history() if message["from"] == "you"]
    return str(lines[-1])


@pytest.mark.parametrize("command", COMMANDS)
def test_a_typed_command_does_not_restart_the_conversation(person: Person, command: str) -> None:
    converse(person, [("What does it cost?", "ask/cost"), ("Which award levels are there?", "ask/award_levels")])
    before = person.history()
    answer = heard(person.say(command))
    assert "/" in stored(person) or "／" in stored(person), "the line is kept as it was typed"
    if answer.startswith("form/begin"):  # "register" is a word too, and begins the form, with nothing filled in
        assert answer == "form/begin + form/ask_school"
        assert heard(person.say("stop")) == "form/stopped"
    assert person.history()[: len(before)] == before
    converse(person, [("What is a hub?", "ask/hub"), ("how many?", "ask/hub")])


@pytest.mark.parametrize("command", ["/restart", "/\u00a0/restart", "/session_start"])
def test_a_follow_up_still_works_straight_after_a_command(assistant: Assistant, command: str) -> None:
    person = assistant.arrive()
    person.say("What is a hub?")
    answer = person.say(command)
    assert heard(answer) in {"unsure", "out_of_scope", "ask/first_session", "chat/complaint", "chat/aside"}
    if heard(answer) in {"unsure", "out_of_scope"}:  # said nothing that a follow-up could be about instead
        assert heard(person.say("how many?")) == "ask/hub"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_odd_input_gets_a_kind_answer_and_harms_nothing(person: Person, text: str) -> None:
    answer = person.say(text)
    assert "'" not in heard(answer), f"not one of our responses: {heard(answer)}"
    assert stored(person) == text.strip()
    assert_each_once(person.history())
    converse(person, [("How long does the scheme take?", "ask/duration")])


def test_braces_of_a_person_are_never_filled_in(person: Person) -> None:
    person.say("{website} {scheme_name} {email}")
    assert stored(person) == "{website} {scheme_name} {email}"
    assert the_facts().scheme_email not in stored(person)


@pytest.mark.parametrize("text", ["", "   ", "\t\n", "\x00", "\u202e\u202c", "\u200b", "\u00a0"])
def test_nothing_but_blanks_and_invisible_marks_is_refused_by_name(person: Person, text: str) -> None:
    before = person.history()
    refused = person.post(text=text)
    assert (refused.status, refused.body["type"]) == (400, "/problems/empty-message")
    assert person.history() == before


def test_five_thousand_characters_are_refused_with_the_limit(person: Person) -> None:
    refused = person.post(text="a" * 5000)
    assert refused.status == 413
    assert "4,000" in refused.body["detail"]


@pytest.mark.parametrize(
    "typed",
    [
        "what\x00 does\x07 it cost?",
        "\u202ewhat does it cost?\u202c",
        "\u200fwhat does it cost?",
        "\x1b[31mwhat does it cost?",
    ],
)
def test_control_characters_and_direction_marks_do_not_hide_a_question(person: Person, typed: str) -> None:
    assert heard(person.say(typed)) == "ask/cost"
    assert not set(stored(person)) & set("\x00\x07\x1b\u202e\u202c\u200f")


def test_the_same_message_id_twice_is_one_message_with_one_answer(person: Person) -> None:
    first = person.post(text="What does it cost?", id="a-1").messages
    again = person.post(text="What does it cost?", id="a-1").messages
    assert first == again
    assert_each_once(person.history())
    assert [message["text"] for message in person.history() if message["from"] == "you"] == ["What does it cost?"]


def test_a_private_number_reaches_neither_the_history_nor_the_engine(person: Person) -> None:
    (answer,) = person.say("my card is 4111 1111 1111 1111")
    assert "card" in answer["text"]
    assert "4111" not in str(person.history())
