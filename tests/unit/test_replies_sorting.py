"""Each filter decides by what a mail says of itself, and a person's wish is told from a question about it."""

import pytest

from bot.replies.reading.arrived import Arrived, parse
from bot.replies.sorting.automatic import nobody_reads
from bot.replies.sorting.bounces import bounce
from bot.replies.sorting.ours import Ours
from bot.replies.sorting.stop_words import stop_by_words
from bot.replies.sorting.verdict import Sorted, sort

OURS = Ours(frozenset({"letters@hub.example", "office@hub.example"}), "hub.example")
PERSON = "From: Jane Hughes <j.hughes@oakfield.example>"


def arrived(*headers: str, body: str = "How long is it?") -> Arrived:
    return parse("\r\n".join([*headers, "", body]).encode())


def test_a_person_s_mail_is_a_reply() -> None:
    assert sort(arrived(PERSON), OURS) == Sorted("reply")


@pytest.mark.parametrize(
    ("header", "kind", "detail"),
    [
        ("Auto-Submitted: auto-replied (vacation)", "automatic", "Auto-Submitted: auto-replied"),
        ("Auto-Submitted: auto-generated; owner-email=j@b.example", "automatic", "Auto-Submitted: auto-generated"),
        ("Auto-Submitted: ;", "automatic", "Auto-Submitted: ?"),
        ("Auto-Submitted: no", "reply", ""),
        ("Precedence: bulk", "automatic", "Precedence: bulk"),
        ("Precedence: junk", "automatic", "Precedence: junk"),
        ("Precedence: auto_reply", "automatic", "Precedence: auto_reply"),
        ("Precedence: first-class", "reply", ""),
        ("Precedence: list", "list", "Precedence: list"),
        ("List-Id: <heads.lists.example>", "list", "list-id"),
        ("X-Auto-Response-Suppress: OOF, AutoReply", "automatic", "X-Auto-Response-Suppress"),
        ("X-Auto-Response-Suppress: None", "reply", ""),
        ("X-Autoreply: yes", "automatic", "x-autoreply"),
        ("Return-Path: <>", "automatic", "a null return path"),
        ("X-Failed-Recipients: head@larch.example", "bounce", "X-Failed-Recipients"),
        ("X-Loop: letters@hub.example", "own", "X-Loop names us"),
        ("X-Loop: somebody@else.example", "reply", ""),
        ("Message-ID: <reply.00112233445566778899aabbccddeeff@hub.example>", "own", "our Message-ID"),
        ("Message-ID: <CAB12345@hub.example>", "reply", ""),
        ("Subject: Out of office: half term", "out_of_office", "the subject of an absence note"),
        ("Subject: Re: the out of office question", "reply", ""),
        ("Subject: UNSUBSCRIBE", "stop", "its subject"),
        ("Subject: How do we unsubscribe from the list of hubs?", "reply", ""),
    ],
)
def test_one_header_decides(header: str, kind: str, detail: str) -> None:
    sorted_ = sort(arrived(PERSON, header), OURS)
    assert (sorted_.kind, sorted_.detail) == (kind, detail)


@pytest.mark.parametrize("address", ["letters@hub.example", "LETTERS+abc@hub.example", "Office <office@hub.example>"])
def test_mail_from_one_of_our_addresses_is_ours(address: str) -> None:
    assert sort(arrived(f"From: {address}"), OURS).kind == "own"


def test_thirty_hops_are_enough() -> None:
    hop = "Received: from a.example by b.example; Wed, 4 Nov 2026 10:00:00 +0000"
    assert sort(arrived(*[hop] * 30, PERSON), OURS).kind == "reply"
    assert sort(arrived(*[hop] * 31, PERSON), OURS) == Sorted("automatic", "a mail loop: more than 30 Received headers")


def test_an_unsubscription_by_a_program_counts_although_it_is_automatic() -> None:
    assert sort(arrived(PERSON, "Subject: unsubscribe", "Auto-Submitted: auto-generated"), OURS).kind == "stop"


def test_a_system_that_writes_for_a_person_names_where_that_one_reads() -> None:
    assert sort(arrived("From: noreply@mis.example"), OURS).kind == "automatic"
    assert sort(arrived("From: noreply@mis.example", "Reply-To: office@oakfield.example"), OURS).kind == "reply"


@pytest.mark.parametrize(
    "address", ["noreply@a.example", "no-reply-office@a.example", "do_not_reply@a.example", "bounce@a.example"]
)
def test_addresses_that_nobody_reads(address: str) -> None:
    assert nobody_reads(address)


@pytest.mark.parametrize("address", ["office@a.example", "norman@a.example", "reply@a.example", "n.oreply@a.example"])
def test_addresses_that_somebody_reads(address: str) -> None:
    assert not nobody_reads(address)


WANTS_NO_MORE = """\
Please stop.
STOP
Stop please, thank you
Unsubscribe
unsubscribe me
Remove me
Please remove us from your list.
Can you take us off the mailing list?
Could you please remove my address from your records?
No more emails please
Please do not contact us again.
Don't email me again
We do not wish to receive any further letters.
Please stop emailing me
I would like to opt out.
Opt out
How do I unsubscribe?
I'd be grateful if you would remove our school from your list.
Thanks, but please take me off your list. We are closing.
Stop sending these
Please stop sending me letters.
no more letters
Please delete my details.
I don't want any more letters.
Please stop these emails
This is my second request to be taken off your mailing list.
Don't send any more of these, thank you.
"""
SAYS_SOMETHING_ELSE = """\
Don't stop!
Please don't stop writing to us.
Can we stop after a year?
What if we want to stop?
Where does the bus stop?
Do children stop being bored?
We can't stop talking about it.
If we unsubscribe, do we get our money back?
Yes please
Please stop by our school one day.
Would removing a teacher from the training be a problem?
Non-stop rain here. What does it cost?
Please stop. Actually, what does it cost?
We've been told not to remove us from the list, is that right?
Our science lead has taken us off the beaten track!
We want no more than two people on it.
Can we opt out of the mentoring?
Would you stop the training if only a few came?
Please don't send me the invoice before April.
Don't contact me on Mondays, any other day is fine.
Please stop sending paper copies and email us instead.
We seem to have been removed from your list by mistake, could you put us back?
Could you remove us from the January session and put us in the next?
"""


@pytest.mark.parametrize("text", WANTS_NO_MORE.splitlines())
def test_who_wants_no_more_mail(text: str) -> None:
    assert stop_by_words(text) == "its words"


@pytest.mark.parametrize("text", ["", *SAYS_SOMETHING_ELSE.splitlines()])
def test_who_says_something_else(text: str) -> None:
    assert stop_by_words(text) == ""


DSN = "Content-Type: multipart/report; report-type=delivery-status; boundary=x"


def reported(action: str, status: str, more: str = "") -> Arrived:
    fields = [
        "Reporting-MTA: dns; a.example",
        "",
        "Final-Recipient: rfc822; a@b.example",
        f"Action: {action}",
        f"Status: {status}",
        more,
    ]
    lines = ["--x", "", "Sorry.", "--x", "Content-Type: message/delivery-status", "", *fields, "--x--", ""]
    return arrived("From: MAILER-DAEMON@a.example", DSN, body="\r\n".join(lines))


@pytest.mark.parametrize(
    ("action", "status", "permanent", "given_up"),
    [
        ("failed", "5.1.1", True, True),
        ("failed", "5.1.10", True, True),
        ("failed", "5.0.0", True, True),
        ("failed", "5.2.1", True, True),
        ("failed", "5.4.4", True, True),
        ("failed", "5.2.2", False, True),
        ("failed", "5.3.4", False, True),
        ("failed", "5.7.1", False, True),
        ("failed", "4.4.7", False, True),
        ("delayed", "4.4.1", False, False),
        ("delayed", "5.1.1", False, False),
    ],
)
def test_only_a_wrong_address_is_given_up_for_good(action: str, status: str, permanent: bool, given_up: bool) -> None:
    mail = reported(action, status)
    found = bounce(mail)
    assert sort(mail, OURS).kind == "bounce"
    assert (found.permanent, found.given_up, found.status, found.recipient) == (
        permanent,
        given_up,
        status,
        "a@b.example",
    )


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_is_no_bounce(action: str) -> None:
    assert sort(reported(action, "2.0.0"), OURS) == Sorted("automatic", "a report")


def test_of_several_recipients_the_one_that_failed_counts() -> None:
    mail = reported(
        "delivered", "2.0.0", "\r\nFinal-Recipient: rfc822; c@d.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    assert sort(mail, OURS).kind == "bounce"
    assert bounce(mail).recipient == "c@d.example"


def test_a_person_who_writes_of_a_bounce_is_no_mail_server() -> None:
    mail = arrived(
        PERSON, "Subject: Undelivered Mail", body="Your letter could not be delivered to us. Can you send it again?"
    )
    assert sort(mail, OURS).kind == "reply"
