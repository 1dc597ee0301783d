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
