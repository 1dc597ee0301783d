"""The worker and a real mail server: everything arrives once, and what cannot is tried again or shown."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.outbox.eml_folder import EmlFolder
from bot.outbox.smtp import Smtp
from bot.outbox.smtp_server import SmtpServer
from bot.outbox.worker import Worker
from bot.store.database import Database
from tests.mail_server import MailServer
from tests.mails import SENDER, a_mail, put, rows
from tests.waiting import until


def smtp(server: MailServer, answer_seconds: float = 5.0) -> Smtp:
    return Smtp(SmtpServer("127.0.0.1", server.port, "offered"), answer_seconds=answer_seconds)


def worker(database: Database, server: MailServer, **options: float) -> Worker:
    return Worker(database, smtp(server, **options), SENDER)


async def test_what_is_in_the_outbox_is_sent_over_one_connection_and_noted(
    database: Database, server: MailServer
) -> None:
    await put(database, a_mail("1"), a_mail("2", recipient="bo@hill.example"))
    await worker(database, server).work_off()
    assert server.recipients == ["ann@fairview.example", "bo@hill.example"]
    assert server.connections == 1
    assert [row.state for row in await rows(database)] == ["sent", "sent"]


async def test_nothing_is_sent_twice(database: Database, server: MailServer) -> None:
    await put(database, a_mail())
    for _ in range(3):
        await worker(database, server).work_off()
    assert len(server.deliveries) == 1


async def test_several_workers_share_the_work_and_send_nothing_twice(database: Database, server: MailServer) -> None:
    await put(database, *(a_mail(str(n), recipient=f"head{n}@school.example") for n in range(40)))
    workers = [worker(database, server) for _ in range(4)]
    await asyncio.gather(*(each.work_off() for each in workers))
    assert sorted(server.recipients) == sorted(f"head{n}@school.example" for n in range(40))


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
async def test_a_refused_recipient_is_shown_and_the_others_get_theirs(
    database: Database, server: MailServer, step: str
) -> None:
    server.refuse = lambda at, address: (
        "550 5.1.1 no such person" if (at, address) == (step, "ann@fairview.example") else None
    )
    await put(database, a_mail("1"), a_mail("2", recipient="bo@hill.example"))
    await worker(database, server).work_off()
    refused, taken = await rows(database)
    assert (refused.state, taken.state) == ("failed", "sent")
    assert "550" in refused.last_error and "no such person" in refused.last_error
    assert server.recipients == ["bo@hill.example"]


async def test_a_recipient_that_is_refused_for_now_waits_and_the_others_get_theirs(
    database: Database, server: MailServer
) -> None:
    server.refuse = lambda at, address: "451 4.7.1 greylisted" if address == "ann@fairview.example" else None
    await put(database, a_mail("1"), a_mail("2", recipient="bo@hill.example"))
    await worker(database, server).work_off()
    later, taken = await rows(database)
    assert (later.state, later.attempts, taken.state) == ("waiting", 1, "sent")
    assert later.next_at > datetime.now(UTC) + timedelta(seconds=20)


@pytest.mark.parametrize("trouble", ["421", "535 sender", "hang_up", "silent", "away"])
async def test_trouble_of_the_server_keeps_the_mails_and_spares_their_attempts(
    database: Database, server: MailServer, trouble: str
) -> None:
    await put(database, a_mail("1"), a_mail("2"))
    if trouble[0].isdigit():
        server.refuse = lambda at, _address: trouble if at == "MAIL" else None
    elif trouble == "away":
        server.port = 9
    else:
        setattr(server, trouble, True)
    await worker(database, server, answer_seconds=0.2).work_off()
    first, second = await rows(database)
    assert (first.state, first.attempts) == ("waiting", 1)
    assert first.last_error
    assert (second.state, second.attempts) == ("queued", 0)


async def test_a_connection_that_the_server_ended_between_two_mails_costs_nothing(
    database: Database, server: MailServer
) -> None:
    sender = smtp(server)
    one_after_the_other = Worker(database, sender, SENDER)
    await put(database, a_mail("1"))
    await one_after_the_other.work_off()
    assert sender._client
    sender._client.close()
    await put(database, a_mail("2"))
    await one_after_the_other.work_off()
    assert [row.state for row in await rows(database)] == ["sent", "sent"]


async def test_a_running_worker_is_woken_by_a_mail_of_its_own_process(database: Database, server: MailServer) -> None:
    running = Worker(database, smtp(server), SENDER, poll_seconds=3600)
    task = asyncio.create_task(running.run())
    await put(database, a_mail("1"))
    await until(lambda: len(server.deliveries) == 1)
    await put(database, a_mail("2"))
    await until(lambda: len(server.deliveries) == 2)
    running.stop()
    await asyncio.wait_for(task, 5)


async def test_a_lease_that_is_over_sends_the_mail_again_with_the_same_message_id(
    database: Database, server: MailServer
) -> None:
    await put(database, a_mail())

    class Killed(BaseException):
        pass

    class DiesAfterSending(Smtp):
        async def send(self, message: object) -> None:
            await super().send(message)  # type: ignore[arg-type]
            raise Killed

    dying = Worker(
        database, DiesAfterSending(SmtpServer("127.0.0.1", server.port, "offered")), SENDER, lease=timedelta(0)
    )
    with pytest.raises(Killed):
        await dying.work_off()
    await worker(database, server).work_off()
    first, second = server.deliveries
    assert first.content == second.content
    assert [row.state for row in await rows(database)] == ["sent"]


async def test_a_mail_to_an_address_for_examples_never_reaches_a_mail_server(
    database: Database, server: MailServer
) -> None:
    await put(database, a_mail(recipient="leader@example.org"))
    await worker(database, server).work_off()
    assert server.deliveries == []
    assert [row.state for row in await rows(database)] == ["withheld"]


async def test_without_a_mail_server_every_mail_becomes_one_file(database: Database, tmp_path: Path) -> None:
    at = datetime(2026, 11, 24, 9, 5, 7, tzinfo=UTC)
    await put(database, a_mail("1", recipient="leader@example.org"), at=at)
    await Worker(database, EmlFolder(tmp_path / "mail"), SENDER).work_off()
    [row] = await rows(database)
    [file] = (tmp_path / "mail").iterdir()
    assert file.name == f"20261124T090507Z-registered-{row.id}.eml"
    assert b"To: Ann Lee <leader@example.org>" in file.read_bytes()
    assert row.state == "sent"
