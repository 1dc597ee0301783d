"""A member of staff answers a question with a mail: to its signed address, from their address of record, and nobody else does."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from bot.hubs import add_leader
from bot.letters.links import Subject
from bot.questions.question import Question
from bot.staff.officers import add_officer
from bot.store.tables import HubRow
from tests.replying import ADDRESSES, HEAD, OFFICE, Desk, a_desk, a_letter, a_mail, to_letter

UNSURE = [{"text": "Which did you mean?", "topics": ["unsure"]}]
HAL = "Hal Hubbard <hal@hub.example>"


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as opened:
        opened.engine.says = {"Is Gift Aid possible?": UNSURE}
        yield opened


@pytest.fixture
async def question(desk: Desk) -> Question:
    """What Ann Lee asked by mail, handed over to Hal."""
    letter_id = await a_letter(desk.database)
    mail = a_mail("Is Gift Aid possible?", to=to_letter(letter_id), Message_ID="<q1@fairview.example>")
    await desk.arrives(mail)
    (question,) = await desk.questions()
    return question


def to_question(question: Question) -> str:
    return ADDRESSES.of(Subject("question", question.id))


async def now(desk: Desk) -> Question:
    (question,) = await desk.questions()
    return question


async def test_a_leader_s_reply_is_the_answer_without_quotes_and_signature_in_the_person_s_thread(
    desk: Desk, question: Question
) -> None:
    text = "Yes, it is. Ring me.\n\nKind regards\nHal Hubbard\n\nOn Tue, 24 Nov 2026 at 09:30, TQM wrote:\n> Ann Lee wrote to us"
    await desk.arrives(a_mail(text, to=to_question(question), sender=HAL))
    answered = await now(desk)
    assert (answered.state, answered.answer, answered.answered_name) == (
        "answered",
        "Yes, it is. Ring me.",
        "Hal Hubbard",
    )
    (mail,) = await desk.mails("question_answer")
    assert (mail.recipient, mail.subject, mail.from_name) == (HEAD, "Re: A letter", "Hal Hubbard")
    assert mail.headers == {"In-Reply-To": "<q1@fairview.example>", "References": "<q1@fairview.example>"}
    assert "Yes, it is. Ring me." in mail.text and "Kind regards\nHal" not in mail.text
    assert [(row.state, row.verdict) for row in await desk.inbound()][1:] == [("noted", "answer")]
    assert answered.conversation_id is not None
    said = await desk.conversations.history(answered.conversation_id)
    assert (said[-1].sender, said[-1].author, said[-1].text) == ("leader", "Hal Hubbard", "Yes, it is. Ring me.")


async def test_somebody_of_the_office_may_answer_too(desk: Desk, question: Question) -> None:
    async with desk.database.writing() as session:
        await add_officer(session, "Olive Office", "olive@tqm-office.example")
        await session.commit()
    await desk.arrives(a_mail("Yes.", to=to_question(question), sender="olive@tqm-office.example"))
    assert (await now(desk)).answered_name == "Olive Office"


@pytest.mark.parametrize("sender", [f"Hal Hubbard <{HEAD}>", "Hal Hubbard <hal@private.example>"])
async def test_from_another_address_nothing_is_answered_and_the_office_is_told(
    desk: Desk, question: Question, sender: str
) -> None:
    await desk.arrives(a_mail("Yes, card 4111 1111 1111 1111", to=to_question(question), sender=sender))
    assert (await now(desk)).state == "open"
    assert await desk.mails("question_answer") == []
    told = (await desk.mails("handed_over"))[-1]
    assert (told.recipient, told.reply_to) == (OFFICE, OFFICE)
    assert sender.partition("<")[2].strip(">") in told.text and "4111" not in told.text
    assert len(desk.engine.asked) == 1 + 1  # the greeting of the letter and the question: the assistant was not asked


async def test_a_leader_whose_hub_it_no_longer_is_answers_nothing(desk: Desk, question: Question) -> None:
    async with desk.database.writing() as session:
        new = await add_leader(session, "Ida New", "ida@hub.example")
        await session.execute(update(HubRow).values(leader_id=new))
        await session.commit()
    await desk.arrives(a_mail("Yes.", to=to_question(question), sender=HAL))
    assert (await now(desk)).state == "open"
    assert (await desk.mails("handed_over"))[-1].recipient == OFFICE


async def test_a_guessed_address_is_nobody_s(desk: Desk, question: Question) -> None:
    address = to_question(question)
    forged = address.replace("+", "+b" if address.partition("+")[2][0] != "b" else "+c", 1)
    await desk.arrives(a_mail("Is Gift Aid possible?", to=forged, sender=HAL))
    assert [each.state for each in await desk.questions()] == ["open", "open"]  # a mail like any other's


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Pay to 4111 1111 1111 1111.", "bank card number"),
        ("word " * 1000, "characters long"),
        ("", "nothing to send"),
        ("Please see my answers below in red.", "write above them"),
    ],
)
async def test_an_answer_that_cannot_be_given_comes_back_with_the_reason_and_may_be_tried_again(
    desk: Desk, question: Question, text: str, why: str
) -> None:
    await desk.arrives(a_mail(text, to=to_question(question), sender=HAL))
    assert (await now(desk)).state == "open"
    back = (await desk.mails("reply"))[-1]
    assert (back.recipient, back.reply_to) == ("hal@hub.example", to_question(question))
    assert why in back.text
    await desk.arrives(a_mail("Yes.", to=back.reply_to, sender=HAL))
    assert (await now(desk)).answer == "Yes."


async def test_who_comes_second_sees_what_was_answered(desk: Desk, question: Question) -> None:
    first, second = (a_mail(text, to=to_question(question), sender=HAL) for text in ("Yes.", "No."))
    await desk.arrives(first, first, second)
    assert len(await desk.mails("question_answer")) == 1
    back = (await desk.mails("reply"))[-1]
    assert "Hal Hubbard has answered this question already" in back.text and "\nYes." in back.text


async def test_an_out_of_office_note_answers_nothing(desk: Desk, question: Question) -> None:
    note = a_mail("I am away.", to=to_question(question), sender=HAL, Auto_Submitted="auto-replied")
    await desk.arrives(note)
    assert (await now(desk)).state == "open"


async def test_a_word_that_stops_letters_is_an_answer_here(desk: Desk, question: Question) -> None:
    await desk.arrives(a_mail("Please stop sending letters to them.", to=to_question(question), sender=HAL))
    assert (await now(desk)).answer == "Please stop sending letters to them."
