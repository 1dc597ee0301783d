"""What is kept about a person is shown to them, erased when they ask, and goes when its time is over."""

import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select

from bot.housekeeping import Erased, apply_retention, pass_on_places
from bot.hubs import add_leader
from bot.outbox.mail import Mail
from bot.outbox.queue import enqueue
from bot.privacy import StillNeeded
from bot.registrations.application import Applicant
from bot.registrations.changing import confirm, correct_contact, withdraw
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tables import ConversationRow, MessageRow, OutboxRow, PersonRow, RegistrationRow
from tests.house import ANNS_CONVERSATION, ANOTHER, BOBS_CONVERSATION, LATER, MUCH_LATER, NOTICES, House, traces
from tests.put_down import ANN, BOB, CONSENT, CY, FAIRVIEW, NOW, OAK, make_hub


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    database = Database(database_url)
    yield House(database, tmp_path)
    await database.close()


async def test_everything_kept_about_a_person_is_given_out(house: House) -> None:
    await house.converse(ANNS_CONVERSATION, "Put us down for it", f"{ANN.name}, {ANN.email}")
    await house.converse(ANOTHER, "What does it cost?")
    cohort = await make_hub(house.database)
    await house.put_down(cohort, conversation_id=ANNS_CONVERSATION)
    await house.put_down(cohort, OAK, CY, now=LATER)

    found = await house.export(f" {ANN.email.upper()} ")

    assert found is not None
    assert json.loads(json.dumps(found)) == found
    assert found["person"]["name"] == ANN.name
    assert found["person"]["phone"] == ANN.phone
    assert found["consents"] == [{"wording": CONSENT, "given_at": NOW.isoformat()}]
    [registered] = found["registrations"]
    assert registered["school"]["name"] == FAIRVIEW.name
    assert registered["history"] == [
        {"at": NOW.isoformat(), "state": "interested", "by": "applicant", "why": "Registered."}
    ]
    assert [mail["to"] for mail in found["mails"]].count(ANN.email) == 1
    [conversation] = found["conversations"]
    assert [message["text"] for message in conversation["messages"] if message["from"] == "you"] == [
        "Put us down for it",
        f"{ANN.name}, {ANN.email}",
    ]
    assert {"said": "Put us down for it"}.items() <= conversation["noted_by_the_engine"][0].items()
    assert not [trace for trace in traces(CY) if trace and trace in json.dumps(found)]


async def test_what_others_wrote_is_not_given_out(house: House) -> None:
    """The second person of a school does not get the conversation in which the first one registered it."""
    await house.converse(ANNS_CONVERSATION, "Put us down for it")
    cohort = await make_hub(house.database)
    await house.put_down(cohort, conversation_id=ANNS_CONVERSATION)
    await house.put_down(cohort, FAIRVIEW, BOB, now=LATER)
    found = await house.export(BOB.email)
    assert found is not None
    assert found["conversations"] == []
    assert found["registrations"][0]["is_first_contact"] is False
    assert ANN.email not in json.dumps(found)


@pytest.mark.parametrize(
    "email", ["nobody@fairview.example", "lee@fairview.example", "ann.lee@fairview.exampl", "", "%"]
)
async def test_about_an_address_that_is_not_known_nothing_is_kept(house: House, email: str) -> None:
    await house.converse(ANNS_CONVERSATION, f"write to {ANN.email}, please", f"{ANN.email}.uk")
    await house.put_down(await make_hub(house.database), conversation_id=ANNS_CONVERSATION)
    assert await house.export(email) is None
    before = await house.kept()
    assert await house.erase(email) is None
    assert await house.kept() == before


async def test_an_erased_person_is_nowhere(house: House) -> None:
    await house.converse(ANNS_CONVERSATION, "Put us down for it", ANN.name, ANN.email.title(), ANN.phone)
    await house.converse(ANOTHER, "What does it cost?")
    cohort = await make_hub(house.database)
    registration = await house.put_down(cohort, conversation_id=ANNS_CONVERSATION)
    house.mail_folder.mkdir()
    async with house.database.reading() as session:
        for mail in await session.scalars(select(OutboxRow)):
            name = f"{mail.created_at:%Y%m%dT%H%M%SZ}-{mail.kind}-{mail.id}.eml"
            (house.mail_folder / name).write_text(mail.text)

    erased = await house.erase(ANN.email)

    assert erased is not None
    kept = (await house.kept()).casefold()
    assert [trace for trace in traces(ANN) if trace.casefold() in kept] == []
    assert CONSENT.casefold() not in kept
    assert ANNS_CONVERSATION not in kept
    assert "what does it cost?" in kept
    after = await house.registration(registration)
    assert (after.state, after.contacts, after.school_name) == ("withdrawn", (), FAIRVIEW.name)
    assert await house.taken() == 0
    assert erased.withdrawn == [f"{FAIRVIEW.name} (Testham hub)"]
    assert await house.count(OutboxRow) == 0
    assert {"person": 1, "contact": 1, "consent": 1, "conversation": 1}.items() <= erased.rows.items()
    assert await house.erase(ANN.email) is None


async def test_what_somebody_was_called_before_and_what_others_noted_is_erased_too(house: House) -> None:
    cohort = await make_hub(house.database)
    registration = await house.put_down(cohort)
    person = registration.contacts[0].person_id
    corrected = {"name": "Anna Lee", "role": "head", "phone": ""}
    note = Mail(
        "k", "note", "hal@hub.example", "", "hal@hub.example", "A call", "Ann Lee rang", "x", (), registration.id
    )
    async with house.database.writing() as session:
        await enqueue(session, note, NOW)
        await correct_contact(session, registration.id, person, **corrected, now=LATER, notices=NOTICES)
        await confirm(session, registration.id, "leader", "Rang Anna Lee: she comes.", LATER, NOTICES)
        await session.commit()
    await house.erase(ANN.email)
    kept = await house.kept()
    assert [trace for trace in [*traces(ANN), "Anna Lee"] if trace in kept] == []
    assert [change.state for change in (await house.registration(registration)).history] == [
        "interested",
        "interested",
        "confirmed",
        "withdrawn",
    ]


async def test_the_freed_place_goes_to_the_next_school(house: House) -> None:
    cohort = await make_hub(house.database, capacity=1)
    await house.put_down(cohort)
    next_one = await house.put_down(cohort, OAK, CY, now=LATER)
    await house.erase(ANN.email)
    after = await house.registration(next_one)
    assert after.offered_until == LATER + timedelta(days=7)
    assert await house.taken() == 1
    assert CY.email in await house.kept()


async def test_with_somebody_else_of_the_school_the_registration_stands(house: House) -> None:
    await house.converse(ANNS_CONVERSATION, "hello")
    cohort = await make_hub(house.database)
    registration = await house.put_down(cohort, conversation_id=ANNS_CONVERSATION)
    await house.put_down(cohort, FAIRVIEW, BOB, now=LATER)
    erased = await house.erase(ANN.email)
    assert erased is not None
    assert erased.withdrawn == []
    after = await house.registration(registration)
    assert (after.state, [contact.email for contact in after.contacts]) == ("interested", [BOB.email])
    kept = await house.kept()
    assert [trace for trace in traces(ANN) if trace in kept] == []
    assert BOB.name in kept or "Bob" in kept
    assert await house.taken() == 1


async def test_who_came_second_leaves_the_first_alone(house: House) -> None:
    await house.converse(ANNS_CONVERSATION, "hello")
    await house.converse(BOBS_CONVERSATION, f"I am {BOB.email}")
    cohort = await make_hub(house.database)
    await house.put_down(cohort, conversation_id=ANNS_CONVERSATION)
    await house.put_down(cohort, FAIRVIEW, BOB, now=LATER, conversation_id=BOBS_CONVERSATION)
    await house.erase(BOB.email)
    kept = await house.kept()
    assert [trace for trace in traces(BOB) if trace in kept] == []
    assert BOBS_CONVERSATION not in kept
    assert ANNS_CONVERSATION in kept
    assert ANN.email in kept


async def test_somebody_with_a_similar_address_is_left_alone(house: House) -> None:
    lee = Applicant("Lee", "head", "lee@fairview.example", "01632 96012")
    await house.converse(ANNS_CONVERSATION, f"I am {ANN.email}")
    cohort = await make_hub(house.database)
    await house.put_down(cohort, OAK, lee)
    await house.put_down(cohort, conversation_id=ANNS_CONVERSATION)
    await house.put_down(cohort, FAIRVIEW, lee, now=LATER)
    await house.erase(lee.email)
    kept = await house.kept()
    assert kept.count(ANNS_CONVERSATION) > 1
    async with house.database.reading() as session:
        anns_mails = await session.scalars(select(OutboxRow).where(OutboxRow.recipient == ANN.email))
        assert anns_mails.all()


async def test_a_conversation_that_led_to_nothing_is_found_by_the_address_in_it(house: House) -> None:
    await house.converse(ANNS_CONVERSATION, f"my email is <{ANN.email.upper()}>.")
    found = await house.export(ANN.email)
    assert found is not None
    assert found["person"] is None
    erased = await house.erase(ANN.email)
    assert erased is not None
    assert erased.rows["engine event"] == 2
    assert await house.count(ConversationRow) == await house.count(MessageRow) == 0


async def test_a_mail_without_a_registration_is_found(house: House) -> None:
    await house.put_down(await make_hub(house.database))
    to_office = Mail(
        "k", "note", "office@tqm.example", "", "office@tqm.example", "A call", f"Ring {ANN.email}", "<p>x</p>"
    )
    async with house.database.writing() as session:
        await enqueue(session, to_office, NOW)
        await session.commit()
    await house.erase(ANN.email)
    assert ANN.email not in await house.kept()


async def test_the_leader_of_a_hub_is_shown_but_not_erased(house: House) -> None:
    await make_hub(house.database)
    found = await house.export("hal@hub.example")
    assert found is not None
    assert found["hub_leader"]["hubs"] == ["Testham hub"]
    with pytest.raises(StillNeeded, match="give the hub another leader first"):
        await house.erase("hal@hub.example")
    assert "hal@hub.example" in await house.kept()


async def test_a_leader_without_a_hub_is_erased(house: House) -> None:
    async with house.database.writing() as session:
        await add_leader(session, "Ida Old", "ida@hub.example")
        await session.commit()
    erased = await house.erase("ida@hub.example")
    assert erased is not None
    assert erased.rows["hub leader"] == 1
    assert "Ida Old" not in await house.kept()


async def test_old_conversations_and_registrations_go_by_themselves(house: House) -> None:
    await house.converse(ANNS_CONVERSATION, f"I am {ANN.email}")
    await house.converse(ANOTHER, "What does it cost?", at=MUCH_LATER - timedelta(days=179))
    cohort = await make_hub(house.database)
    await house.put_down(cohort, conversation_id=ANNS_CONVERSATION)
    await house.put_down(cohort, OAK, CY, now=MUCH_LATER - timedelta(days=729))
    await house.retire(MUCH_LATER)
    kept = await house.kept()
    assert [trace for trace in [*traces(ANN), FAIRVIEW.name, ANNS_CONVERSATION] if trace in kept] == []
    assert CY.email in kept
    assert "What does it cost?" in kept
    assert await house.taken() == 1
    assert await house.count(PersonRow) == await house.count(RegistrationRow) == 1


async def test_a_change_begins_the_time_anew(house: House) -> None:
    registration = await house.put_down(await make_hub(house.database))
    async with house.database.writing() as session:
        await withdraw(
            session, registration.id, "applicant", "x", MUCH_LATER - timedelta(days=1), NOTICES, offer_days=7
        )
        await session.commit()
    await house.retire(MUCH_LATER)
    assert (await house.registration(registration)).contacts


async def test_a_conversation_goes_before_the_registration_that_it_led_to(house: House) -> None:
    await house.converse(ANNS_CONVERSATION, "hello")
    registration = await house.put_down(await make_hub(house.database), conversation_id=ANNS_CONVERSATION)
    await house.retire(NOW + timedelta(days=200))
    assert ANNS_CONVERSATION not in await house.kept()
    assert (await house.registration(registration)).state == "interested"


@pytest.mark.parametrize("at_once", [1, 200])
async def test_a_place_that_retention_frees_is_not_offered_to_who_goes_too(
    house: House, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.privacy.retaining.AT_ONCE", at_once)
    cohort = await make_hub(house.database, capacity=1)
    await house.put_down(cohort)
    await house.put_down(cohort, OAK, CY, now=LATER)
    for _ in range(2):
        await house.retire(MUCH_LATER)
    assert await house.taken() == 0
    assert await house.count(OutboxRow) == await house.count(PersonRow) == 0


async def test_what_only_the_engine_remembers_goes_too(house: House) -> None:
    house.note("forgotten", "hello", at=NOW)
    house.note("recent", "hello", at=NOW + timedelta(days=100))
    await house.retire(NOW + timedelta(days=200))
    kept = await house.kept()
    assert "forgotten" not in kept
    assert "recent" in kept


def settings_for(house: House, database_url: str) -> Settings:
    return Settings(database_url=database_url, tracker_url=f"sqlite:///{house.tracker}", secret_key="x" * 32)


async def test_more_than_one_transaction_takes_all_goes(
    house: House, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.privacy.retaining.AT_ONCE", 2)
    for n in range(5):
        await house.converse(f"conversation-{n}", "hello")
    erased = await apply_retention(house.database, settings_for(house, database_url), NOTICES, MUCH_LATER)
    assert erased == Erased(conversations=5)
    assert await house.count(ConversationRow) == 0


async def test_an_offer_that_lapsed_is_passed_on(house: House, database_url: str) -> None:
    cohort = await make_hub(house.database, capacity=1)
    holder = await house.put_down(cohort)
    await house.put_down(cohort, OAK, CY, now=LATER)
    async with house.database.writing() as session:
        await withdraw(session, holder.id, "applicant", "x", LATER, NOTICES, offer_days=7)
        await session.commit()
    settings = settings_for(house, database_url)
    assert await pass_on_places(house.database, settings, NOTICES, LATER + timedelta(days=6)) == 0
    assert await pass_on_places(house.database, settings, NOTICES, LATER + timedelta(days=8)) == 1


async def test_nothing_personal_is_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    try:
        with caplog.at_level(logging.INFO):
            await house.converse(ANNS_CONVERSATION, f"I am {ANN.email}")
            cohort = await make_hub(house.database)
            first = await house.put_down(cohort, conversation_id=ANNS_CONVERSATION)
            await house.put_down(cohort, OAK, CY)
            async with house.database.writing() as session:
                await withdraw(session, first.id, "applicant", "x", LATER, NOTICES, offer_days=7)
                await session.commit()
            await house.erase(ANN.email)
            await house.retire(MUCH_LATER)
    finally:
        structlog.reset_defaults()
    assert "a person was erased" in caplog.text
    personal = [*traces(ANN), *traces(CY), FAIRVIEW.name, "conversation-of"]
    assert [trace for trace in personal if trace and trace in str([vars(record) for record in caplog.records])] == []
