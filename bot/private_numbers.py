"""Finds numbers that nobody should type into a chat: bank cards, National Insurance, bank accounts.

Pure functions of a text. A telephone number, a URN, a postcode, a date or a sum of money is none of these.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from itertools import accumulate

from stdnum import iban, luhn


class PrivateNumber(StrEnum):
    """What was found, named as a person would."""

    CARD = "bank card number"
    NATIONAL_INSURANCE = "National Insurance number"
    BANK_ACCOUNT = "bank account number"


_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_DIGIT_RUN = re.compile(r"(?<![\d+])\d[\d -]*\d")
_NATIONAL_INSURANCE = re.compile(
    r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)(?P<prefix>[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])(?P<gap>[ -]?)"
    r"(?P<day>\d\d)[ -]?(?P<month>\d\d)[ -]?\d\d[ -]?(?P<suffix>[A-D])\b",
    re.IGNORECASE,
)
_NATIONAL_INSURANCE_NAMED = re.compile(r"\bnational insurance\b|\bnino\b|\bNI\b", re.IGNORECASE)
_NEAR = r"[^\d]{1,30}"
_SORT_CODE = r"(?<![\d-])\d\d([ -])\d\d\1\d\d(?![\d-])"
_ACCOUNT = r"(?<!\d)\d{4} ?\d{4}(?!\d)"
_SORT_CODE_AND_ACCOUNT = re.compile(
    rf"{_SORT_CODE}{_NEAR}{_ACCOUNT}|{_ACCOUNT}{_NEAR}{_SORT_CODE.replace(r'\1', r'\2')}"
)
_PLAIN_SORT_CODE_AND_ACCOUNT = re.compile(
    rf"(?<!\d)\d{{6}}{_NEAR}{_ACCOUNT}(?!\d)|{_ACCOUNT}{_NEAR}(?<!\d)\d{{6}}(?!\d)", re.IGNORECASE
)
_BANK_NAMED = re.compile(r"\bsort\b|\ba(?:cc(?:oun)?t|/c)\b", re.IGNORECASE)
_IBAN_START = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}")


def find(text: str) -> PrivateNumber | None:
    """The first kind of private number that ``text`` holds, or None."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    if _has_iban(plain) or _has_account(plain):
        return PrivateNumber.BANK_ACCOUNT
    if any(_is_card(number) for number in _card_candidates(plain)):
        return PrivateNumber.CARD
    if _has_national_insurance(plain):
        return PrivateNumber.NATIONAL_INSURANCE
    return None


def _card_candidates(text: str) -> Iterator[str]:
    """Every sequence of whole groups of digits: a card may stand before its expiry date, "4111 … 1111 12/27"."""
    for run in _DIGIT_RUN.findall(text):
        groups = re.findall(r"\d+", run)
        for start in range(len(groups)):
            yield from accumulate(groups[start : start + 19])


def _is_card(number: str) -> bool:
    # Cards begin with 3 to 6, or with 22 to 27: years ("2011 2012 …") and telephone numbers (0…) do not.
    plausible = number[0] in "3456" or "22" <= number[:2] <= "27"
    return 13 <= len(number) <= 19 and plausible and luhn.is_valid(number)


def _has_national_insurance(text: str) -> bool:
    named = bool(_NATIONAL_INSURANCE_NAMED.search(text))
    return any(named or not _reads_as_date(match) for match in _NATIONAL_INSURANCE.finditer(text))


def _reads_as_date(number: re.Match[str]) -> bool:
    """Whether it is rather words around a date: "by 12 11 26 a cheque"."""
    is_date = 1 <= int(number["day"]) <= 31 and 1 <= int(number["month"]) <= 12
    return bool(number["gap"]) and is_date and (number["prefix"] + number["suffix"]).islower()


def _has_account(text: str) -> bool:
    if _SORT_CODE_AND_ACCOUNT.search(text):
        return True
    return bool(_BANK_NAMED.search(text) and _PLAIN_SORT_CODE_AND_ACCOUNT.search(text))


def _has_iban(text: str) -> bool:
    capitals = text.upper()
    return any(_starts_with_iban(capitals[match.start() :]) for match in _IBAN_START.finditer(capitals))


def _starts_with_iban(text: str) -> bool:
    # Words may follow without a break that a pattern could see ("… 98 please"), so every whole group may be its end.
    groups = re.match(r"(?:[A-Z0-9]+[ -]?)+", text)
    written = accumulate(re.findall(r"[A-Z0-9]+", groups[0] if groups else "")[:12])
    return any(15 <= len(number) <= 34 and iban.is_valid(number) for number in written)
