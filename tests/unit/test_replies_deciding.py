"""What becomes of a reply, by the topics of what the assistant says to it."""

import pytest

from bot.replies.answering.deciding import decide
from bot.store.message import Message


def said(*topics: str) -> list[Message]:
    return [Message(n, "assistant", topic, topics=(topic,)) for n, topic in enumerate(topics)]


@pytest.mark.parametrize(
    ("topics", "answered", "hand_over"),
    [
        (("ask/cost",), ["ask/cost"], ""),
        (("ask/cost", "ask/hub"), ["ask/cost", "ask/hub"], ""),
        (("unsure",), [], "unsure"),
        (("out_of_scope",), [], "unsure"),
        (("ask/cost", "unsure"), ["ask/cost"], "unsure"),
        (("open/vat",), ["open/vat"], "left_open"),
        (("ask/cost", "open/vat"), ["ask/cost", "open/vat"], "left_open"),
        (("person",), [], "asked_for_person"),
        (("chat/complaint",), [], "complaint"),
        (("chat/aside",), [], "told_something"),
        (("chat/aside", "ask/cost"), ["ask/cost"], ""),
        (("chat/thanks",), [], ""),
        (("chat/thanks", "ask/cost"), ["ask/cost"], ""),
        (("form/begin", "form/summary", "form/consent"), ["form/begin", "form/summary", "form/consent"], ""),
        (("form/again_change",), ["form/again_change"], "stuck"),
        (("form/done_held",), ["form/done_held"], ""),
    ],
)
def test_what_is_answered_and_what_is_handed_over(topics: tuple[str, ...], answered: list[str], hand_over: str) -> None:
    decision = decide(said(*topics))
    assert [message.text for message in decision.answers] == answered
    assert decision.hand_over == hand_over


def test_thanks_alone_need_no_mail() -> None:
    assert decide(said("chat/thanks", "chat/goodbye")).is_silent
    assert not decide(said("chat/thanks", "ask/cost")).is_silent
    assert not decide(said("unsure")).is_silent


def test_words_without_a_topic_are_an_answer() -> None:
    refused = [Message(1, "assistant", "That looks like a bank card number.")]
    assert decide(refused).answers == tuple(refused)
    assert decide(refused).hand_over == ""


def test_of_what_was_cut_a_person_gets_all() -> None:
    assert decide(said("ask/cost"), was_cut=True).hand_over == "too_long"


def test_what_points_below_is_answered_and_a_person_looks() -> None:
    decision = decide(said("ask/cost"), points_below=True)
    assert (len(decision.answers), decision.hand_over) == (1, "in_quotation")


@pytest.mark.parametrize(
    ("words", "topics", "answered", "hand_over"),
    [
        ("What does it cost and what does it cover?", ("ask/cost",), 1, "partly"),
        ("What does it cost and what does it cover?", ("ask/cost", "ask/support"), 2, ""),
        ("What does it cost?", ("ask/cost",), 1, ""),
        ("Could we start in September instead?", ("ask/first_session",), 1, "otherwise"),
        ("Could we start in September instead?", ("form/first_session",), 1, "otherwise"),
        ("Could we join?", ("form/begin", "form/consent"), 2, ""),
        ("What do you keep about me?", ("chat/privacy",), 1, "own_data"),
        ("Who runs your data?", ("ask/launch",), 1, "own_data"),
        ("I find this very poor.", ("ask/launch",), 0, "complaint"),
        ("I find this very poor. What does it cost?", ("ask/cost",), 1, "complaint"),
        ("Thank you. I shall tell the governors about it.", ("chat/thanks",), 0, "told_something"),
        ("Thank you!", ("chat/thanks",), 0, ""),
        ("Hello, Grebe Primary School", ("chat/greeting",), 0, "told_something"),
    ],
)
def test_a_person_looks_at_what_the_words_ask_beyond_the_topics(
    words: str, topics: tuple[str, ...], answered: int, hand_over: str
) -> None:
    decision = decide(said(*topics), words)
    assert (len(decision.answers), decision.hand_over) == (answered, hand_over)


def test_what_was_refused_for_a_private_number_goes_to_nobody() -> None:
    refused = [Message(1, "assistant", "That looks like a bank card number.")]
    assert decide(refused, "Can you take it from my card?").hand_over == ""
