"""Examples whose clauses are marked with the topics that they ask.

In data/nlu they read ``[what does it cost]{"entity": "asks", "role": "ask/cost"}``: Rasa's own form for marking a stretch of an
example. A message of several clauses shows what is a question of its own, and its clauses are examples of their topics.
"""

import re
from typing import List, Mapping, NamedTuple, Optional, Sequence, Tuple

from bot.engine.follow_up import in_context, leans_back

ENTITY = "asks"
SEVERAL = "several"  # the intent of a message that asks several things

_MARKED = re.compile(r'\[([^\]]*)\]\{"entity": "asks", "role": "([^"]*)"\}')


class Mark(NamedTuple):
    """A stretch of a message, from ``start`` up to ``end`` (characters), and the topic that it asks."""

    start: int
    end: int
    topic: str


def clause_examples(text: str, marks: Sequence[Mark], subjects: Mapping[str, str]) -> List[Tuple[str, str]]:
    """The marked clauses of ``text`` as examples (text, topic), in their order.

    A clause that leans on the one before it is an example of a follow-up to that one's topic (see ``in_context``).
    ``subjects``: the noun phrase that stands for a topic; others cannot be followed up.
    """
    examples: List[Tuple[str, str]] = []
    before: Optional[str] = None
    for mark in sorted(marks):
        clause = text[mark.start : mark.end]
        if before is None or not leans_back(clause):
            examples.append((clause, mark.topic))
        elif before in subjects:
            examples.append((in_context(clause, subjects[before]), mark.topic))
        before = mark.topic if mark.topic in subjects else before
    return examples


def unmarked(line: str) -> Tuple[str, List[Mark]]:
    """The text of an example as data/nlu has it, and its marks. Rasa reads them by itself; this is for who does not have it."""
    text, marks, end = "", [], 0
    for found in _MARKED.finditer(line):
        text += line[end : found.start()]
        marks.append(Mark(len(text), len(text) + len(found[1]), found[2]))
        text, end = text + found[1], found.end()
    return text + line[end:], marks
