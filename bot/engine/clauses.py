"""Cuts a message into the pieces that might each ask something of their own."""

import re
from typing import Dict, List, NamedTuple, Tuple

MOST_PIECES = 6

# Where one question can end and the next begin: ends of sentences, commas, dashes, joining words. A comma or full
# stop inside a figure ("1,000", "2.5") has no space behind it and does not cut.
_CUT = re.compile(
    r"""
    [.?!;:…]+(?=\s|$) \s*
    | \(?\b\d{1,2}[.)]\s+
    | \s*\n+\s*
    | ,\s+
    | \s+[-–—/|•]+\s+
    | \s*[&+]\s*
    | (?<=\w)\s+(?=(?:how|what|when|where|who|why)\s+(?:do|does|is|are|will|can|would|should)\b)
    | (?<=\w)\s+(?=(?:how|what|when|where|who)['’]?s\b)
    | \b(?:and\s+also|and\s+then|as\s+well\s+as|and|also|plus|but|or|then)\b\s*
    """,
    re.IGNORECASE | re.VERBOSE,
)

_ASKS = re.compile(
    r"""
    ^\W*(?:(?:ok|okay|so|well|oh|hi|hello|please|thanks|sorry)\b\W*)*
    (?: (?:by|for|at|from|with|to|in|on|under)?\s*\b(?:who|whom|whose|what|whats|when|where|why|which|how)\b
      | (?:is|are|was|were|do|does|did|can|could|will|would|should|shall|may|might|must|has|have)(?:n't)?\s+\w+
      | (?:if|whether)\b )
    | \b(?:tell|give|put|know|wonder|explain|understand|send|remind|show|check|need|like|wants?)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)

_ITEM = 3  # words


Run = Tuple[int, int]
"""Neighbouring pieces of a message, by the indices of the first and the last."""


class Piece(NamedTuple):
    """A stretch of a message, from ``start`` up to ``end`` (characters)."""

    start: int
    end: int


def pieces(text: str) -> List[Piece]:
    """Returns the pieces of ``text`` in order, at most ``MOST_PIECES``: what comes later belongs to the last.

    Pieces hold at least one letter or digit; the joining words between them belong to none.
    """
    found: List[Piece] = []
    start = 0
    for cut in _CUT.finditer(text):
        _append(found, text, start, cut.start())
        start = cut.end()
    _append(found, text, start, len(text))
    if len(found) > MOST_PIECES:
        found[MOST_PIECES - 1 :] = [Piece(found[MOST_PIECES - 1].start, found[-1].end)]
    return found


def runs(text: str) -> Dict[Run, str]:
    """Every run of the pieces of ``text``, with its words."""
    parts = pieces(text)
    return {
        (first, last): text[parts[first].start : parts[last].end]
        for first in range(len(parts))
        for last in range(first, len(parts))
    }


def asks_something(clause: str) -> bool:
    """Whether ``clause`` has the form of a question or a wish."""
    return _ASKS.search(clause) is not None


def is_list_item(clause: str) -> bool:
    """Whether ``clause`` is as short as the items of "cost, dates, venue"."""
    return len(clause.split()) <= _ITEM


def _append(found: List[Piece], text: str, start: int, end: int) -> None:
    stretch = text[start:end]
    if any(character.isalnum() for character in stretch):
        start += len(stretch) - len(stretch.lstrip())
        found.append(Piece(start, start + len(stretch.strip())))
