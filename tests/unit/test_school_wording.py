"""Wording: what people type and what the register writes become the same words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schools.wording import postcode, words


@pytest.mark.parametrize(
    ("typed", "registered"),
    [
        ("st marys", "St Mary's"),
        ("St. Mary’s", "Saint Mary's"),
        ("c of e", "Church of England"),
        ("C.E.", "CofE"),
        ("C. of E.", "CE"),
        ("r.c.", "Roman Catholic"),
        ("catholic", "RC"),
        ("st peter and st paul", "St Peter & St Paul"),
        ("ss peter & paul", "St. Peter and Paul"),
        ("ecole francaise jacques prevert", "École Française Jacques Prévert"),
        ("stoke on trent", "Stoke-on-Trent"),
        ("all saints", "All Saints'"),
        ("st james", "St James's"),
        ("oak cp school", "Oak Community Primary School"),
        ("oak v.a. school", "Oak Voluntary Aided School"),
        ("the grange", "Grange"),
        ("HOLY   TRINITY", "holy trinity"),
    ],
)
def test_two_ways_to_write_it_are_one(typed: str, registered: str) -> None:
    assert words(typed) == words(registered)


@pytest.mark.parametrize(
    ("one", "other"), [("Race School", "R CE School"), ("Mary", "Marylebone"), ("St Ann", "St Anselm")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert words(one) != words(other)


def test_words_that_tell_nothing_are_kept_when_there_is_nothing_else() -> None:
    assert words("The") == ["the"]


@given(st.text(max_size=100))
def test_any_text_becomes_plain_words(text: str) -> None:
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words(text))


@given(st.text(alphabet="abcdefgh sT.'&-é", max_size=40))
def test_capitals_and_spaces_do_not_matter(text: str) -> None:
    assert words(text.upper()) == words(f"  {text.lower()} ")


@pytest.mark.parametrize(
    ("written", "kept"),
    [("en5 4nj", "EN5 4NJ"), ("EN54NJ", "EN5 4NJ"), (" ec3a 5de", "EC3A 5DE"), ("", ""), ("BFPO 57", "BFPO 57")],
)
def test_a_postcode_is_written_as_the_register_does(written: str, kept: str) -> None:
    assert postcode(written) == kept
