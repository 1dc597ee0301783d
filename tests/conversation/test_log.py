"""The log of a whole conversation: nothing that a person typed, nothing that looks like trouble where there was none."""

from pathlib import Path

from tests.conversation.running import Assistant, Person

ODD = "zebracrossing"


def test_nothing_that_a_person_types_reaches_the_log(person: Person) -> None:
    said = [
        f"Hello, my name is {ODD}",
        f"/{ODD}",
        f"What does it cost, and who is {ODD}?",
        f"levels {ODD}@example.org",
        f'/ask{{"topic": "{ODD}"}}',
        f"my card is 4111 1111 1111 1111 {ODD}",
    ]
    for words in said:
        person.say(words)
    log = person.assistant.log.read_text()
    assert ODD not in log
    assert "4111 1111" not in log and "41111111" not in log


def test_answers_with_buttons_and_links_leave_no_error_in_the_log(assistant: Assistant) -> None:
    size = assistant.log.stat().st_size
    person = assistant.arrive()
    person.choose("What it costs")
    person.say("award paid")
    person.say("What is your email address?")
    assert not troubles(assistant.log, size)


def troubles(log: Path, after: int) -> list[str]:
    """The lines behind this place (bytes) that a reader would take for trouble."""
    lines = log.read_bytes()[after:].decode().splitlines()
    return [line for line in lines if "Traceback" in line or '"level": "error"' in line or '"level": "warning"' in line]
