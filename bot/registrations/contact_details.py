"""What a person may write as their name, role and telephone number."""

import re
from dataclasses import dataclass

from bot.typed import EmptyMessage, clean

_LETTER = r"[^\W\d_]"
# Letters of any alphabet with their marks, and what stands between the parts of a name: "Siân O'Brien-Lee (Mrs.)".
_NAME = re.compile(rf"{_LETTER}(?:{_LETTER}|[\u0300-\u036f .,'’()-]){{1,99}}")
_ROLE = re.compile(rf"{_LETTER}(?:[\w\u0300-\u036f .,'’()/&+-]){{1,99}}")
_PHONE = re.compile(r"\+?[\d(][\d ().-]{7,20}\d(?:\s*(?:x|ext\.?|extension)\s*\d{1,5})?", re.IGNORECASE)
_DIGITS = range(9, 16)  # E.164 has at most 15, with the country's; British numbers have at least 9 after the 0
_LONGEST_PHONE = 30


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """A person's details, fit to be kept; ``phone`` may be empty."""

    name: str
    role: str
    phone: str


class DetailsWrong(ValueError):
    """Some details cannot be kept; ``wrong`` says what to do about each, by field."""

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__(" ".join(wrong.values()))
        self.wrong = wrong


def read_details(name: str, role: str, phone: str) -> ContactDetails:
    """The details in one line each, without invisible characters; raises DetailsWrong."""
    details = ContactDetails(in_one_line(name), in_one_line(role), in_one_line(phone))
    wrong = {}
    if not is_name(details.name):
        wrong["name"] = "Please write your name in letters, for example Ann Lee."
    if not is_role(details.role):
        wrong["role"] = "Please write your role at the school in a few words, for example headteacher."
    if details.phone and not is_phone(details.phone):
        wrong["phone"] = "Please write the number in digits, for example 01632 960 123, or leave it empty."
    if wrong:
        raise DetailsWrong(wrong)
    return details


def is_name(text: str) -> bool:
    """Whether ``text``, in one line, can be somebody's name."""
    return bool(_NAME.fullmatch(text))


def is_role(text: str) -> bool:
    """Whether ``text``, in one line, can be a role at a school."""
    return bool(_ROLE.fullmatch(text))


def is_phone(text: str) -> bool:
    """Whether ``text``, in one line, can be a telephone number."""
    number = re.split(r"[xe]", text, maxsplit=1, flags=re.IGNORECASE)[0]
    has_digits = sum(character.isdigit() for character in number) in _DIGITS
    return len(text) <= _LONGEST_PHONE and text.isascii() and bool(_PHONE.fullmatch(text)) and has_digits


def in_one_line(text: str) -> str:
    """``text`` with single spaces and without invisible characters."""
    try:
        return " ".join(clean(text).split())
    except EmptyMessage:
        return ""
