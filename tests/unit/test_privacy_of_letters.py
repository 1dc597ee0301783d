"""What is kept of letters, and of the mails that come in answer, is given out, erased, and goes when its time is over."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.desk import questions
from bot.housekeeping import Erased, apply_retention
from bot.hubs import add_leader
from bot.letters import reading
from bot.letters.composing.hub_letter import set_sender_address
from bot.letters.mailing.status import Came, standings
from bot.letters.problems import LetterUnknown
from bot.notices import NoticeScheme
from bot.outbox.mail import Mail
from bot.outbox.queue import enqueue
from bot.privacy import StillNeeded, object_to_letters
from bot.questions.asking import ask
from bot.questions.hours import OfficeHours
from bot.questions.mailed import MailedQuestions
from bot.questions.notices import SilentQuestionNotices
from bot.questions.question import Handover, Question
from bot.registrations.changing import confirm
from bot.settings import Settings
from bot.staff.finding import member_by_email
from bot.staff.member import Doing
from bot.store.database import Database
from bot.store.tables import (
    HubRow,
    InboundRow,
    LeaderRow,
    LetterRow,
    MailingRow,
    MailThreadRow,
    MessageRow,
    OutboxRow,
    QuestionRow,
    Table,
)
from tests.an_area import change_letter, make_mailing, send_letter
from tests.house import ANNS_CONVERSATION, ANOTHER, LATER, NOTICES, House
from tests.mailings import LINKS, POST, SUPPRESSION
from tests.put_down import ANN, NOW, make_hub, put_down

DAY = timedelta(days=1)
QUESTIONS = MailedQuestions(
    NoticeScheme("Test Quality Mark", "TQM", "o@tqm.example", "tqm.example"), "o@tqm.example", ""
)
COLLEAGUE = "deputy@fairview.example"
HAL = "hal@hub.example"
THREAD, COLLEAGUES_THREAD = "thread-of-ann", "thread-of-colleague"
FROM_ANN = b"From: Ann Lee <ann.lee@fairview.example>\r\n\r\nWhat does it cost?\r\n"


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    database = Database(database_url)
    yield House(database, tmp_path)
    await database.close()


@pytest.fixture
async def cohort(house: House) -> str:
    return await make_hub(house.database)


@pytest.fixture
async def mailing(house: House, cohort: str) -> str:
    return await make_mailing(house.database, cohort)


@pytest.fixture
async def letter(house: House, cohort: str, mailing: str) -> str:
    """Ann's letter, of which something came."""
    moments = dict.fromkeys(("visited_at", "replied_at", "stopped_at"), LATER)
    school = {"school_name": "Fairview Primary School", "school_address": "9 Fair Lane", "urn": 100123}
    return await send_letter(house.database, cohort, mailing, ANN.email, name="Mrs A Lee", **school, **moments)


async def rows(house: House, table: type[Table]) -> list[Any]:
    async with house.database.reading() as session:
        return list(await session.scalars(select(table)))


async def came(house: House) -> Came:
    async with house.database.reading() as session:
        return next(standing.came for standing in await standings(session) if standing.mailing_id)


async def mail_thread(house: House, thread: str, letter: str | None, email: str, conversation: str) -> None:
    row = {"id": thread, "letter_id": letter, "email": email, "conversation_id": conversation, "created_at": NOW}
    async with house.database.writing() as session:
        await session.execute(insert(MailThreadRow).values(row))
        await session.commit()


async def arrives(house: House, sender: str, at: datetime = NOW, **more: Any) -> None:
    mail = {
        "key": f"{sender} {at} {more.get('state')}", "raw": FROM_ANN, "size": len(FROM_ANN), "sender": sender,
        "state": "answered", "verdict": "reply", "attempts": 1, "next_at": at, "error": "", "received_at": at,
    }  # fmt: skip
    async with house.database.writing() as session:
        await session.execute(insert(InboundRow).values(mail | more))
        await session.commit()


async def hands_over(house: House, at: datetime = NOW, **more: Any) -> Question:
    handover = Handover(
        **{"reason": "missed", "text": "Is Gift Aid possible?", "hub_id": None, "shares": (1, 2)} | more
    )
    async with house.database.writing() as session:
        hours = OfficeHours.parse("09:00-17:00")
        asked = await ask(session, handover, at, QUESTIONS, hours=hours, answer_days=2)
        await session.commit()
    return asked


async def write_files(house: House) -> None:
    """The files in which mails are while no mail server is set."""
    house.mail_folder.mkdir()
    for mail in await rows(house, OutboxRow):
        name = f"{mail.created_at:%Y%m%dT%H%M%SZ}-{mail.kind}-{mail.id}.eml"
        (house.mail_folder / name).write_text(f"To: {mail.recipient}\n\nDear {mail.recipient_name}")


IMPERSONAL = {"switch", "school", "hub", "cohort", "mailing", "own_topic"}
"""What says nothing about a person."""
HASHED = {"suppression"}
"""What stays of an erased person, and cannot be read back."""
OF_STAFF = {
    "leader",
    "hub_letter",
    "officer",
    "sign_in",
    "desk_session",
    "audit",
    "chat_account",
    "chat_event",
    "chat_post",
}
GOES_WITH_ITS_MESSAGE = {"review"}
"""What staff made of a message, without what tells of anybody; the database lets it go with the message (test_learning.py)."""
GIVEN_OUT = {
    "person": ANN.phone,
    "contact": '"is_first_contact": true',
    "consent": "you may keep my details",
    "registration": "Fairview Primary School",
    "registration_event": "Rang Ann Lee",
    "conversation": ANNS_CONVERSATION,
    "message": "hello, this is Ann Lee",
    "letter": "9 Fair Lane",
    "mail_thread": ANOTHER,
    "inbound": "What does it cost?",
    "outbox": "A note about Ann Lee",
    "question": "Is Gift Aid possible?",
}
"""The tables that hold something about a person, each with what of it a person gets to see."""


async def test_every_table_is_given_out_and_erased(house: House, cohort: str, letter: str) -> None:
    """A new table fails here until somebody has said whether it holds something about people, and if so, reaches it."""
    assert set(Table.metadata.tables) == IMPERSONAL | HASHED | OF_STAFF | GOES_WITH_ITS_MESSAGE | set(GIVEN_OUT)
    await house.converse(ANNS_CONVERSATION, "hello, this is Ann Lee")
    await house.converse(ANOTHER, "What does it cost, by mail?")
    await mail_thread(house, THREAD, letter, ANN.email, ANOTHER)
    await arrives(house, ANN.email, state="failed", thread_id=THREAD, letter_id=letter)
    registration = await house.put_down(cohort, conversation_id=ANNS_CONVERSATION)
    await hands_over(house, conversation_id=ANNS_CONVERSATION, name=ANN.name)
    note = Mail("k", "note", HAL, "", HAL, "A note about Ann Lee", f"She is {ANN.email}", "x", (), registration.id)
    async with house.database.writing() as session:
        await confirm(session, registration.id, "leader", "Rang Ann Lee: she comes.", LATER, NOTICES)
        await enqueue(session, note, NOW)
        await session.commit()
    person = registration.contacts[0].person_id
    traces = [
        ANN.email,
        ANN.name,
        "Mrs A Lee",
        ANN.phone,
        person,
        ANNS_CONVERSATION,
        ANOTHER,
        THREAD,
        letter,
        "ann.lee",
    ]

    before = await traced(house, traces)
    given = json.dumps(await house.export(ANN.email))
    erased = await house.erase(ANN.email)

    assert {name for name in GIVEN_OUT if not before[name]} == set()
    assert {name for name, shown in GIVEN_OUT.items() if shown not in given} == set()
    assert erased is not None
    assert {name for name, found in (await traced(house, traces)).items() if found} == set()


async def traced(house: House, traces: list[str]) -> dict[str, list[str]]:
    """For each table its rows that hold one of ``traces``."""
    async with house.database.reading() as session:
        tables = {
            name: [str(row) for row in await session.execute(select(table))]
            for name, table in Table.metadata.tables.items()
        }
    return {name: [row for row in rows if any(trace in row for trace in traces)] for name, rows in tables.items()}


async def test_a_letter_is_given_out_as_which_it_was_when_and_to_whom(house: House, letter: str) -> None:
    found = await house.export(ANN.email)
    assert found is not None
    [shown] = found["letters"]
    assert shown["to"] == ANN.email
    assert shown["name"] == "Mrs A Lee"
    assert shown["hub"] == "Testham hub"
    assert shown["visited_at"] == LATER.isoformat()
    assert shown["bounced_at"] is None
    [mail] = found["mails"]
    assert (mail["letter"], mail["to"], mail["sent_at"], mail["text"]) == (letter, ANN.email, NOW.isoformat(), "")
    assert found["no_letters_any_more"] is None


async def test_an_erased_person_is_in_no_letter_and_what_came_of_the_mailing_is_counted_as_before(
    house: House, cohort: str, mailing: str, letter: str
) -> None:
    await send_letter(house.database, cohort, mailing, "una@ash.example")
    await write_files(house)
    token = LINKS.token(letter, NOW.date())
    before = await came(house)
    assert token in await house.kept()

    erased = await house.erase(ANN.email)

    assert erased is not None
    assert erased.rows["letter"] == 1
    kept = await house.kept()
    private = [ANN.email, "Mrs A Lee", "Fairview", "9 Fair Lane", "100123", letter, token]
    assert [trace for trace in private if trace in kept] == []
    assert "una@ash.example" in kept
    assert await came(house) == before
    assert (before.sent, before.visited, before.unsubscribed) == (2, 1, 1)
    [left] = [row for row in await rows(house, LetterRow) if row.email != "una@ash.example"]
    moments = (left.created_at, left.released_at, left.visited_at, left.replied_at, left.stopped_at)
    assert {(moment.hour, moment.minute) for moment in moments} == {(0, 0)}
    async with house.database.reading() as session:
        with pytest.raises(LetterUnknown):
            await reading.letter(session, letter)


async def test_a_letter_that_could_not_be_delivered_is_not_sent_again_to_nobody(house: House, letter: str) -> None:
    async with house.database.writing() as session:
        error = f"550 {ANN.email}: no such user"
        await session.execute(update(OutboxRow).values(state="failed", sent_at=None, last_error=error))
        await session.commit()
    await house.erase(ANN.email)
    [mail] = await rows(house, OutboxRow)
    assert (mail.state, mail.recipient, mail.last_error) == ("withheld", "", "")


@pytest.mark.parametrize("state", ["queued", "waiting", "in_flight"])
async def test_what_has_not_left_does_not_leave_any_more(house: House, letter: str, state: str) -> None:
    async with house.database.writing() as session:
        await POST.put(session, await reading.letter(session, letter), "letter_reminder", LATER)
        await session.execute(update(OutboxRow).values(state=state))
        await session.commit()
    await house.erase(ANN.email)
    assert await rows(house, OutboxRow) == []


async def test_a_planned_letter_is_dropped(house: House, letter: str) -> None:
    await change_letter(house.database, letter, state="planned")
    await house.erase(ANN.email)
    [left] = await rows(house, LetterRow)
    assert (left.state, left.name, left.urn, "@" in left.email) == ("dropped", "", None, False)


async def test_a_letter_that_was_asked_for_goes_whole(house: House, cohort: str) -> None:
    await send_letter(house.database, cohort, None, ANN.email)
    await house.erase(ANN.email)
    assert await rows(house, LetterRow) == await rows(house, OutboxRow) == []


async def test_several_people_are_erased_from_one_mailing(house: House, cohort: str, mailing: str) -> None:
    people = [f"head@school{n}.example" for n in range(3)]
    for who in people:
        await send_letter(house.database, cohort, mailing, who)
    for who in people:
        await house.erase(who)
    assert (await came(house)).sent == 3


async def test_nobody_who_was_erased_is_written_to_again_and_the_first_reason_stands(
    house: House, cohort: str, mailing: str, letter: str
) -> None:
    una = "una@ash.example"
    await send_letter(house.database, cohort, mailing, una)
    async with house.database.writing() as session:
        await SUPPRESSION.add(session, una, "unsubscribed", NOW)
        await session.commit()
    for who in (ANN.email, una):
        await house.erase(who)
        assert await house.erase(who) is None
    for who, reason in ((ANN.email, "erased"), (una, "unsubscribed")):
        found = await house.export(who.title())
        assert found is not None
        assert {name for name, kept in found.items() if kept} == {"email", "no_letters_any_more"}
        assert found["no_letters_any_more"]["because"] == reason


async def test_who_objects_gets_no_letter_any_more_known_or_not(house: House, letter: str) -> None:
    await change_letter(house.database, letter, stopped_at=None)
    async with house.database.writing() as session:
        await POST.put(session, await reading.letter(session, letter), "letter_reminder", LATER)
        for who in (ANN.email.upper(), COLLEAGUE):
            await object_to_letters(session, who, SUPPRESSION, LATER)
        await session.commit()
    async with house.database.reading() as session:
        assert await SUPPRESSION.among(session, [ANN.email, COLLEAGUE]) == {ANN.email, COLLEAGUE}
    assert [row.stopped_at for row in await rows(house, LetterRow)] == [LATER]
    assert [mail.state for mail in await rows(house, OutboxRow)] == ["sent", "withheld"]


async def test_what_began_with_the_letter_s_link_is_erased_and_not_given_out_as_somebody_else_may_have_led_it(
    house: House, letter: str
) -> None:
    await house.converse(ANNS_CONVERSATION, "Good morning, Mrs A Lee", "Is it for infants?")
    house.note(ANNS_CONVERSATION, f"/open_letter {letter}")
    await house.converse(ANOTHER, "What does it cost?")
    found = await house.export(ANN.email)
    assert found is not None
    assert found["conversations"] == []
    assert found["other_conversations_begun_by_your_letters"] == 1
    await house.erase(ANN.email)
    kept = await house.kept()
    assert [trace for trace in ("Mrs A Lee", "Is it for infants?", ANNS_CONVERSATION) if trace in kept] == []
    assert "What does it cost?" in kept


async def test_what_a_colleague_wrote_about_the_letter_is_theirs(house: House, letter: str) -> None:
    await house.converse(ANOTHER, "Is it for infants too?")
    await mail_thread(house, COLLEAGUES_THREAD, letter, COLLEAGUE, ANOTHER)
    await arrives(house, COLLEAGUE, thread_id=COLLEAGUES_THREAD, letter_id=letter, raw=None)
    found = await house.export(ANN.email)
    assert found is not None
    assert found["conversations"] == found["mails_from_you"] == []
    await house.erase(ANN.email)
    [thread], [arrived] = await rows(house, MailThreadRow), await rows(house, InboundRow)
    assert (thread.email, thread.letter_id, arrived.sender, arrived.letter_id) == (COLLEAGUE, None, COLLEAGUE, None)
    theirs = await house.export(COLLEAGUE)
    assert theirs is not None
    assert theirs["conversations"][0]["messages"][0]["text"] == "Is it for infants too?"
    assert theirs["letters"] == []


async def test_a_leader_sees_what_their_hub_made_of_the_letter_and_not_whom_it_went_to(
    house: House, cohort: str, letter: str
) -> None:
    await word_letter(house, "Hal Hubbard, 3 Home Street")
    async with house.database.writing() as session:
        await session.execute(update(OutboxRow).values(reply_to=HAL))
        await session.commit()
    found = await house.export(HAL)
    assert found is not None
    assert found["hub_leader"]["letters_of_hubs"][0]["sender_address"] == ["Hal Hubbard, 3 Home Street"]
    assert found["hub_leader"]["letters_sent_in_your_name"] == 1
    assert found["mails"] == found["letters"] == []
    assert ANN.email not in json.dumps(found)


async def test_a_former_leader_goes_once_no_letter_names_them_and_the_letters_stay(
    house: House, cohort: str, letter: str
) -> None:
    await send_letter(house.database, cohort, None, COLLEAGUE, at=LATER)
    async with house.database.writing() as session:
        await session.execute(update(OutboxRow).where(OutboxRow.recipient == COLLEAGUE).values(reply_to=HAL))
        await session.commit()
    await word_letter(house, "Hal Hubbard, 3 Home Street")
    await give_hub_to(house, "Ida New", "ida@hub.example")
    with pytest.raises(StillNeeded, match='The letter of the hub "Testham hub" names this person') as error:
        await house.erase(HAL)
    assert "\n" not in str(error.value)
    await word_letter(house, "Testham Library")
    erased = await house.erase(HAL)
    assert erased is not None
    assert erased.rows["hub leader"] == 1
    kept = await house.kept()
    assert [trace for trace in (HAL, "Hal Hubbard") if trace in kept] == []
    mails = await rows(house, OutboxRow)
    assert {mail.recipient: mail.state for mail in mails} == {ANN.email: "sent", COLLEAGUE: "sent"}
    assert next(mail.reply_to for mail in mails if mail.recipient == COLLEAGUE) == "ida@hub.example"


async def word_letter(house: House, address: str) -> None:
    async with house.database.writing() as session:
        await set_sender_address(session, (await session.scalars(select(HubRow.id))).one(), (address,), NOW)
        await session.commit()


async def give_hub_to(house: House, name: str, email: str) -> None:
    async with house.database.writing() as session:
        await add_leader(session, name, email)
        new = select(LeaderRow.id).where(LeaderRow.email == email).scalar_subquery()
        await session.execute(update(HubRow).values(leader_id=new))
        await session.commit()


async def test_letters_go_after_their_time_with_mails_files_and_the_mailing(
    house: House, cohort: str, mailing: str, letter: str
) -> None:
    async with house.database.writing() as session:
        await SUPPRESSION.add(session, ANN.email, "unsubscribed", LATER)
        await session.commit()
    await write_files(house)
    await house.retire(LATER + 399 * DAY)
    assert ANN.email in await house.kept()
    await house.retire(LATER + 401 * DAY)
    kept = await house.kept()
    assert [trace for trace in (ANN.email, "Mrs A Lee", letter) if trace in kept] == []
    assert await rows(house, LetterRow) == await rows(house, OutboxRow) == await rows(house, MailingRow) == []
    async with house.database.reading() as session:
        assert await SUPPRESSION.holds(session, ANN.email)


@pytest.mark.parametrize(
    "moment", ["released_at", "visited_at", "replied_at", "bounced_at", "stopped_at", "reminded_at"]
)
async def test_what_came_of_a_letter_begins_its_time_anew(house: House, letter: str, moment: str) -> None:
    await change_letter(house.database, letter, **{moment: NOW + 10 * DAY})
    await house.retire(LATER + 405 * DAY)
    assert len(await rows(house, LetterRow)) == len(await rows(house, MailingRow)) == 1


async def test_a_mail_that_was_handled_is_not_kept_itself_and_one_that_failed_is(house: House) -> None:
    for state in ("new", "answered", "handed_over", "noted", "ignored", "failed"):
        await arrives(house, ANN.email, state=state)
    await house.retire(NOW)
    assert {mail.state for mail in await rows(house, InboundRow) if mail.raw} == {"new", "failed"}
    assert len(await rows(house, InboundRow)) == 6


async def test_what_is_noted_of_mails_that_arrived_goes_after_its_time(house: House) -> None:
    await arrives(house, ANN.email)
    await arrives(house, COLLEAGUE, at=NOW + 10 * DAY, state="failed")
    await house.retire(NOW + 401 * DAY)
    assert [mail.sender for mail in await rows(house, InboundRow)] == [COLLEAGUE]


async def test_a_conversation_by_mail_goes_with_its_thread_and_the_letter_stays(house: House, letter: str) -> None:
    await house.converse(ANOTHER, "What does it cost?")
    await mail_thread(house, THREAD, letter, ANN.email, ANOTHER)
    await change_letter(house.database, letter, conversation_id=ANOTHER)
    await house.retire(NOW + 200 * DAY)
    assert await rows(house, MailThreadRow) == []
    assert [row.conversation_id for row in await rows(house, LetterRow)] == [None]


async def test_more_letters_than_one_transaction_takes_all_go(
    house: House, cohort: str, mailing: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.privacy.retaining.AT_ONCE", 2)
    for n in range(5):
        await send_letter(house.database, cohort, mailing, f"head@school{n}.example")
    settings = Settings(database_url=database_url, tracker_url=f"sqlite:///{house.tracker}", secret_key="x" * 32)
    erased = await apply_retention(house.database, settings, NOTICES, NOW + 401 * DAY)
    assert erased == Erased(letters=5)
    assert await rows(house, LetterRow) == await rows(house, MailingRow) == []


async def test_somebody_who_registers_is_known_by_the_letter_s_name_too(house: House, cohort: str, letter: str) -> None:
    await put_down(house.database, cohort, applicant=replace(ANN, name="Anna Leigh"))
    note = Mail("k", "note", HAL, "", HAL, "A reply", "Mrs A Lee will ring you.", "x", letter_id=letter)
    async with house.database.writing() as session:
        await enqueue(session, note, NOW)
        await session.commit()
    await house.erase(ANN.email)
    assert "Mrs A Lee" not in await house.kept()


async def test_a_question_without_a_name_is_erased_with_the_mail_that_holds_the_shared_conversation(
    house: House,
) -> None:
    await house.converse(ANOTHER, "Our deputy is on leave. Is that a trouble?")
    await hands_over(house, conversation_id=ANOTHER, email=COLLEAGUE)
    await write_files(house)
    assert "Our deputy is on leave" in await house.kept()
    erased = await house.erase(COLLEAGUE)
    assert erased is not None
    assert erased.rows["question"] == 1
    kept = await house.kept()
    assert [trace for trace in (COLLEAGUE, "Our deputy is on leave", "Gift Aid") if trace in kept] == []


async def test_a_question_goes_with_its_conversation_and_one_without_as_late(house: House) -> None:
    await house.converse(ANOTHER, "Our deputy is on leave.")
    await hands_over(house, conversation_id=ANOTHER)
    await hands_over(house, at=NOW + 10 * DAY, text="By mail", email=COLLEAGUE)
    await house.retire(NOW + 185 * DAY)
    assert [row.text for row in await rows(house, QuestionRow)] == ["By mail"]
    assert "Our deputy is on leave" not in await house.kept()
    await house.retire(NOW + 195 * DAY)
    assert await rows(house, QuestionRow) == await rows(house, OutboxRow) == []


async def test_a_former_leader_s_answers_stay_without_their_name(house: House, cohort: str) -> None:
    await house.converse(ANOTHER, "Is Gift Aid possible?")
    async with house.database.reading() as session:
        hub_id = (await session.scalars(select(HubRow.id))).one()
        hal = await member_by_email(session, HAL)
    asked = await hands_over(house, conversation_id=ANOTHER, hub_id=hub_id)
    assert hal is not None
    async with house.database.writing() as session:
        await questions.answer(session, Doing(hal, "desk"), asked.id, "It is.", NOW, SilentQuestionNotices())
        await session.commit()
    await give_hub_to(house, "Ida New", "ida@hub.example")
    await house.erase(HAL)
    [question], messages = await rows(house, QuestionRow), await rows(house, MessageRow)
    assert (question.answer, question.answered_name, question.answered_by) == ("It is.", "", None)
    assert [(row.text, row.author) for row in messages if row.sender == "leader"] == [("It is.", "")]
