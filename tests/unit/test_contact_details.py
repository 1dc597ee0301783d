"""What people may write about themselves, and what they are told otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.registrations.contact_details import DetailsWrong, read_details


@pytest.mark.parametrize(
    "name",
    ["Ann Lee", "Siân O'Brien-Lee", "Mrs. J. d’Arcy", "Nguyễn Thị", "Bo", "李明", "Zoe\u0308 Braun", "Ann Lee (Mrs)"],
)
def test_names_of_people(name: str) -> None:
    assert read_details(name, "head", "").name


@pytest.mark.parametrize(
    "name", ["", " ", "A", "Ann7", "=cmd()", "+Ann", "-Ann", "@Ann", "<b>Ann</b>", "a" * 101, "ann@b.example"]
)
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(DetailsWrong) as caught:
        read_details(name, "head", "")
    assert list(caught.value.wrong) == ["name"]


@pytest.mark.parametrize(
    "phone", ["", "01632 960123", "(01632) 960 123", "+44 1632 960123", "01632-960-123 ext 12", "07700 900.123"]
)
def test_telephone_numbers(phone: str) -> None:
    assert read_details("Ann Lee", "head", phone).phone == phone


@pytest.mark.parametrize(
    "phone", ["ring me", "123", "1" * 16, "01632 960123 or 01632 960456", "٠١٢٣٤٥٦٧٨٩", "=1+1", "01632 96012a"]
)
def test_what_is_no_telephone_number(phone: str) -> None:
    with pytest.raises(DetailsWrong, match="in digits"):
        read_details("Ann Lee", "head", phone)


def test_line_breaks_and_invisible_characters_are_taken_away() -> None:
    assert read_details(" Ann\r\n\u202eLee\x00 ", "head", "").name == "Ann Lee"


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(DetailsWrong) as caught:
        read_details("1", "", "x")
    assert set(caught.value.wrong) == {"name", "role", "phone"}


@given(st.text(max_size=120), st.text(max_size=120), st.text(max_size=40))
def test_whatever_is_typed_what_is_kept_is_harmless(name: str, role: str, phone: str) -> None:
    try:
        details = read_details(name, role, phone)
    except DetailsWrong as error:
        assert error.wrong
        return
    for value in (details.name, details.role, details.phone):
        assert not value.startswith(("=", "@", "-", "\t"))
        assert value.isprintable()
        assert "<" not in value
    assert len(details.name) <= 100 and len(details.role) <= 100 and len(details.phone) <= 30
    assert read_details(details.name, details.role, details.phone) == details
