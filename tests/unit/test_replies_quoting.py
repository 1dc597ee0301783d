"""Of a reply, what its sender wrote is left: not what it quotes, not how it is signed, and never less."""

import pytest

from bot.replies.reading.quotation import without_quotation
from bot.replies.reading.quoting import points_to_quotation
from bot.replies.reading.signature import without_signature

WROTE = "On Tue, 3 Nov 2026 at 09:12, Ruth Calder <letters@hub.example> wrote:"
QUESTION = "How long does it take?"


@pytest.mark.parametrize(
    "quotation",
    [
        f"{WROTE}\n> Dear Jane",
        f"> {WROTE}\n>\n> Dear Jane",
        "On Tue, 3 Nov 2026 at 09:12, Ruth Calder from the hub\nfor science, which is new,\n<a@hub.example>\nwrote:\n> Dear",
        "Am 03.11.2026 um 09:12 schrieb Ruth Calder:\n> Dear",
        "Le mar. 3 nov. 2026 à 09:12, Ruth Calder <letters@hub.example> a\nécrit :\n\n> Dear",
        "Ar 3 Tach 2026, am 09:12, Ruth Calder <letters@hub.example> ysgrifennodd:\n> Dear",
        "From: Ruth Calder\nSent: 3 November 2026 09:12\nTo: Jane\nSubject: Letter\n\nDear Jane",
        "*From:* Ruth Calder\n*Sent:* 3 November 2026 09:12\n*To:* Jane\n\nDear Jane",
        "Oddi wrth: Ruth Calder <letters@hub.example>\nAnfonwyd: 3 Tachwedd 2026 09:12\nAt: Jane\nPwnc: Llythyr\n\nDear Jane",
        "Von: Ruth Calder\nGesendet: 3. November 2026\nAn: Jane\nBetreff: Brief\n\nDear Jane",
        "-----Original Message-----\nFrom: Ruth Calder\n\nDear Jane",
        "---------- Forwarded message ---------\nFrom: Ruth Calder\n\nDear Jane",
        "________________________________\nFrom: Ruth Calder\n\nDear Jane",
        "##- Please type your reply above this line -##\nDear Jane",
        "> Dear Jane",
    ],
)
def test_what_stands_below_is_a_quotation(quotation: str) -> None:
    assert without_quotation(f"{QUESTION}\n\n{quotation}") == QUESTION


def test_answers_between_and_below_quoted_lines_stay() -> None:
    text = f"{WROTE}\n> One?\n\nFirst.\n\n> Two?\n> And more.\n\nSecond.\n\n> Three?\nThird."
    assert without_quotation(text).split() == ["First.", "Second.", "Third."]


@pytest.mark.parametrize(
    "text",
    [
        "On Monday we meet, the head wrote: is that right?",
        "From: here to there is far.",
        "Subject leaders: who are they?",
        "Monday: 9:00\nTuesday: 10:00\nWednesday: 9:30\nThursday: 2026 only",
        "Contact: a@b.example\nTime: when?\nPlace: where?\nPrice: what?",
        "I have two points:\n\n1. cost: how much\n2. time: how long",
        "On the whole I agree.\nWhat they wrote:\nis it true?",
        "Would 3 > 2 teachers help?",
    ],
)
def test_what_only_looks_like_a_quotation_stays(text: str) -> None:
    assert without_quotation(text) == text


@pytest.mark.parametrize(
    "signature",
    [
        "Kind regards\nJane",
        "Best wishes,\n\nJane Hughes\nHeadteacher\nOakfield Primary\nTel. 01632 960 112",
        "Many thanks, Jane",
        "Thanks in advance\nJ",
        "Jane",
        "JH\nHead of School, Oakfield",
        "Jane Hughes | Headteacher | 01632 960 112",
        "-- \nanything at all, even this sentence which is long.",
        "Sent from my iPhone",
        "Get Outlook for Android<https://aka.ms/AAb9ysg>",
        "Office Manager\nOakfield Primary School\n01632 960 112",
        "Yours sincerely\n\nJane Hughes\n\nTogether we learn, together we grow, together we fly.",
        "This email and any attachments are confidential.",
        "Cofion / Regards\nJane",
        "==========",
    ],
)
def test_how_a_mail_is_signed_is_left_out(signature: str) -> None:
    assert without_signature(f"Dear Ruth\n\n{QUESTION}\n\n{signature}", "Jane Hughes jh") == f"Dear Ruth\n\n{QUESTION}"


@pytest.mark.parametrize(
    "text",
    [
        "Thanks\n\nHow long does it take?",
        "Thank you for the letter\nput us down",
        "Thanks\nYes please register us",
        "Thanks\nYes Please",
        "Cheers Ruth\nWhat is a hub?",
        "Best of all would be\na talk with you.",
        "Regards the money\nwho pays it?",
        "Many thanks\n\nPlease ring me on 01632 960 112 about it",
        "Hello\n\nOakfield Primary School\nLeeds",
        "Jane Hughes",
        "Jane Hughes\nHeadteacher",
        "01632 960 112",
        "jane@oakfield.example",
        "Oakfield Primary School, Leeds",
        "Yes",
        "- cost\n- dates\n- places",
        "A message may contain questions?",
    ],
)
def test_what_is_no_signature_stays(text: str) -> None:
    assert without_signature(text, "Jane Hughes") == text


def test_an_afterthought_and_a_question_below_the_signature_stay() -> None:
    assert (
        without_signature("Yes.\n\nRegards\nJane\nHead\n\nPS we pay in May", "Jane Hughes")
        == "Yes.\n\n\nPS we pay in May"
    )
    assert without_signature("Yes.\n\nRegards\nJane\n\nOh, who trains us?", "Jane Hughes").endswith(
        "Oh, who trains us?"
    )


def test_a_signature_alone_is_nothing_written_and_thanks_alone_are() -> None:
    assert without_signature("Kind regards\nJane Hughes\nHeadteacher", "Jane Hughes") == ""
    assert without_signature("Jane Hughes\nHeadteacher\n01632 960 112", "Jane Hughes") == ""
    assert without_signature("Many thanks\nJane", "Jane Hughes") == "Many thanks"


@pytest.mark.parametrize(
    "text", ["See my comments in red below.", "Answers below!", "I have replied in the text", "pls see inline"]
)
def test_who_points_to_what_is_quoted_is_noticed(text: str) -> None:
    assert points_to_quotation(text)


@pytest.mark.parametrize("text", ["What happens below year 3?", "Is there a red one?", "See you in January."])
def test_who_does_not_is_not(text: str) -> None:
    assert not points_to_quotation(text)


def test_a_very_long_paragraph_is_kept_whole() -> None:
    text = "What we want to know is this and that. " * 200
    assert without_quotation(f"{text}\n\n> Dear Jane").split() == text.split()
