"""Private numbers are found however they are written, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from bot.private_numbers import PrivateNumber, find

CARDS = [
    "4111 1111 1111 1111",
    "my card is 4111-1111-1111-1111, expires 12/27",
    "5500005555555559",
    "3782 822463 10005",
    "378282246310005 thanks",
    "4111 1111 1111 1111 12 27 123",
    "pay with 4111\u20111111\u20111111\u20111111",
    "\uff14\uff11\uff11\uff11 1111 1111 1111",
    "2223003122003222",
    "card4111111111111111",
]
NATIONAL_INSURANCE = [
    "AB123456C",
    "ab 12 34 56 c",
    "My NI number is QQ 12 34 56 C or JG 10 11 12 A",
    "jg101112a",
    "AB-12-34-56-C",
]
ACCOUNTS = [
    "20-00-00 55779911",
    "sort code 20-00-00, account number 55779911",
    "account 5577 9911 sort code: 20 00 00",
    "sort code 200000 account 55779911",
    "55779911 / 20-00-00",
    "GB82 WEST 1234 5698 7654 32",
    "please pay gb82west12345698765432 soon",
    "DE89 3704 0044 0532 0130 00 please",
]
HARMLESS = [
    "call us on 01234 567890",
    "0044 20 7946 0958",
    "+44 20 7946 0958 or +44 20 7946 0959",
    "01234 567890 01234 567891",
    "our URN is 123456 and our DfE number is 301 2345",
    "URN 100001, company 12345678",
    "EN5 4BE",
    "12-11-2026 and 13-11-2026",
    "on 12-11-26 we met 30 children",
    "by 12 11 26 a cheque will come",
    "the fee of £1,234.56 for 2 people and £12345678 more",
    "2007 2008 2009 2010 2011 2012",
    "4111 1111 1111 1112",
    "we have 1234567890123 reasons",
    "",
    "How much does it cost?",
]


@pytest.mark.parametrize("text", CARDS)
def test_cards(text: str) -> None:
    assert find(text) is PrivateNumber.CARD


@pytest.mark.parametrize("text", NATIONAL_INSURANCE)
def test_national_insurance_numbers(text: str) -> None:
    assert find(text) is PrivateNumber.NATIONAL_INSURANCE


@pytest.mark.parametrize("text", ACCOUNTS)
def test_bank_accounts(text: str) -> None:
    assert find(text) is PrivateNumber.BANK_ACCOUNT


@pytest.mark.parametrize("text", HARMLESS)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert find(text) is None


@given(st.from_regex(r"[3-6][0-9]{11,17}", fullmatch=True), st.sampled_from(["", " ", "-"]), st.integers(1, 6))
def test_any_card_is_found_in_any_grouping(start: str, separator: str, size: int) -> None:
    number = start + luhn.calc_check_digit(start)
    written = separator.join(number[i : i + size] for i in range(0, len(number), size))
    assert find(f"it is {written}.") is not None


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert find(text) in (None, *PrivateNumber)


@given(st.text(alphabet="0123456789- A", max_size=4000))
def test_long_rows_of_digits_do_not_take_long(text: str) -> None:
    find(text)
