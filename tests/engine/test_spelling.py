"""Misspelt words are mended; names, addresses, codes and known words are left alone."""

import pytest

from bot.engine.spelling import Speller, count_words

OWN = ["what does the mentoring cost", "is there an e-portal", "ofsted and psqm", "membership of the ase", "hub leader"]


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(count_words(OWN * 5))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wats the mentorring cosst", "what's the mentoring cost"),
        ("is thier any mentroing", "is their any mentoring"),
        ("the memebrship", "the membership"),
        ("wot is the ofstead report", "what is the ofsted report"),
        ("pls tell me abt it", "please tell me about it"),
        ("can u help", "can you help"),
        ("MENTORRING PLEASE", "mentoring PLEASE"),
        ("Mentorring?", "mentoring?"),
        ("how mutch,   is\tit", "how much,   is\tit"),
    ],
)
def test_what_was_typed_becomes_what_was_meant(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?!",
        "What does it cost?",
        "I am Siobhan Okonkwo of Llanfairpwll Primary",
        "write to mentorring@exmaple.org",
        "see www.exmaple.org/mentorring",
        "code XJ12-mentorring",
        "ase hub psqm",
        "isn't it",
        "isn’t it",
        "ok go on",
        "日本語 😀 naïve café",
    ],
)
def test_what_is_right_or_not_a_word_stays_as_it_is(speller: Speller, text: str) -> None:
    assert speller.correct(text) == text


def test_the_projects_words_win_over_other_english() -> None:
    assert Speller({}).correct("the hubb") != "the hub leaders"
    assert Speller({"ofsted": 9}).correct("by ofstd") == "by ofsted"


def test_correcting_twice_changes_nothing_more(speller: Speller) -> None:
    once = speller.correct("wat does the mentorring cosst abt")
    assert speller.correct(once) == once


def test_words_are_counted_in_lower_case_with_plain_apostrophes() -> None:
    assert count_words(["What’s it", "what's IT 5"]) == {"what's": 2, "it": 2}
