"""A real mailbox, as servers are: with and without what they could do, refusing, dropping, repeating, and holding bad mail."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.replies.mailbox.access_tokens import AccessTokens, Client
from bot.replies.mailbox.imap import Mailbox, MailboxRefused, MailboxTrouble
from bot.replies.mailbox.imap_server import ImapServer
from bot.replies.mailbox.receiving import receive
from bot.replies.mailbox.watching import MailboxWatcher
from bot.store.database import Database
from bot.store.tables import InboundRow
from tests.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.replying import a_desk, a_mail

LONG = 60.0  # seconds that no test waits
SECONDS = 20.0


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    database = Database(sqlite_url)
    yield database
    await database.close()


async def connect(server: Dovecot) -> Mailbox:
    return await asyncio.to_thread(Mailbox.open, ImapServer.parse(server.url))


async def once(database: Database, server: Dovecot) -> int:
    mailbox = await connect(server)
    try:
        return await receive(database, mailbox, datetime.now(UTC))
    finally:
        await asyncio.to_thread(mailbox.close)


async def kept(database: Database) -> list[InboundRow]:
    async with database.reading() as session:
        return list((await session.scalars(select(InboundRow).order_by(InboundRow.id))).all())


@asynccontextmanager
async def watching(database: Database, server: Dovecot, look_seconds: float = LONG) -> AsyncIterator[MailboxWatcher]:
    watcher = MailboxWatcher(database, lambda: connect(server), look_seconds=look_seconds, first_pause_seconds=0.05)
    task = asyncio.create_task(watcher.run())
    try:
        yield watcher
    finally:
        watcher.stop()
        await asyncio.wait_for(task, SECONDS)


async def eventually(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(SECONDS):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def until_kept(database: Database, count: int) -> None:
    async with asyncio.timeout(SECONDS):
        while len(await kept(database)) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_mail_is_kept_then_put_away(database: Database, server: Dovecot) -> None:
    mail = a_mail("What does it cost?")
    server.deliver(mail)
    assert await once(database, server) == 1
    (row,) = await kept(database)
    assert (row.state, row.raw, row.size) == ("new", mail, len(mail))
    assert (server.count(), server.count("Handled", "SEEN")) == (0, 1)
    assert await once(database, server) == 0


async def test_new_mail_is_noticed_at_once(sqlite: Database, server: Dovecot) -> None:
    server.deliver(a_mail("before"))
    async with watching(sqlite, server):
        await until_kept(sqlite, 1)
        for count in (2, 3):
            server.deliver(a_mail("while it waits"))
            await until_kept(sqlite, count)


async def test_a_server_that_cannot_idle_is_looked_at_from_time_to_time(sqlite: Database) -> None:
    with dovecot(capability="IMAP4rev1 UIDPLUS MOVE") as server:
        mailbox = await connect(server)
        assert not mailbox.can_idle
        await asyncio.to_thread(mailbox.close)
        async with watching(sqlite, server, look_seconds=0.1):
            for count in (1, 2):
                server.deliver(a_mail("hello"))
                await until_kept(sqlite, count)


async def test_where_nothing_can_be_moved_mail_is_marked_as_read(sqlite: Database) -> None:
    with dovecot(capability="IMAP4rev1 IDLE") as server:
        server.deliver(a_mail("hello"))
        assert [await once(sqlite, server) for _ in range(2)] == [1, 0]
        assert (server.count(criteria="SEEN"), server.count("Handled")) == (1, 0)


async def test_a_connection_that_is_lost_is_made_again(sqlite: Database, server: Dovecot) -> None:
    async with watching(sqlite, server):
        server.deliver(a_mail("before"))
        await until_kept(sqlite, 1)
        server.stop()
        server.start()
        server.deliver(a_mail("after"))
        await until_kept(sqlite, 2)


async def test_told_to_stop_it_stops_at_once(sqlite: Database, server: Dovecot) -> None:
    async with watching(sqlite, server):
        server.deliver(a_mail("hello"))
        await until_kept(sqlite, 1)
        await eventually(lambda: server.count() == 0)
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < LONG / 4


async def test_who_is_not_let_in_is_told_so_without_the_password(sqlite: Database, server: Dovecot) -> None:
    wrong = ImapServer("127.0.0.1", server.port, False, USER, "not the password")
    with pytest.raises(MailboxRefused) as refused:
        await asyncio.to_thread(Mailbox.open, wrong)
    assert "not the password" not in str(refused.value)
    assert str(refused.value) == "does not let us in: [AUTHENTICATIONFAILED] Authentication failed"
    assert USER not in refused.value.summary


async def test_a_folder_that_is_not_there_is_named(server: Dovecot) -> None:
    with pytest.raises(MailboxTrouble, match="Replies"):
        await asyncio.to_thread(Mailbox.open, ImapServer.parse(f"{server.url}/Replies"))


async def test_a_server_that_is_not_there_is_told(server: Dovecot) -> None:
    server.stop()
    with pytest.raises(MailboxTrouble, match="cannot be reached"):
        await connect(server)


async def test_a_mail_that_is_there_several_times_is_kept_once(database: Database, server: Dovecot) -> None:
    mail = a_mail("What does it cost?")
    server.deliver(mail, mail, b"Received: by another way\r\n" + mail)
    assert await once(database, server) == 1
    assert server.count() == 0


async def test_who_dies_between_keeping_and_putting_away_meets_the_mail_again_and_keeps_it_once(
    database: Database, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(a_mail("What does it cost?"))
    with monkeypatch.context() as patched:
        patched.setattr(Mailbox, "put_away", _die)
        with pytest.raises(KeyboardInterrupt):
            await once(database, server)
    assert (len(await kept(database)), server.count(criteria="UNSEEN")) == (1, 1)
    assert await once(database, server) == 0
    assert (len(await kept(database)), server.count()) == (1, 0)


def _die(_mailbox: Mailbox, _uid: str) -> None:
    raise KeyboardInterrupt


async def test_what_a_person_has_read_is_theirs(sqlite: Database, server: Dovecot) -> None:
    server.deliver(a_mail("read by a person"), a_mail("not yet"))
    with server.opened() as box:
        box.flag("1", "\\Seen", True)
    assert await once(sqlite, server) == 1
    assert server.count() == 1


async def test_of_a_mail_of_thirty_megabytes_only_the_header_is_fetched(database: Database, server: Dovecot) -> None:
    server.deliver(a_mail("see attached") + b"x" * 76 * 400_000)
    assert await once(database, server) == 1
    (row,) = await kept(database)
    assert row.size > 30_000_000
    assert row.raw is not None and len(row.raw) < 2000
    assert row.sender == "ann.lee@fairview.sch.example"


@pytest.mark.parametrize(
    "raw",
    [
        b"this is no mail\r\n",
        b"From: \xff\xfe\r\nSubject: =?utf-9?q?x?=\r\nContent-Type: multipart/mixed\r\n\r\n--\r\n",
        b"From: ann@school.example\r\nContent-Type: text/plain; charset=windows-1252\r\n\r\nIt\x92s \xa3500?\r\n",
        b"\r\n\r\n\r\n",
    ],
)
async def test_bad_mail_keeps_nobody_waiting(database_url: str, server: Dovecot, raw: bytes) -> None:
    server.deliver(raw, a_mail("What does it cost?"))
    async with a_desk(database_url) as desk:
        assert await once(desk.database, server) == 2
        await desk.worker().work_off()
        bad, good = await desk.inbound()
        assert bad.state in ("failed", "handed_over", "answered")
        assert good.state == "answered"


async def test_two_at_one_mailbox_keep_each_mail_once(database: Database, server: Dovecot) -> None:
    async with watching(database, server), watching(database, server):
        for n in range(20):
            server.deliver(a_mail(f"question {n}"))
        await until_kept(database, 20)
        await eventually(lambda: server.count() == 0)
    assert len(await kept(database)) == 20


async def test_a_server_that_cannot_prove_who_it_is_gets_no_password(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure = ImapServer("127.0.0.1", server.tls_port, True, USER, PASSWORD)
    with pytest.raises(MailboxTrouble, match="certificate"):
        await asyncio.to_thread(Mailbox.open, secure)
    trusting = ssl.create_default_context(cafile=str(server.folder / "crt.pem"))
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    mailbox = await asyncio.to_thread(Mailbox.open, secure)
    assert mailbox.arrived() == []
    mailbox.close()


async def test_an_access_token_lets_in_and_is_asked_for_once() -> None:
    asked: list[dict[str, str]] = []

    async def grant(request: web.Request) -> web.Response:
        asked.append({name: str(value) for name, value in (await request.post()).items()})
        return web.json_response({"access_token": "a-token", "token_type": "Bearer", "expires_in": 3600})

    async def introspect(request: web.Request) -> web.Response:
        good = request.headers.get("Authorization") == "Bearer a-token"
        return web.json_response(
            {"email": USER, "active": True} if good else {"error": "no"}, status=200 if good else 401
        )

    app = web.Application()
    app.add_routes([web.post("/token", grant), web.get("/who", introspect)])
    async with TestServer(app) as tokens_server:
        tokens = AccessTokens(Client(str(tokens_server.make_url("/token")), "psqm", "secret", "mail"))
        address = str(tokens_server.make_url("/who"))
        with dovecot(introspection=address) as imap:
            entrance = ImapServer("127.0.0.1", imap.port, False, USER)
            for _ in range(2):
                mailbox = await asyncio.to_thread(Mailbox.open, entrance, await tokens.token())
                await asyncio.to_thread(mailbox.close)
            with pytest.raises(MailboxRefused):
                await asyncio.to_thread(Mailbox.open, entrance, "another-token")
    assert asked == [
        {"grant_type": "client_credentials", "client_id": "psqm", "client_secret": "secret", "scope": "mail"}
    ]
