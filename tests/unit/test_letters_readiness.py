"""What the doctor says about letters: what would keep them from leaving, from arriving, or from leading back."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.doctor import Finding, examine
from bot.letters.composing.hub_letter import set_sender_address
from bot.letters.opening import open_suppression
from bot.letters.readiness import Remark, remarks_on_hubs, remarks_on_settings
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import upgrade
from bot.store.tables import CohortRow, HubRow
from tests.mailings import SUPPRESSION
from tests.put_down import NOW, make_hub

SMTP = "smtp://mail.example.org"
FROM = "assistant@tqm.example"


def remarks(**settings: object) -> dict[str, Remark]:
    return {remark.what: remark for remark in remarks_on_settings(Settings(**settings), FROM)}


def test_without_anything_set_letters_have_their_hours_and_days() -> None:
    assert remarks() == {
        "letters": Remark("letters", "ok", "leave 08:00-18:00, 60 a minute; reminders after 14 days and 14 more")
    }


def test_hours_that_are_none_are_broken() -> None:
    found = remarks(letter_hours="nine to five")["letters"]
    assert found.state == "broken"
    assert "PSQM_LETTER_HOURS" in found.says


@pytest.mark.parametrize(
    ("public_url", "state"),
    [
        ("", "broken"),
        ("http://localhost:8080", "broken"),
        ("http://127.0.0.1", "broken"),
        ("https://[::1]", "broken"),
        ("http://0.0.0.0:8080", "broken"),
        ("http://assistant.example.org", "note"),
        ("https://assistant.example.org", "ok"),
        ("https://localhost.example.org", "ok"),
    ],
)
def test_links_of_mail_that_is_sent_have_to_lead_to_us(public_url: str, state: str) -> None:
    assert remarks(public_url=public_url, smtp_url=SMTP)["links in mail"].state == state
    assert "links in mail" not in remarks(public_url=public_url)


@pytest.mark.parametrize(
    ("reply_address", "state"),
    [
        ("letters@tqm.example", "ok"),
        ("letters@Replies.TQM.example", "ok"),
        ("letters@example", "ok"),
        ("letters@other.example", "note"),
        ("letters@nottqm.example", "note"),
    ],
)
def test_the_mailbox_should_be_of_the_domain_that_letters_are_from(reply_address: str, state: str) -> None:
    found = remarks(reply_address=reply_address, imap_url="imaps://mail.example.org")["reply address"]
    assert found.state == state
    assert ("DMARC" in found.says) is (state == "note")


def test_an_address_for_replies_that_nobody_reads_is_broken() -> None:
    found = remarks(reply_address="letters@tqm.example")["reply address"]
    assert found.state == "broken"
    assert "PSQM_IMAP_URL" in found.says


def test_a_reminder_should_not_leave_with_links_that_no_longer_work() -> None:
    assert "reminders" not in remarks(reminder_days=89, last_reminder_days=90)
    found = remarks(reminder_days=90, last_reminder_days=90)["reminders"]
    assert found.state == "note"
    assert "180 days after the letter" in found.says


async def on_hubs(database: Database) -> dict[str, Remark]:
    async with database.reading() as session:
        return {remark.what: remark for remark in await remarks_on_hubs(session, SUPPRESSION, NOW.date())}


async def test_hubs_that_cannot_send_letters_are_named_with_what_they_lack(database: Database) -> None:
    assert "hubs" not in await on_hubs(database)
    await make_hub(database, session_on=None)
    found = (await on_hubs(database))["hubs"]
    assert found.state == "note"
    assert "Testham hub (a sender's address and a first session)" in found.says
    async with database.writing() as session:
        hub = (await session.scalars(select(HubRow.id))).one()
        await set_sender_address(session, hub, ("Oak Library",), NOW)
        await session.commit()
    assert "Testham hub (a first session)" in (await on_hubs(database))["hubs"].says
    async with database.writing() as session:
        await session.execute(update(CohortRow).values(session_on=date(2027, 1, 14)))
        await session.commit()
    assert "hubs" not in await on_hubs(database)


@pytest.mark.parametrize("change", [{"is_open": False}, {"year": 2025}])
async def test_hubs_that_take_nobody_this_year_are_not_named(database: Database, change: dict[str, object]) -> None:
    await make_hub(database, session_on=None)
    async with database.writing() as session:
        await session.execute(update(CohortRow).values(change))
        await session.commit()
    assert "hubs" not in await on_hubs(database)


async def test_a_list_of_another_key_is_broken_before_a_letter_leaves(tmp_path: Path) -> None:
    """As when the database was moved to another machine, and the secret key was not."""
    settings = Settings(data_dir=tmp_path / "one")
    settings.ensure_data_dir()
    url = settings.database_url
    await upgrade(url)
    database = Database(url)
    async with database.writing() as session:
        await open_suppression(settings).add(session, "una@ash.example", "unsubscribed", datetime.now(UTC))
        await session.commit()
    await database.close()
    assert (await findings(settings))["unsubscribed"].says == "no letter goes to 1 of the addresses"
    moved = (await findings(Settings(data_dir=tmp_path / "two", database_url=url)))["unsubscribed"]
    assert moved.state == "broken"
    assert "PSQM_SECRET_KEY" in moved.says


async def test_without_a_database_the_doctor_says_what_the_settings_tell(tmp_path: Path) -> None:
    found = await findings(Settings(data_dir=tmp_path, database_url="postgresql://psqm@127.0.0.1:9/psqm"))
    assert found["letters"].state == "ok"
    assert "unsubscribed" not in found


async def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.what: finding for finding in await examine(settings)}
