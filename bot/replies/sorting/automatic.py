"""Tells whether a machine sent a mail (RFC 3834, 2): an answer to it would reach nobody, or another machine."""

from bot.replies.reading.arrived import Arrived
from bot.replies.sorting.words import words

MOST_HOPS = 30
"""Received headers after which a mail goes round in circles. RFC 5321, 6.3 asks servers to allow 100; no way to us is as long."""

_PRECEDENCE = ("bulk", "junk", "auto_reply", "auto-reply")
_ANSWERING = (
    "x-autoreply",
    "x-auto-reply",
    "x-autoreply-from",
    "x-autorespond",
    "x-autoresponder",
    "x-mail-autoreply",
    "x-vacation",
)
_ROBOTS = words(
    r"^no[-_.]?reply\b",
    r"^do[-_.]?not[-_.]?reply\b",
    r"^(?:mailer[-_.]?daemon|postmaster|bounces?)@",
    r"^auto(?:mat(?:ed|ic))?[-_.]?(?:reply|mail)?@",
)
_CHALLENGE_HEADERS = ("x-boxtrapper", "x-challenge", "x-spamarrest", "x-tmda-fingerprint")
_CHALLENGE = words(
    r"\b(?:confirm|verify|prove) (?:that )?you(?:'re| are) (?:a |not a )?(?:human|real|person|spam|robot|machine)",
    r"\bso that (?:your|this) (?:message|mail|e-?mail) (?:can|will) be delivered",
    r"\bto (?:have|get|let) your (?:message|mail|e-?mail) (?:be )?delivered",
    r"\byour (?:message|mail|e-?mail) (?:is being held|is waiting|has been held|has been quarantined|is on hold)",
)


def automatic(arrived: Arrived) -> str:
    """Why it is automatic, "" where a person may have sent it."""
    return _by_kind(arrived) or _by_headers(arrived) or _by_sender(arrived) or _challenge(arrived)


def nobody_reads(address: str) -> bool:
    """Whether an address says that no mail to it is read. What came from it may be a person's; an answer to it is lost."""
    return _ROBOTS.search(address) is not None


def _by_kind(arrived: Arrived) -> str:
    if len(arrived.headers.get("received", ())) > MOST_HOPS:
        return f"a mail loop: more than {MOST_HOPS} Received headers"
    if arrived.type == "multipart/report":
        is_receipt = "disposition-notification" in arrived.header("content-type").lower()
        return "a read receipt (RFC 8098)" if is_receipt else "a report"
    if arrived.calendar:
        return f"a calendar's {arrived.calendar.lower()}"
    return ""


def _by_headers(arrived: Arrived) -> str:
    submitted = arrived.header("auto-submitted").lower()
    if submitted and not submitted.startswith("no"):
        return f"Auto-Submitted: {_first_word(submitted)}"
    precedence = arrived.header("precedence").lower()
    if precedence in _PRECEDENCE:
        return f"Precedence: {precedence}"
    if arrived.header("x-auto-response-suppress").lower() not in ("", "none"):
        return "X-Auto-Response-Suppress"
    return next((name for name in _ANSWERING if name in arrived.headers), "")


def _by_sender(arrived: Arrived) -> str:
    if arrived.return_path == "":
        return "a null return path"
    # A school's system may write for a person, and names the address where that one reads.
    return "from an address that nobody reads" if nobody_reads(arrived.reply_to or arrived.sender) else ""


def _challenge(arrived: Arrived) -> str:
    if any(name in arrived.headers for name in _CHALLENGE_HEADERS) or _CHALLENGE.search(arrived.text[:2000]):
        return "asks us to prove that we are no machine"
    return ""


def _first_word(value: str) -> str:
    """The value itself: a comment or parameter after it may name somebody."""
    return next(iter(value.replace(";", " ").split()), "?")
