"""Which offered choice a typed text means: its label, or its place in the list ("2", "the second one", "last")."""

import re

from bot.store.message import Choice

_WORDS = [
    ("1", "one", "first", "1st"),
    ("2", "two", "second", "2nd"),
    ("3", "three", "third", "3rd"),
    ("4", "four", "fourth", "4th"),
    ("5", "five", "fifth", "5th"),
    ("6", "six", "sixth", "6th"),
]
_PLACES = {word: place for place, words in enumerate(_WORDS) for word in words} | {"last": -1}
_PLACE = re.compile(
    rf"(?:the )?(?:(?:option|choice|number|no) )?(?P<place>{'|'.join(_PLACES)})(?: (?:one|option|choice))?(?: please)?"
)


def chosen(text: str, offered: tuple[Choice, ...]) -> Choice | None:
    """The choice that ``text`` names, or None."""
    if not offered:
        return None
    said = _bare(text)
    for choice in offered:
        if said and said == _bare(choice.label):
            return choice
    match = _PLACE.fullmatch(said)
    place = _PLACES[match["place"]] if match else len(offered)
    return offered[place] if place < len(offered) else None


def _bare(text: str) -> str:
    """Lower case, words only, one space between them."""
    return " ".join(re.findall(r"\w+", text.casefold()))
