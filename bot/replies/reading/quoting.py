"""What a person wrote in a reply, without what it quotes and without signature."""

from bot.replies.reading.arrived import Arrived
from bot.replies.reading.quotation import without_quotation
from bot.replies.reading.signature import without_signature
from bot.replies.sorting.words import words

_WHERE = r"(?:below|in-?line|in line|underneath|in (?:red|blue|bold|green|capitals|the text))"
_POINTS = words(
    rf"\b(?:answers?|comments?|repl(?:y|ies)|notes?|questions?|responses?|thoughts) (?:are |is )?{_WHERE}",
    rf"\b(?:see|look) (?:my .{{0,30}}\b)?{_WHERE}",
    rf"\b(?:replied|answered|commented|marked) {_WHERE}",
)


def written(arrived: Arrived) -> str:
    """The text of a reply alone, "" where nothing was written."""
    name = f"{arrived.sender_name} {arrived.sender.partition('@')[0]}"
    return without_signature(without_quotation(arrived.text), name)


def points_to_quotation(text: str) -> bool:
    """Whether what was ``written`` says that there is more in the quotation.

    Outlook marks quoted lines by nothing, so answers typed between them, perhaps in another colour, cannot be found: a person
    has to look.
    """
    return _POINTS.search(text) is not None
