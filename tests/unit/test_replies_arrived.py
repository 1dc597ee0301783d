"""Whatever arrives is read, or said to be unreadable in one line; nothing else ever comes of it."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.reply_corpus import OURS, Expected, corpus
from bot.replies.reading.arrived import LARGEST, Arrived, Unreadable, parse
from bot.replies.reading.html_text import text_of_html
from bot.replies.reading.quoting import written
from bot.replies.sorting.bounces import bounce
from bot.replies.sorting.verdict import sort

MAILS = [expected.path.read_bytes() for expected in corpus()]
BY_NAME = {expected.name: expected for expected in corpus()}
IN_TWO_FORMS = [
    it for it in corpus() if it.written is not None and it.arrived.html and it.name != "missing-closing-boundary"
]
TROUBLE = [
    b"\r\n", b"\0", b"\xff", b"=?utf-8?b?", b"?=", b"--", b"<", b">", b"(", b'"', b"@", b":", b";", b"\r\n\r\n", b"charset=utf-7",
    b"Content-Type: multipart/mixed\r\n", b"Content-Transfer-Encoding: base64\r\n", b"\xed\xa0\x80", b"=?x?q?\xfc?=",
    b"boundary=",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A mail of the corpus with parts cut out, doubled, moved, or replaced by trouble."""
    mail = draw(st.sampled_from(MAILS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(mail)))
        end = draw(st.integers(start, min(len(mail), start + 200)))
        piece = draw(
            st.sampled_from([b"", mail[start:end] * 2, mail[end : end + 50], *TROUBLE]) | st.binary(max_size=20)
        )
        mail = mail[:start] + piece + mail[end:]
    return mail


def understood(raw: bytes) -> None:
    """Everything that is done with a mail."""
    with suppress(Unreadable):
        arrived = parse(raw)
        sort(arrived, OURS)
        written(arrived)
        bounce(arrived)
        for text in (arrived.text, arrived.subject, arrived.sender_name, *arrived.attachments):
            text.encode("utf-8")  # can be kept in a database
            assert "\0" not in text


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_a_mail_changed_at_random_is_read_or_unreadable(raw: bytes) -> None:
    understood(raw)


@given(st.binary(max_size=400))
def test_bytes_at_random_are_read_or_unreadable(raw: bytes) -> None:
    understood(raw)


@given(
    st.sampled_from(["From", "To", "Subject", "Date", "Message-ID", "References", "Content-Type", "Return-Path"]),
    st.binary(max_size=80),
)
def test_any_header_may_hold_anything(name: str, value: bytes) -> None:
    understood(name.encode() + b": " + value + b"\r\n\r\nIs it late?\r\n")


def read(*headers: str, body: str = "Is it late?") -> Arrived:
    return parse("\r\n".join([*headers, "", body]).encode("utf-8", "surrogateescape"))


def test_a_mail_of_thirty_megabytes_is_not_read_but_told() -> None:
    with pytest.raises(Unreadable, match="larger than 10 MB"):
        parse(b"From: a@b.example\r\n\r\n" + b"x" * 30_000_000)


def test_a_mail_just_small_enough_is_read() -> None:
    head = b"From: a@b.example\r\n\r\n"
    assert parse(head + b"x" * (LARGEST - len(head))).sender == "a@b.example"


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"\0\0 \0"])
def test_nothing_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable, match="empty"):
        parse(raw)


def test_parts_within_parts_without_end_are_unreadable() -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(400))
    with pytest.raises(Unreadable, match="too many parts"):
        parse(nested)
    with pytest.raises(Unreadable, match="too many parts"):
        parse(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n.\r\n" * 5000)


def test_mails_within_mails_without_end_are_unreadable() -> None:
    with pytest.raises(Unreadable, match="nested too deeply"):
        parse(b"Content-Type: message/rfc822\r\n\r\n" * 3000)


def test_names_and_subjects_are_decoded() -> None:
    arrived = read("From: =?iso-8859-1?Q?Ren=E9e?= Duval <R.Duval@Vine.Example>", "Subject: =?utf-8?B?UmU6IGNhZsOp?=")
    assert (arrived.sender, arrived.sender_name, arrived.subject) == ("r.duval@vine.example", "Renée Duval", "Re: café")


def test_eight_bit_headers_are_read_as_utf_8_or_windows_1252() -> None:
    assert parse("Subject: café\r\n\r\nx".encode()).subject == "café"
    assert parse("Subject: café\r\n\r\nx".encode("cp1252")).subject == "café"


def test_an_encoded_word_that_cannot_be_decoded_stays_as_it_came() -> None:
    assert read("Subject: Re: =?utf-8?b?a?=").subject == "Re: =?utf-8?b?a?="


def test_comments_within_comments_are_no_address() -> None:
    assert read("From: " + "(" * 15_000).sender == ""


def test_a_name_with_a_comma_does_not_hide_the_address() -> None:
    assert read('From: "Gale, Linda" <l.gale@rowan.example>').sender == "l.gale@rowan.example"


def test_without_from_the_sender_header_counts() -> None:
    assert read("Sender: office@rowan.example").sender == "office@rowan.example"


def test_every_address_that_a_mail_was_sent_to_is_a_recipient() -> None:
    arrived = read(
        "To: A@x.example, b@x.example", "Cc: c@x.example", "Delivered-To: d@x.example", "X-Original-To: a@x.example"
    )
    assert arrived.recipients == ("a@x.example", "b@x.example", "c@x.example", "d@x.example")


@pytest.mark.parametrize(
    ("header", "path"), [("Return-Path: <>", ""), ("Return-Path: <A@b.example>", "a@b.example"), ("X: y", None)]
)
def test_the_null_path_is_told_from_none(header: str, path: str | None) -> None:
    assert read(header).return_path == path


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("Tue, 3 Nov 2026 09:12:33 +0100", datetime(2026, 11, 3, 8, 12, 33, tzinfo=UTC)),
        ("3 Nov 2026 09:12:33", datetime(2026, 11, 3, 9, 12, 33, tzinfo=UTC)),
        ("Tue, 32 Nov 2026 09:12:33 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)  # fmt: skip
def test_dates_are_utc_and_a_wrong_one_is_none(value: str, date: datetime | None) -> None:
    assert read(f"Date: {value}").sent_at == date


def test_ids_have_no_brackets_even_where_they_were_left_out() -> None:
    arrived = read("Message-ID: <a@b>", "In-Reply-To: c@d", "References: <e@f>\r\n <g@h>")
    assert (arrived.message_id, arrived.in_reply_to, arrived.references) == ("a@b", "c@d", ("e@f", "g@h"))


@pytest.mark.parametrize("charset", ["utf-8", "utf-7", "x-made-up", "base64", "idna", "utf-16"])
def test_control_characters_and_halves_of_characters_are_left_out(charset: str) -> None:
    text = read(f"Content-Type: text/plain; charset={charset}", body="\x01\x1bHow +2AA-long is it?").text
    text.encode("utf-8")
    assert not any(character in text for character in "\x01\x1b")


def test_parameters_that_cannot_be_read_do_not_hide_the_text() -> None:
    arrived = read("Content-Type: text/plain; charset*=a; charset*0=b; name*=c; name*0=d", body="How long is it?")
    assert arrived.text == "How long is it?"


def test_attachments_are_named_and_not_read() -> None:
    assert BY_NAME["no-text-part"].arrived.attachments == ("reply form.pdf",)
    assert BY_NAME["winmail"].arrived.attachments == ("winmail.dat",)
    assert BY_NAME["mail-inside-a-mail"].arrived.attachments == (
        "Primary Science Quality Mark: an invitation to your school.eml",
    )
    assert BY_NAME["signed-smime"].arrived.attachments == ("smime.p7s",)
    assert BY_NAME["apple-mac-text-around-a-picture"].arrived.attachments == ("IMG_2231.jpeg",)


def test_of_a_mail_whose_parts_were_not_fetched_no_attachment_is_named() -> None:
    assert parse(b"From: a@fairview.sch.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n").attachments == ()


def test_the_text_of_a_mail_inside_a_mail_is_not_the_sender_s() -> None:
    assert "Would Tansy" not in BY_NAME["mail-inside-a-mail"].arrived.text


@pytest.mark.parametrize("expected", IN_TWO_FORMS, ids=lambda expected: expected.name)
def test_the_html_of_a_mail_says_the_same_as_its_text(expected: Expected) -> None:
    arrived = expected.arrived
    in_html = replace(arrived, text=text_of_html(arrived.html))
    assert written(in_html).split() == (expected.written or "").split()


def test_what_html_hides_is_not_text() -> None:
    assert text_of_html("<style>p {color: red}</style><script>x()</script><!-- note --><p>Seen</p>") == "Seen"


def test_a_quotation_in_html_is_marked_and_an_indented_paragraph_is_not() -> None:
    text = text_of_html('New<blockquote type="cite">old<blockquote>older</blockquote></blockquote>below')
    assert [line for line in text.splitlines() if line.strip("> ")] == ["New", "> old", ">> older", "below"]
    assert text_of_html('<blockquote style="margin:0 0 0 40px;border:none">moved in</blockquote>') == "moved in"


@pytest.mark.parametrize(
    "html", ["", "   ", "<", "<!doctype html>", "<?xml version='1.0' encoding='utf-16'?><p>", "<p>" * 3000]
)
def test_html_without_text_gives_none(html: str) -> None:
    assert text_of_html(html).strip("<") == ""
