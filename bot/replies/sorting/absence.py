"""Recognises the note that a mail program sends for somebody who is away, where its headers do not say so."""

from bot.replies.reading.arrived import Arrived
from bot.replies.sorting.words import words

_SUBJECT = words(
    r"^\W*automatic (?:e-?mail )?(?:reply|response)\b",
    r"^\W*auto[- ]?(?:reply|response|responder)\b",
    r"^\W*out of (?:the )?office\b",
    r"^\W*ooo\b",
    r"^\W*(?:i am |i'm )?away from\b",
    r"^\W*on (?:annual |maternity |sick )?leave\b",
    r"^\W*(?:vacation|holiday) (?:reply|message|notice)\b",
    r"^\W*(?:atebiad awtomatig|allan o'r swyddfa)\b",
    r"^\W*(?:automatische antwort|abwesenheit\w*|réponse automatique|absence du bureau)\b",
)
_AWAY = words(
    r"\bout of (?:the )?office\b",
    r"\baway from (?:the office|my desk|school)\b",
    r"\bi(?:'m| am) (?:currently |now )?(?:away|not in (?:school|the office))\b",
    r"\bon (?:annual|maternity|paternity|sick|study|long[- ]term) leave\b",
    r"\bis (?:now |currently )?closed (?:for|until|over|during)\b",
    r"\be-?mails? (?:is|are) not (?:being )?(?:monitored|checked|read)\b",
    r"\bmy working (?:days|hours|pattern)\b",
    r"\bmy next working day\b",
    r"\bthis (?:mailbox|inbox|account|address) is (?:not|no longer) (?:monitored|checked|in use)\b",
    r"\blimited access to (?:my )?e-?mails?\b",
    r"\bno longer (?:work|works|working|employed) (?:at|for|by|here)\b",
    r"\bhas (?:now )?left (?:the|our) school\b",
    r"\ballan o'r swyddfa\b",
    r"\bnicht im (?:büro|haus)\b",
    r"\babsente? du bureau\b",
)
_THANKS = words(r"\bthank you for (?:your (?:e-?mail|message|enquiry)|contacting|getting in touch|e-?mailing)\b")
_PROMISE = words(
    r"\bwill be (?:dealt with|responded to|answered|read|forwarded)\b",
    r"\bwe will (?:respond|reply|get back|aim to|endeavour)\b",
    r"\bi will (?:respond|reply|get back|be in touch)\b.{0,40}\b(?:as soon as|on my return|when i (?:return|am back)|shortly)\b",
    r"\b(?:aim|endeavour|try) to (?:respond|reply|answer)\b",
    r"\b(?:team|staff|office|someone|we) will be in touch\b",
    r"\bhas been (?:received|logged)\b",
    r"\byour (?:ticket|reference|request) (?:number|id)\b",
)
_READ = 800
"""Characters in which such a note says what it is."""


def away_by_subject(arrived: Arrived) -> str:
    """Why a mail is such a note, "" where its subject does not say so."""
    return "the subject of an absence note" if _SUBJECT.search(arrived.subject) else ""


def away_by_words(written: str) -> str:
    """Why ``written`` is such a note, "" where it is none: a person who is away may still ask something."""
    if "?" in written:
        return ""
    opening = written[:_READ]
    if _AWAY.search(opening):
        return "the words of an absence note"
    if _THANKS.search(opening) and _PROMISE.search(opening):
        return "the words of an acknowledgement"
    return ""
