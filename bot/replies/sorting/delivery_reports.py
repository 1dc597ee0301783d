"""Tells whether a mail reports that another one was not delivered."""

from bot.replies.reading.arrived import Arrived
from bot.replies.sorting.words import words

_SERVERS = words(
    r"^mailer[-_.]?daemon\b",
    r"^postmaster@",
    r"^mail[-_.]?delivery",
    r"^bounces?@",
    r"^microsoftexchange",
)
_SUBJECT = words(
    r"\bundeliver",
    r"\bdelivery (?:status|failure|has failed|incomplete|delayed|problem|notification)",
    r"\bfailure notice\b",
    r"\breturned mail\b",
    r"\bmail delivery (?:failed|system)\b",
    r"\bnon-? ?delivery\b",
    r"\bnot (?:be )?delivered\b",
    r"\bdelayed mail\b",
    r"\bwarning: (?:message|could)\b",
    r"\b(?:unzustellbar|nicht zugestellt|non remis|échec de la remise)\b",
)
_TEXT = words(
    r"\bthis is the qmail-send program\b",
    r"\bcreated automatically by mail delivery software\b",
    r"\bthis is the mail system at host\b",
    r"\bdid not reach (?:some or all of )?the (?:intended|following) recipient",
    r"\b(?:could not|couldn't|was not|wasn't|was not able to) be(?:en)? delivered\b",
    r"\bwasn't delivered\b",
    r"\bdelivery to the following\b",
    r"\bdelivery has failed\b",
    r"\bhad permanent fatal errors\b",
    r"\bwasn't able to deliver your message\b",
    r"\bunable to deliver\b",
)
_WELL = ("delivered", "relayed", "expanded")


def delivery_report(arrived: Arrived) -> str:
    """Why it is one, "" where it is none. A report of success is none: ``automatic`` recognises that."""
    actions = [group["action"].lower() for group in arrived.report if "action" in group]
    if arrived.report or "delivery-status" in arrived.header("content-type").lower():
        well = bool(actions) and all(action.startswith(_WELL) for action in actions)
        return "" if well else "a delivery report (RFC 3464)"
    if "x-failed-recipients" in arrived.headers:
        return "X-Failed-Recipients"
    from_server = _SERVERS.search(arrived.sender) is not None
    says_so = _TEXT.search(arrived.text[:2000]) or (from_server and _SUBJECT.search(arrived.subject))
    return "the words of a mail server" if says_so and (from_server or arrived.return_path == "") else ""
