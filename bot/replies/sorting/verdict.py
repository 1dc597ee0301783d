"""Decides what kind of mail arrived. Each filter is a small module of its own; here is their order."""

from dataclasses import dataclass
from typing import Literal

from bot.replies.reading.arrived import Arrived
from bot.replies.reading.quoting import written
from bot.replies.sorting.absence import away_by_subject, away_by_words
from bot.replies.sorting.automatic import automatic
from bot.replies.sorting.delivery_reports import delivery_report
from bot.replies.sorting.lists import from_list
from bot.replies.sorting.ours import Ours, own
from bot.replies.sorting.stop_words import stop_by_subject, stop_by_words

Kind = Literal["own", "bounce", "automatic", "out_of_office", "list", "stop", "reply"]


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a mail is, and why: ``detail`` is a few words with nothing of the mail's text in them, "" for a reply."""

    kind: Kind
    detail: str = ""


def sort(arrived: Arrived, ours: Ours) -> Sorted:
    """The first filter that recognises a mail decides; what none recognises is a person's reply."""
    if reason := own(arrived, ours):
        return Sorted("own", reason)
    if reason := delivery_report(arrived):
        return Sorted("bounce", reason)
    # Before what is automatic: a mail program may send it by itself, and it counts all the same.
    if reason := stop_by_subject(arrived):
        return Sorted("stop", reason)
    text = written(arrived)
    if reason := automatic(arrived):
        note = away_by_subject(arrived) or away_by_words(text)
        return Sorted("out_of_office" if note else "automatic", reason)
    if reason := away_by_subject(arrived) or away_by_words(text):
        return Sorted("out_of_office", reason)
    if reason := from_list(arrived):
        return Sorted("list", reason)
    if reason := stop_by_words(text):
        return Sorted("stop", reason)
    return Sorted("reply")
