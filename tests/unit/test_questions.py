"""Questions that a person answers: asked once, answered once, seen by nobody else. On both databases."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.desk import questions
from bot.desk.questions import AnswerRefused
from bot.outbox.leasing import take
from bot.outbox.retry import Withheld
from bot.questions.question import Question
from bot.questions.unseen import UnseenAnswers
from bot.staff import audit
from bot.staff.member import Doing, NotAllowed
from bot.store.database import Database
from bot.store.holding import see
from bot.store.tables import HubRow, OutboxRow
from tests.questioning import ANN, CONVERSATION, NOW, OFFICE, House, a_house


@pytest.fixture
async def house(database: Database) -> House:
    return await a_house(database)


async def test_a_question_goes_to_the_hub_s_leader_with_what_the_person_shares(house: House) -> None:
    await house.talk("We are a small school.", "Is Gift Aid possible?")
    question = await house.ask(conversation_id=CONVERSATION, shares=(3, 4))
    [mail] = await house.mails("question_asked")
    assert (mail.recipient, mail.reply_to) == ("hal@hub.example", ANN)
    for said in ("Ann Lee", "Fairview", "Is Gift Aid possible?", f"https://psqm.example/desk/questions/{question.id}"):
        assert said in mail.text
    assert "We are a small school." not in mail.text
    async with house.database.reading() as session:
        shared = await questions.shared(session, house.hal, question.id)
        [entry] = await audit.of_subject(session, ("question", question.id))
    assert [message.text for message in shared] == ["Is Gift Aid possible?", "Hm."]
    assert (entry.action, entry.door, entry.hub_id) == ("asked", "service", house.hub_id)


@pytest.mark.parametrize("is_example", [True, False])
async def test_without_a_hub_or_with_an_example_one_the_office_hears(house: House, is_example: bool) -> None:
    async with house.database.writing() as session:
        await session.execute(update(HubRow).values(is_example=is_example))
        await session.commit()
    await house.ask(hub_id=house.hub_id if is_example else None)
    assert [mail.recipient for mail in await house.mails("question_asked")] == [OFFICE]


async def test_the_same_question_at_once_is_asked_once_and_what_is_known_later_is_added(house: House) -> None:
    await house.talk("Is Gift Aid possible?")
    first, second = await asyncio.gather(*(house.ask(conversation_id=CONVERSATION, email=email) for email in ("", "")))
    third = await house.ask(conversation_id=CONVERSATION, shares=(2, 3))
    assert first.id == second.id == third.id
    assert (third.email, third.shares) == (ANN, (2, 3))
    assert len(await house.mails("question_asked")) == 1
    await house.answer(first)
    assert (await house.ask(conversation_id=CONVERSATION)).id != first.id


async def test_a_private_number_is_not_passed_on(house: House) -> None:
    question = await house.ask("Take it from card 4111 1111 1111 1111")
    [mail] = await house.mails("question_asked")
    assert question.text == "(Left out, as it holds a bank card number.)"
    assert "4111" not in mail.text + mail.html


async def test_an_answer_is_said_where_they_asked_and_mailed_a_minute_later(house: House) -> None:
    await house.talk("Is Gift Aid possible?")
    question = await house.ask(conversation_id=CONVERSATION)
    done = await house.answer(question, "  It is.\r\nAsk us how.  ")
    assert (done.is_new, done.result.state, done.result.answered_name) == (True, "answered", "Hal Hubbard")
    assert (await house.said())[-1] == ("Hal Hubbard", "It is.\nAsk us how.")
    [mail] = await house.mails("question_answer")
    assert (mail.recipient, mail.from_name, mail.reply_to) == (ANN, "Hal Hubbard", "hal@hub.example")
    assert mail.next_at == NOW + timedelta(seconds=60)
    assert "It is.\nAsk us how." in mail.text and "Is Gift Aid possible?" in mail.text


async def test_of_two_answers_at_once_one_is_given_and_the_other_sees_it(house: House) -> None:
    await house.talk("Is Gift Aid possible?")
    question = await house.ask(conversation_id=CONVERSATION)
    done = await asyncio.gather(
        house.answer(question, "Yes."), house.answer(question, "No.", by=house.office, door="slack")
    )
    first, second = sorted(done, key=lambda each: not each.is_new)
    assert (first.is_new, second.is_new) == (True, False)
    assert second.result.answer == first.result.answer
    assert second.by is not None
    assert second.by.name == first.result.answered_name
    said = await house.said()
    assert [text for who, text in said if who in ("Hal Hubbard", "Olive Office")] == [first.result.answer]
    assert len(await house.mails("question_answer")) == 1


async def test_who_left_no_address_gets_no_mail_and_who_left_no_conversation_gets_it_at_once(house: House) -> None:
    await house.talk("Is Gift Aid possible?")
    await house.answer(await house.ask(conversation_id=CONVERSATION, email=""))
    assert await house.mails("question_answer") == []
    await house.answer(await house.ask())
    [mail] = await house.mails("question_answer")
    assert mail.next_at == NOW


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" \u200b\n", "nothing to send"),
        ("x" * 40_000, "40,000 characters long: please keep it to 4,000"),
        ("Pay to 4111 1111 1111 1111.", "bank card number"),
    ],
)
async def test_an_answer_that_cannot_be_given_says_why_and_changes_nothing(house: House, text: str, why: str) -> None:
    question = await house.ask()
    with pytest.raises(AnswerRefused, match=why):
        await house.answer(question, text)
    assert (await house.question(question)).state == "open"


type Acts = Callable[[House, Question], Awaitable[Any]]


async def _close(house: House, question: Question) -> None:
    async with house.database.writing() as session:
        await questions.close(session, Doing(house.oda, "desk"), question.id, NOW, house.notices)


async def _pass_on(house: House, question: Question) -> None:
    async with house.database.writing() as session:
        await questions.reassign(session, Doing(house.oda, "desk"), question.id, house.other_hub_id, NOW, house.notices)


async def _look(house: House, question: Question) -> None:
    async with house.database.reading() as session:
        await questions.question(session, house.oda, question.id)


async def _read_shared(house: House, question: Question) -> None:
    async with house.database.reading() as session:
        await questions.shared(session, house.oda, question.id)


async def _list(house: House, _question: Question) -> None:
    async with house.database.reading() as session:
        assert await questions.listed(session, house.oda) == []
        await questions.listed(session, house.oda, hub_id=house.hub_id)


@pytest.mark.parametrize(
    "acts", [_close, _pass_on, _look, _read_shared, _list, lambda house, question: house.answer(question, by=house.oda)]
)
async def test_another_hub_s_leader_is_told_nothing(house: House, acts: Acts) -> None:
    question = await house.ask()
    with pytest.raises(NotAllowed):
        await acts(house, question)
    assert (await house.question(question)) == question


async def test_a_question_that_is_not_there_is_as_strange_as_another_s(house: House) -> None:
    async with house.database.writing() as session:
        with pytest.raises(NotAllowed):
            await questions.answer(session, Doing(house.office, "desk"), "no-such-id", "Yes.", NOW, house.notices)


async def test_a_closed_question_is_closed_once_and_nobody_is_written_to(house: House) -> None:
    question = await house.ask()
    async with house.database.writing() as session:
        closed = await questions.close(session, Doing(house.hal, "teams"), question.id, NOW, house.notices)
        again = await questions.close(session, Doing(house.office, "desk"), question.id, NOW, house.notices)
        await session.commit()
    assert (closed.is_new, again.is_new, closed.result.state) == (True, False, "closed")
    assert again.by is not None
    assert (again.by.name, again.by.door) == ("Hal Hubbard", "teams")
    assert await house.mails("question_answer") == []


async def test_a_question_that_is_passed_on_is_the_other_hub_s_with_as_long_for_it(house: House) -> None:
    question = await house.ask()
    later = NOW + timedelta(days=1)
    async with house.database.writing() as session:
        doing = Doing(house.hal, "desk")
        passed = await questions.reassign(session, doing, question.id, house.other_hub_id, later, house.notices)
        twice = await questions.reassign(session, doing, question.id, house.other_hub_id, later, house.notices)
        await session.commit()
    assert (passed.is_new, passed.result.hub_name) == (True, "Otherham hub")
    assert passed.result.due_at - later == question.due_at - NOW
    assert (twice.is_new, twice.by and twice.by.detail) == (False, "Passed to Otherham hub.")
    assert [mail.recipient for mail in await house.mails("question_asked")] == ["hal@hub.example", "oda@hub.example"]
    with pytest.raises(NotAllowed):
        await house.answer(question)
    assert (await house.answer(question, by=house.oda)).is_new


async def test_open_questions_come_first_and_the_office_sees_all(house: House) -> None:
    answered, late = await house.ask("One?"), await house.ask("Two?", hub_id=None)
    await house.ask("Three?", now=NOW + timedelta(days=1), hub_id=house.other_hub_id)
    await house.answer(answered)
    async with house.database.reading() as session:
        everything = await questions.listed(session, house.office)
        still_open = await questions.listed(session, house.office, state="open")
        theirs = await questions.listed(session, house.hal)
        page = await questions.listed(session, house.office, limit=1, offset=2)
    assert [each.text for each in everything] == ["Three?", "Two?", "One?"]
    assert [each.text for each in still_open] == ["Two?", "Three?"]
    assert [each.text for each in theirs] == ["One?"]
    assert page == everything[2:]
    assert late.hub_name == ""


async def test_the_mail_with_an_answer_knows_whether_it_was_seen(house: House) -> None:
    await house.talk("Is Gift Aid possible?")
    await house.answer(await house.ask(conversation_id=CONVERSATION))
    async with house.database.writing() as session:
        await session.execute(update(OutboxRow).where(OutboxRow.kind != "question_answer").values(state="sent"))
        mail = await take(session, "worker", NOW + timedelta(minutes=2), NOW + timedelta(minutes=4))
        assert mail is not None
        unseen = await UnseenAnswers().read(session, mail)
        await see(session, CONVERSATION, 4)
        seen = await UnseenAnswers().read(session, mail)
    assert (await unseen()).text == mail.text
    with pytest.raises(Withheld):
        await seen()
