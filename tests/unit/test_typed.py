"""What a person typed is kept as words, without what cannot be seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.typed import EmptyMessage, clean


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  What does it cost?  ", "What does it cost?"),
        ("one\r\ntwo\rthree\tfour", "one\ntwo\nthree\tfour"),
        ("nul\x00 bell\x07 escape\x1b[31m", "nul bell escape[31m"),
        ("\u202ereversed\u202c \u2066isolated\u2069 \u200fmark", "reversed isolated mark"),
        ("cafe\u0301", "caf\u00e9"),
        ("half \ud83d of a face", "half  of a face"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("<b>{{ 7*7 }}</b> '; DROP TABLE message; --", "<b>{{ 7*7 }}</b> '; DROP TABLE message; --"),
        ('/restart /register{"school": "x"}', '/restart /register{"school": "x"}'),
    ],
)
def test_clean(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@pytest.mark.parametrize("typed", ["", " ", "\n\t ", "\x00\x01", "\u202e\u202c", "\u200b\ufeff", "\x85\x1f", "\ud83d"])
def test_nothing_to_read(typed: str) -> None:
    with pytest.raises(EmptyMessage):
        clean(typed)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=100))
def test_whatever_is_kept_can_be_stored_and_cleaning_again_changes_nothing(typed: str) -> None:
    try:
        kept = clean(typed)
    except EmptyMessage:
        return
    assert kept.encode()
    assert not {character for character in kept if unicodedata.category(character) == "Cc"} - {"\n", "\t"}
    assert clean(kept) == kept
