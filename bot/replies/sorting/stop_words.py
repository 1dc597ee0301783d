"""Recognises the wish to get no more mail."""

import re

from bot.replies.reading.arrived import Arrived
from bot.replies.sorting.words import words

_ME = (
    r"(?:me|us|my (?:name|address|e-?mail|details)|our (?:school|name|address|e-?mail|details)"
    r"|this (?:e-?mail )?(?:address|e-?mail)|the school)"
)
_MAIL = r"(?:e-?mails?|letters?|mails?|messages?|mailings?|reminders?|correspondence|spam|contact)"
_KEPT = r"\b(?:lists?|e-?mails?|mailings?|letters?|database|records?)\b"
_WISH = words(
    r"^(?:please |kindly )*(?:stop|opt out|no more)(?:,? (?:it|this|now|me|us|please|thanks|thank you|all))*[ .!]*$",
    r"\bunsubscribed?\b",
    rf"\b(?:take|remove|delete|get) {_ME} .{{0,40}}\b(?:off|from|out of) (?:the|your|this|that|these|all|any) .{{0,20}}{_KEPT}",
    rf"\b(?:to be|be) (?:taken off|removed from|deleted from) (?:the|your|this|all) .{{0,20}}{_KEPT}",
    rf"\b(?:take|get) {_ME} off(?: please)?[ .!]*$",
    rf"\b(?:remove|delete) {_ME}(?: please| now)?[ .!]*$",
    r"\bstop (?:e-?mailing|writing|contacting|mailing|messaging|bothering|pestering|spamming)\b",
    rf"\bstop sending(?: me| us| these| this| your| any| all)*(?: {_MAIL}| things| stuff)*(?: please)?[ .!]*$",
    rf"\bstop (?:these|this|the|all|your)(?: of)?(?: these| the| your)? {_MAIL}",
    rf"\bno (?:more|further) {_MAIL}",
    r"\b(?:do not|don't|never) (?:e-?mail|contact|write to|mail|bother) (?:me|us)"
    r"(?: again| any ?more| any longer| further| about this| with this| at this address| please)*[ .!]*$",
    rf"\b(?:do not|don't) send (?:me |us )?(?:any|these|this|such|more|further)(?: more| further)?"
    rf"(?: of (?:these|them|this|your))? ?{_MAIL}?(?:[ .!]*$|[,;])",
    rf"\b(?:do not|don't) (?:want|wish) (?:to (?:receive|get|hear)|any (?:more|further) {_MAIL})",
    rf"\bopt(?:ed)? (?:me |us )?out(?: of (?:these|your|this|all|further|receiving) .{{0,20}}{_MAIL})?[ .!]*$",
    r"\bnot (?:to )?be contacted\b",
)
_OTHERWISE = words(
    r"\b(?:don't|do not|never|didn't|not) (?:stop|unsubscribe|remove|take us off)\b",
    r"\b(?:if|unless|whether) (?:we|i|they|he|she|our|my|the|it|a|an|this|that|any)\b",
)
_REQUEST = words(r"\b(?:can|could|would|will|may) (?:you|we|i)\b", r"\bhow (?:do|can) (?:i|we)\b")
_SUBJECT = words(r"^\W*(?:please )?(?:unsubscribe|stop|remove(?: me| us)?|opt[- ]?out)\W*$")
_SENTENCE = re.compile(r"[^.!?\n]+(?:\n(?!\n)[^.!?\n]+)*[.!?]*")


def stop_by_subject(arrived: Arrived) -> str:
    """Why a mail with its subject is one. Mail programs send such mails to the address of List-Unsubscribe (RFC 2369, 3.2)."""
    return "its subject" if _SUBJECT.search(arrived.subject) else ""


def stop_by_words(written: str) -> str:
    """Why ``written`` wishes to get no more mail, "" where it does not, or where it asks anything else."""
    sentences = [sentence.strip() for sentence in _SENTENCE.findall(written)]
    wishes = [sentence for sentence in sentences if _wishes(sentence)]
    asks = any(sentence.endswith("?") for sentence in sentences if sentence not in wishes)
    return "its words" if wishes and not asks else ""


def _wishes(sentence: str) -> bool:
    if not _WISH.search(sentence) or _OTHERWISE.search(sentence):
        return False
    return not sentence.endswith("?") or _REQUEST.search(sentence) is not None
