"""A reply is answered once, in its thread, and what the assistant is not sure of goes to a person."""

import json
import threading
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.letters.links import Subject
from bot.replies import handling
from bot.replies.answering import replying
from bot.store.tables import QuestionRow
from bot.switch import set_off, set_on
from tests.replying import ADDRESSES, HEAD, MAILBOX, OFFICE, SUPPRESSION, Desk, a_desk, a_letter, a_mail, to_letter

COST = [
    {"text": "It costs this much.", "topics": ["ask/cost"], "source": {"title": "The letter", "checked": "2026-01-31"}}
]
UNSURE = [{"text": "Which did you mean?", "topics": ["unsure"], "choices": [{"label": "A", "payload": "/a"}]}]


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as opened:
        yield opened


async def test_a_question_is_answered_in_its_thread(desk: Desk) -> None:
    desk.engine.says = {"What does it cost?": COST}
    letter_id = await a_letter(desk.database)
    await desk.arrives(
        a_mail(
            "What does it cost?", to=to_letter(letter_id), Message_ID="<q1@fairview.example>", References="<a@b> <c@d>"
        )
    )
    (mail,) = await desk.mails("reply")
    (thread,) = await desk.threads()
    assert (mail.recipient, mail.subject) == (HEAD, "Re: A letter")
    assert mail.headers == {
        "Auto-Submitted": "auto-replied",
        "In-Reply-To": "<q1@fairview.example>",
        "References": "<a@b> <c@d> <q1@fairview.example>",
    }
    assert ADDRESSES.read(mail.reply_to) == Subject("thread", thread.id) == ADDRESSES.read(mail.bounce_to)
    assert "It costs this much." in mail.text and "Saturday 31 January 2026" in mail.text
    assert "Dear Ann Lee" in mail.text
    assert "https://psqm.example/letters/" in mail.text
    assert (thread.letter_id, thread.email) == (letter_id, HEAD)
    (row,) = await desk.inbound()
    assert (row.state, row.raw, row.letter_id, row.thread_id) == ("answered", None, letter_id, thread.id)
    assert (await desk.letter()).replied_at is not None
    assert await desk.mails("handed_over") == []


async def test_the_engine_is_told_which_letter_and_who_writes(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("What does it cost?", to=to_letter(letter_id)))
    opening, question = desk.engine.turns
    assert json.loads(opening["choice"].removeprefix("/open_letter")) == {
        "letter": letter_id,
        "sender": f"Ann Lee <{HEAD}>",
    }
    assert question["text"] == "What does it cost?"


async def test_the_same_mail_again_is_answered_once(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    mail = a_mail("What does it cost?", to=to_letter(letter_id))
    for _ in range(3):
        await desk.arrives(mail, b"Received: by another way\r\n" + mail)
    assert len(await desk.mails("reply")) == 1
    assert len(await desk.inbound()) == 1


async def test_the_next_mail_goes_on_with_the_conversation(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("What does it cost?", to=to_letter(letter_id)))
    (first,) = await desk.mails("reply")
    await desk.arrives(a_mail("And per year?", to=first.reply_to))
    await desk.arrives(a_mail("And for two?", In_Reply_To=f"<{first.message_id}@tqm.example>"))
    assert len({turn["conversation"] for turn in desk.engine.turns}) == 1
    assert len(await desk.threads()) == 1
    assert len(await desk.mails("reply")) == 3


async def test_a_letter_is_found_by_what_the_mail_answers_and_never_by_its_subject(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("What does it cost?", References=f"<x@y> <letter.{'a' * 32}@tqm.example>"))
    await desk.arrives(a_mail("And this?", Subject="Re: A letter"))
    assert [row.letter_id for row in await desk.inbound()] == [letter_id, None]


async def test_a_colleague_who_answers_in_the_thread_gets_a_conversation_of_their_own(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("What does it cost?", to=to_letter(letter_id)))
    (first,) = await desk.mails("reply")
    await desk.arrives(a_mail("I take this over.", to=first.reply_to, sender="Bo Ray <bo@fairview.sch.example>"))
    ann, bo = await desk.threads()
    assert (ann.email, bo.email) == (HEAD, "bo@fairview.sch.example")
    assert ann.conversation_id != bo.conversation_id
    assert bo.letter_id == letter_id


async def test_a_forged_address_counts_for_nothing(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    forged = (
        to_letter(letter_id).replace("+a", "+b")
        if "+a" in to_letter(letter_id)
        else to_letter(letter_id).replace("+", "+a")
    )
    await desk.arrives(a_mail("What does it cost?", to=forged))
    assert [row.letter_id for row in await desk.inbound()] == [None]
    assert (await desk.letter()).replied_at is None


async def test_what_is_not_sure_goes_to_the_leader_and_the_person_is_told(desk: Desk) -> None:
    desk.engine.says = {"Is Gift Aid possible?": UNSURE}
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("Is Gift Aid possible?", to=to_letter(letter_id)))
    (to_head,), (to_leader,) = await desk.mails("reply"), await desk.mails("handed_over")
    assert "passed it to Hal Hubbard, who leads the Testham hub" in to_head.text
    assert "Which did you mean?" not in to_head.text
    (question,) = await desk.questions()
    assert to_leader.recipient == "hal@hub.example"
    assert ADDRESSES.read(to_leader.reply_to) == Subject("question", question.id)
    assert (question.reason, question.text, question.email) == ("reply", "Is Gift Aid possible?", HEAD)
    assert (question.school_name, question.hub_name) == ("Fairview Primary School", "Testham hub")
    assert "Is Gift Aid possible?" in to_leader.text and "Fairview Primary School" in to_leader.text
    assert [(row.state, row.verdict) for row in await desk.inbound()] == [("handed_over", "unsure")]


async def test_what_is_partly_answered_is_answered_and_handed_over(desk: Desk) -> None:
    desk.engine.says = {"Cost? VAT?": [*COST, {"text": "The letter says nothing of VAT.", "topics": ["open/vat"]}]}
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("Cost? VAT?", to=to_letter(letter_id)))
    (to_head,), (to_leader,) = await desk.mails("reply"), await desk.mails("handed_over")
    for said in ("It costs this much.", "The letter says nothing of VAT."):
        assert said in to_head.text and said in to_leader.text
    assert "What this does not answer I have passed to Hal Hubbard" in to_head.text


async def test_without_a_hub_the_office_gets_it(desk: Desk) -> None:
    desk.engine.says = {"Is Gift Aid possible?": UNSURE}
    await desk.arrives(a_mail("Is Gift Aid possible?"))
    (handed,) = await desk.mails("handed_over")
    assert handed.recipient == OFFICE
    assert "passed it to the office" in (await desk.mails("reply"))[0].text


async def test_thanks_need_no_answer(desk: Desk) -> None:
    desk.engine.says = {"Thank you!": [{"text": "You're welcome.", "topics": ["chat/thanks"]}]}
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("Thank you!", to=to_letter(letter_id)))
    assert await desk.mails("reply") == await desk.mails("handed_over") == []
    assert (await desk.letter()).replied_at is not None


async def test_a_mail_without_words_is_handed_over_and_attachments_are_said_not_to_be_read(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    raw = (
        a_mail("", to=to_letter(letter_id))
        .replace(b"text/plain", b"application/pdf")
        .replace(
            b"Content-Transfer-Encoding",
            b'Content-Disposition: attachment; filename="form.pdf"\r\nContent-Transfer-Encoding',
        )
    )
    await desk.arrives(raw)
    (to_head,), (to_leader,) = await desk.mails("reply"), await desk.mails("handed_over")
    assert "I cannot open attachments" in to_head.text
    assert "form.pdf" in to_leader.text


async def test_of_a_very_long_mail_the_beginning_is_read_and_a_person_gets_all_of_it(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("What does it cost? " + "And so on. " * 600 + "The end.", to=to_letter(letter_id)))
    assert len(desk.engine.asked[-1]["text"]) <= 4000
    (to_head,), (to_leader,) = await desk.mails("reply"), await desk.mails("handed_over")
    assert "longer than I can read at once" in to_head.text
    assert "The end." in to_leader.text


async def test_a_private_number_goes_nowhere(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("Take it from my card 4111 1111 1111 1111 please", to=to_letter(letter_id)))
    (to_head,) = await desk.mails("reply")
    assert "I have not kept your message or passed it on" in to_head.text
    assert await desk.mails("handed_over") == []
    assert "4111" not in to_head.text


async def test_a_private_number_is_not_handed_over_either(desk: Desk) -> None:
    desk.most_a_day = 1
    letter_id = await a_letter(desk.database)
    await desk.arrives(*(a_mail(f"My card is 4111 1111 1111 1111, {n}", to=to_letter(letter_id)) for n in range(2)))
    (to_leader,) = await desk.mails("handed_over")
    assert "it holds a bank card number" in to_leader.text and "4111" not in to_leader.text


async def test_where_an_answer_leads_to_a_letter_no_other_is_offered_beside(desk: Desk) -> None:
    said = {"text": "It is on its way.", "topics": ["letter/sent"]}
    link = {"label": "Read the letter here", "href": "https://psqm.example/letters/another"}
    office = {"label": "office@tqm.example", "href": "mailto:office@tqm.example"}
    desk.engine.says = {"Send me the letter": [said | {"links": [link, office]}]}
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("Send me the letter", to=to_letter(letter_id)))
    (mail,) = await desk.mails("reply")
    assert mail.text.count("https://psqm.example/letters/") == 1
    assert "mailto:" not in mail.text


async def test_choices_of_the_form_become_lines_to_reply_with(desk: Desk) -> None:
    said = {"text": "Please check this:\nFairview\nAnn Lee", "topics": ["form/consent"]}
    said["choices"] = [{"label": "Yes, register us", "payload": "/choose"}, {"label": "No", "payload": "/choose"}]  # type: ignore[assignment]
    desk.engine.says = {"Yes please, put us down": [said]}
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("Yes please, put us down", to=to_letter(letter_id)))
    (mail,) = await desk.mails("reply")
    assert "Fairview\nAnn Lee" in mail.text and "Fairview<br />Ann Lee" in mail.html
    assert "- Yes, register us\n- No" in mail.text


async def test_who_has_registered_is_not_asked_to_register(desk: Desk) -> None:
    desk.engine.says = {"Yes": [{"text": "Done: Fairview has a place.", "topics": ["form/done_held"]}]}
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("Yes", to=to_letter(letter_id)))
    (mail,) = await desk.mails("reply")
    assert "Read the letter, or ask more" in mail.text
    assert "register" not in mail.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Subject": "Automatic reply: A letter", "X_Auto_Response_Suppress": "All"},
        {"List_Id": "<heads.example>"},
        {"From": MAILBOX},
        {"Return_Path": "<>"},
    ],
)
async def test_what_no_person_wrote_is_never_answered(desk: Desk, headers: dict[str, str]) -> None:
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("What does it cost?", to=to_letter(letter_id), **headers))
    assert await desk.mails("reply") == await desk.mails("handed_over") == []
    assert desk.engine.turns == []
    assert (await desk.letter()).replied_at is None


async def test_please_stop_stops_and_is_confirmed_once(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    for _ in range(3):
        await desk.arrives(a_mail("Please stop sending me these letters.", to=to_letter(letter_id)))
    (confirmation,) = await desk.mails("reply")
    assert "no more letters" in confirmation.text
    assert (await desk.letter()).stopped_at is not None
    async with desk.database.reading() as session:
        assert await SUPPRESSION.holds(session, HEAD)
    assert {(row.state, row.verdict) for row in await desk.inbound()} == {("noted", "stop")}


async def test_an_address_gets_so_many_answers_a_day_and_then_a_person_is_told_once(desk: Desk) -> None:
    desk.most_a_day = 3
    letter_id = await a_letter(desk.database)
    await desk.arrives(*(a_mail(f"What about {n}?", to=to_letter(letter_id)) for n in range(6)))
    assert len(await desk.mails("reply")) == 3
    (told,) = await desk.mails("handed_over")
    assert "What about 3?" in told.text
    assert [row.state for row in await desk.inbound()] == ["answered"] * 3 + ["ignored"] * 3


@pytest.mark.parametrize("trouble", ["engine", "switch"])
async def test_while_the_assistant_is_away_the_mail_waits_and_is_answered_later(desk: Desk, trouble: str) -> None:
    letter_id = await a_letter(desk.database)
    if trouble == "engine":
        desk.engine.status = 500
    else:
        await set_off(desk.database, "Away")
    await desk.arrives(a_mail("What does it cost?", to=to_letter(letter_id)))
    (row,) = await desk.inbound()
    assert (row.state, row.raw is not None, row.lease_until) == ("new", True, None)
    assert row.next_at > datetime.now(UTC) + timedelta(seconds=10)
    desk.engine.status = 200
    await set_on(desk.database)
    await desk.makes_due()
    await desk.worker().work_off()
    assert len(await desk.mails("reply")) == 1


async def test_after_two_days_a_person_gets_what_could_not_be_answered(desk: Desk) -> None:
    desk.engine.status = 500
    letter_id = await a_letter(desk.database)
    before = datetime.now(UTC) - timedelta(days=2, minutes=1)
    await desk.arrives(a_mail("What does it cost?", to=to_letter(letter_id)), now=before)
    (to_leader,) = await desk.mails("handed_over")
    assert "What does it cost?" in to_leader.text
    assert "passed it to Hal Hubbard" in (await desk.mails("reply"))[0].text


async def test_a_mail_that_is_too_large_is_handed_over_unread(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("", to=to_letter(letter_id)), size=30_000_000)
    (to_leader,) = await desk.mails("handed_over")
    assert "too large" in to_leader.text
    async with desk.database.reading() as session:
        question = (await session.scalars(select(QuestionRow))).one()
    assert (question.email, question.state, question.reason) == (HEAD, "open", "reply")
    assert to_leader.reply_to.startswith("letters+")  # the leader's reply is the answer to the question
    assert desk.engine.turns == []


async def test_a_mail_without_a_sender_is_handed_over(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("What does it cost?", to=to_letter(letter_id), From=""))
    (to_leader,) = await desk.mails("handed_over")
    assert "names no address" in to_leader.text
    assert await desk.mails("reply") == []


async def test_what_cannot_be_read_is_kept_for_a_person(desk: Desk) -> None:
    await desk.arrives(b"\0\0 \r\n")
    (row,) = await desk.inbound()
    assert (row.state, row.verdict, row.raw) == ("failed", "unreadable", b"\0\0 \r\n")
    (told,) = await desk.mails("handed_over")
    assert told.recipient == OFFICE and f"psqm replies show {row.id}" in told.text


async def test_where_somebody_points_to_what_they_wrote_below_a_person_gets_the_whole_mail(desk: Desk) -> None:
    below = "\n\nFrom: Hal Hubbard\nSent: 2 November 2026 09:00\nTo: Ann Lee\nSubject: A letter\n\nTwo teachers take part. Which?"
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("Hal, please see my comments in red below." + below, to=to_letter(letter_id)))
    (to_head,), (to_leader,) = await desk.mails("reply"), await desk.mails("handed_over")
    assert "passed all of your email to Hal Hubbard" in to_head.text
    assert "Two teachers take part. Which?" in to_leader.text
    assert [(row.state, row.verdict) for row in await desk.inbound()] == [("handed_over", "in_quotation")]


async def test_from_an_address_that_nobody_reads_a_person_gets_it_and_may_write_where_it_says(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    sender, office = "Fairview <noreply@fairview.sch.example>", "office@fairview.sch.example"
    await desk.arrives(a_mail("Is Mrs Lee too late?", to=to_letter(letter_id), sender=sender, Reply_To=office))
    (to_leader,) = await desk.mails("handed_over")
    assert [question.email for question in await desk.questions()] == [office]
    assert "What they were told\nNothing." in to_leader.text.replace("\n\n", "\n")
    assert await desk.mails("reply") == []
    assert desk.engine.turns == []


async def test_such_an_address_gets_no_confirmation_either(desk: Desk) -> None:
    sender = "Fairview <noreply@fairview.sch.example>"
    letter_id = await a_letter(desk.database)
    await desk.arrives(
        a_mail("Please stop.", to=to_letter(letter_id), sender=sender, Reply_To="office@fairview.sch.example")
    )
    assert await desk.mails("reply") == []
    assert (await desk.letter()).stopped_at is not None


async def test_reading_a_mail_holds_nobody_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail may be long and odd: sorting it, and finding what was written, take their time in another thread."""
    threads: dict[str, threading.Thread] = {}

    def noted[**P, R](name: str, work: Callable[P, R]) -> Callable[P, R]:
        def noting(*args: P.args, **kwargs: P.kwargs) -> R:
            threads[name] = threading.current_thread()
            return work(*args, **kwargs)

        return noting

    for module, name in ((handling, "parse"), (handling, "sort"), (replying, "written")):
        monkeypatch.setattr(module, name, noted(name, getattr(module, name)))
    await desk.arrives(a_mail("What does it cost?", to=to_letter(await a_letter(desk.database))))
    assert set(threads) == {"parse", "sort", "written"}
    assert threading.current_thread() not in threads.values()


async def test_a_school_that_declines_is_not_registered_but_a_person_hears_of_it(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("Thank you, but it is not for us this year.", to=to_letter(letter_id)))
    (to_head,), (to_leader,) = await desk.mails("reply"), await desk.mails("handed_over")
    assert "Thank you for writing. I have passed your message to Hal Hubbard" in to_head.text
    assert "not for us this year" in to_leader.text
    assert desk.engine.turns == []


async def test_yes_to_a_letter_is_the_wish_to_register(desk: Desk) -> None:
    offer = {"label": "Register our school", "payload": "/register"}
    desk.engine.says = {"/open_letter": [{"text": "Hello.", "choices": [offer]}]}
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("Yes please!", to=to_letter(letter_id)))
    await desk.arrives(a_mail("Yes please.", to=to_letter(letter_id)))
    _opening, first, later = desk.engine.turns
    assert (first["choice"], later["text"]) == ("/register", "Yes please.")


@pytest.mark.parametrize(("known", "is_sent"), [(HEAD, True), ("another@fairview.sch.example", False)])
async def test_who_asks_for_the_letter_gets_it_where_they_wrote_from(desk: Desk, known: str, is_sent: bool) -> None:
    choices = [{"label": "Yes, send it there", "payload": '/choose{"choice": "letter:yes"}'}]
    offer: dict[str, Any] = {"text": f"Shall I send it to {known}?", "topics": ["letter/to_known"], "choices": choices}
    sent = {"text": "It is on its way.", "topics": ["letter/sent"]}
    desk.engine.says = {"Please send me the letter": [offer], "/choose": [sent]}
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_mail("Please send me the letter", to=to_letter(letter_id)))
    (mail,) = await desk.mails("reply")
    assert ("It is on its way." in mail.text, "Shall I send it" in mail.text) == (is_sent, not is_sent)
