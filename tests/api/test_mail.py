"""The service sends mail by itself, whatever befalls the mail server, and counts it."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.channels.keys import DATABASE
from bot.settings import SettingsError
from bot.store.database import Database
from tests.conftest import StartService
from tests.mail_server import mail_server
from tests.mails import a_mail, put, rows
from tests.waiting import until


async def test_a_mail_leaves_as_soon_as_its_transaction_is_kept(start_service: StartService, database_url: str) -> None:
    async with mail_server() as server:
        service = await start_service(
            database_url, smtp_url=f"smtp://127.0.0.1:{server.port}", mail_from="bot@tqm.example"
        )
        async with asyncio.timeout(3):  # it looks by itself every five seconds only
            await put(service.server.app[DATABASE], a_mail())
            await until(lambda: server.deliveries)
        [delivery] = server.deliveries
        assert delivery.sender == "bot@tqm.example"
        assert delivery.message["From"] == "TQM <bot@tqm.example>"


async def test_without_a_mail_server_mail_becomes_files_in_the_data_folder(
    start_service: StartService, sqlite_url: str, tmp_path: Path
) -> None:
    service = await start_service(sqlite_url)
    await put(service.server.app[DATABASE], a_mail())
    await until(lambda: list((tmp_path / "var" / "mail").glob("*-registered-*.eml")))
    [file] = (tmp_path / "var" / "mail").glob("*.eml")
    assert b"From: TQM <office@tqm.example>" in file.read_bytes()


async def test_a_mail_server_that_is_away_harms_neither_the_service_nor_the_mail(
    start_service: StartService, sqlite_url: str
) -> None:
    service = await start_service(sqlite_url, smtp_url="smtp://127.0.0.1:9")
    database = service.server.app[DATABASE]
    await put(database, a_mail())
    await wait_for_state(database, "waiting")
    assert (await service.get("/healthz")).status == 200
    metrics = await (await service.get("/metrics")).text()
    assert 'psqm_outbox_mails{state="waiting"} 1.0' in metrics
    assert 'psqm_mails_total{state="waiting"} 1.0' in metrics


async def test_the_log_names_no_person(start_service: StartService, sqlite_url: str) -> None:
    with capture_logs() as logged:
        async with mail_server() as server:
            server.refuse = lambda step, address: f"550 {address} unknown" if step == "RCPT" else None
            service = await start_service(sqlite_url, smtp_url=f"smtp://127.0.0.1:{server.port}")
            database = service.server.app[DATABASE]
            await put(database, a_mail())
            await wait_for_state(database, "failed")
    assert any("cannot be delivered" in entry["event"] for entry in logged)
    assert not any(word in str(logged) for word in ("ann@", "Ann", "Fairview", "fairview"))


async def test_a_wrong_mail_setting_ends_the_start_with_one_line(start_service: StartService, sqlite_url: str) -> None:
    with pytest.raises(SettingsError, match="PSQM_SMTP_URL is not usable"):
        await start_service(sqlite_url, smtp_url="http://mail.tqm.example")


async def wait_for_state(database: Database, state: str) -> None:
    async with asyncio.timeout(10):
        while [row.state for row in await rows(database)] != [state]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
