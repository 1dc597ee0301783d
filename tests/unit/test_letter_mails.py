"""The mail of a letter: what stands in its headers, and that it is written as things are when it leaves."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, update

from bot.letters.letter import Letter
from bot.letters.links import LetterLinks
from bot.letters.mailing.posting import LetterPost, PostKind
from bot.letters.mailing.writer import LetterWriter, written_by
from bot.letters.opening import open_forms
from bot.letters.reading import as_letter, letters
from bot.outbox.smtp import Smtp
from bot.outbox.smtp_server import SmtpServer
from bot.outbox.worker import Worker
from bot.outbox.writer import Writing
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tables import HubLetterRow, LetterRow, OutboxRow
from tests.mail_server import Delivery, MailServer
from tests.mailings import (
    ALWAYS,
    LINKS,
    NOW,
    POST,
    SECRET,
    SUPPRESSION,
    FewWords,
    a_ready_mailing,
    writer,
)
from tests.mails import SENDER, a_mail, put, rows
from tests.registering import application, opened, register


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as database:
        await a_ready_mailing(database, 1)
        yield database


async def the_letter(database: Database) -> Letter:
    async with database.reading() as session:
        return as_letter((await session.execute(letters())).one())


async def posted(database: Database, kind: PostKind = "letter", post: LetterPost = POST) -> OutboxRow:
    letter = await the_letter(database)
    async with database.writing() as session:
        assert await post.put(session, letter, kind, NOW)
        assert not await post.put(session, letter, kind, NOW), "the same mail is there once"
        await session.commit()
    return (await rows(database))[-1]


async def change(database: Database, statement: Any) -> None:
    async with database.writing() as session:
        await session.execute(statement)
        await session.commit()


async def leave(database: Database, server: MailServer, forms: Any = None) -> OutboxRow:
    """Lets the outbox be worked off, and returns its last mail."""
    writes = writer(forms) if not isinstance(forms, LetterWriter) else forms
    transport = Smtp(SmtpServer("127.0.0.1", server.port, "offered"))
    await Worker(database, transport, SENDER, writers=written_by(writes)).work_off()
    return (await rows(database))[-1]


async def test_a_letter_says_whom_it_is_from_and_how_to_unsubscribe(database: Database, server: MailServer) -> None:
    await posted(database)
    await leave(database, server)
    (delivery,) = server.deliveries
    letter = await the_letter(database)
    message = delivery.message
    assert message["From"].addresses[0].display_name == "Rosa Lind, Northfield hub"
    assert message["To"] == "Ann Lee 0 <head0@school0.example>"
    stop = LINKS.href(letter.id, letter.dated, "/stop")
    reply = str(message["Reply-To"])
    assert reply.startswith("letters+") and reply == delivery.sender, "reports of what cannot be delivered come back"
    assert message["List-Unsubscribe"] == f"<{stop}>, <mailto:{reply}?subject=unsubscribe>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"


async def test_long_addresses_in_headers_are_neither_broken_nor_encoded(database: Database, server: MailServer) -> None:
    """The library makes encoded words of them, which no mail program reads there."""
    long = LetterLinks(SECRET, f"https://{'assistant.' * 12}example", 180)
    await posted(database, post=LetterPost(long, None, "office@tqm.example"))
    await leave(database, server)
    (delivery,) = server.deliveries
    letter = await the_letter(database)
    assert f"List-Unsubscribe: <{long.href(letter.id, letter.dated, '/stop')}>\r\n".encode() in delivery.content


async def test_long_references_of_a_thread_are_kept_word_by_word(database: Database, server: MailServer) -> None:
    references = " ".join(f"<{n}{'x' * 90}@outlook.example>" for n in range(4))
    await put(database, a_mail("1", headers={"References": references, "In-Reply-To": references.split()[0]}))
    await leave(database, server)
    content = server.deliveries[0].content
    assert ("References: " + references.replace(" ", "\r\n ") + "\r\n").encode() in content
    assert b"In-Reply-To: <0x" in content and b"=?utf-8?" not in content.split(b"\r\n\r\n")[0]


async def test_without_a_mailbox_replies_go_to_the_leader_and_without_https_one_click_is_not_promised(
    database: Database,
) -> None:
    row = await posted(
        database, post=LetterPost(LetterLinks(SECRET, "http://127.0.0.1:8080", 180), None, "office@tqm.example")
    )
    assert (row.reply_to, row.bounce_to) == ("rosa@hubs.example", "")
    assert "mailto" not in row.headers["List-Unsubscribe"]
    assert "List-Unsubscribe-Post" not in row.headers


async def test_a_letter_of_no_hub_is_from_the_scheme_and_answered_by_the_office(database: Database) -> None:
    letter = replace(await the_letter(database), place=None, hub_id=None)
    async with database.writing() as session:
        await LetterPost(LINKS, None, "office@tqm.example").put(session, letter, "letter_asked", NOW)
        await session.commit()
    (row,) = await rows(database)
    assert (row.reply_to, row.from_name) == ("office@tqm.example", "")


@pytest.mark.parametrize(
    ("kind", "subject", "files"),
    [
        ("letter", "An invitation", []),
        ("letter_attached", "An invitation", ["TQM-letter.pdf", "report.pdf"]),
        ("letter_asked", "An invitation", ["TQM-letter.pdf", "report.pdf"]),
        ("letter_reminder", "reminder", []),
        ("letter_last_reminder", "last_reminder", []),
    ],
)
async def test_each_kind_of_mail_is_written_as_what_it_is(
    database: Database, server: MailServer, kind: PostKind, subject: str, files: list[str]
) -> None:
    await change(database, update(LetterRow).values(state="released", released_at=NOW, reminders=1, reminded_at=NOW))
    before = await posted(database, kind)
    assert (before.text, before.html, before.attachments) == ("", "", [])
    await leave(database, server, LetterWriter(FewWords(), LINKS, SUPPRESSION, ALWAYS, "TQM-letter.pdf", lambda: NOW))
    (delivery,) = server.deliveries
    assert delivery.message["Subject"] == subject
    assert [part.get_filename() for part in delivery.message.iter_attachments()] == files
    (kept,) = await rows(database)
    assert (kept.text, kept.html, kept.attachments, kept.state) == ("", "", [], "sent"), "nothing more is kept"


async def test_a_letter_says_what_holds_when_it_leaves(database: Database, server: MailServer) -> None:
    await posted(database)
    await change(database, update(LetterRow).values(name="Bo Oak"))
    await leave(database, server)
    assert "Dear Bo Oak" in text_of(server.deliveries[0])


async def test_the_real_letter_leaves_as_text_and_html_with_its_links(database: Database, server: MailServer) -> None:
    await posted(database)
    await leave(database, server, LetterWriter(open_forms(Settings()), LINKS, SUPPRESSION, ALWAYS, "letter.pdf"))
    (delivery,) = server.deliveries
    page = LINKS.href((letter := await the_letter(database)).id, letter.dated)
    html = delivery.message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "Ann Lee 0" in html and page in html and f"{page}/stop" in html
    assert page in text_of(delivery)


@pytest.mark.parametrize(
    ("kind", "statement", "state", "why"),
    [
        ("letter", update(LetterRow).values(stopped_at=NOW), "withheld", "unsubscribed"),
        ("letter", update(OutboxRow).values(letter_id=None), "withheld", "erased"),
        ("letter_reminder", update(LetterRow).values(stopped_at=NOW), "withheld", "unsubscribed"),
        ("letter_reminder", update(LetterRow).values(replied_at=NOW), "withheld", "replied"),
        ("letter_last_reminder", update(LetterRow).values(bounced_at=NOW), "withheld", "could not be delivered"),
        ("letter_asked", update(LetterRow).values(stopped_at=NOW), "sent", ""),
        ("letter", update(HubLetterRow).values(wording="# Hello\n\nDear {nobody},\n"), "failed", "nobody"),
    ],
)
async def test_what_came_between_keeps_a_mail_back(
    database: Database, server: MailServer, kind: PostKind, statement: Any, state: str, why: str
) -> None:
    await posted(database, kind)
    await change(database, statement)
    row = await leave(database, server, LetterWriter(open_forms(Settings()), LINKS, SUPPRESSION, ALWAYS, "letter.pdf"))
    assert row.state == state, row.last_error
    assert why in row.last_error
    assert len(server.deliveries) == (state == "sent")


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("letter", "withheld"),
        ("letter_attached", "withheld"),
        ("letter_reminder", "withheld"),
        ("letter_last_reminder", "withheld"),
        ("letter_asked", "sent"),
    ],
)
async def test_whoever_is_on_the_suppression_list_by_now_gets_only_what_they_asked_for(
    database: Database, server: MailServer, kind: PostKind, state: str
) -> None:
    await posted(database, kind)
    await change(database, update(LetterRow).values(state="released"))
    async with database.writing() as session:  # as when another letter to the address was stopped
        await SUPPRESSION.add(session, "head0@school0.example", "unsubscribed", NOW)
        await session.commit()
    row = await leave(database, server)
    assert row.state == state
    assert ("no letter goes to this address any more" in row.last_error) == (state == "withheld")
    assert len(server.deliveries) == (state == "sent")


async def test_a_school_that_registered_gets_no_reminder(database: Database, server: MailServer) -> None:
    await posted(database, "letter_reminder")
    await register(database, application("School 0", email="head0@school0.example"))
    row = await leave(database, server)
    assert (row.state, row.last_error) == ("withheld", "the school is registered")


async def test_a_letter_that_was_erased_is_not_sent(database: Database, server: MailServer) -> None:
    await posted(database)
    await change(database, delete(LetterRow))
    assert (await leave(database, server)).state == "withheld"


async def test_a_worker_that_cannot_write_letters_sends_no_empty_mail(database: Database, server: MailServer) -> None:
    await posted(database)
    transport = Smtp(SmtpServer("127.0.0.1", server.port, "offered"))
    await Worker(database, transport, SENDER).work_off()
    (row,) = await rows(database)
    assert (row.state, server.deliveries) == ("waiting", [])


@pytest.mark.parametrize("fails", ["reading", "writing"])
async def test_a_letter_that_stumbles_repeats_no_mail_before_it_and_delays_none_after_it(
    database: Database, server: MailServer, fails: str
) -> None:
    class Stumbling(LetterWriter):
        async def read(self, session: Any, mail: Any) -> Writing:
            if fails == "reading":
                raise KeyError("a mistake")

            async def write() -> Any:
                raise KeyError("a mistake")

            return write

    await put(database, a_mail("before"))
    await posted(database)
    await put(database, a_mail("after", recipient="bo@hill.example"))
    await leave(database, server, Stumbling(FewWords(), LINKS, SUPPRESSION, ALWAYS, "letter.pdf"))
    assert server.recipients == ["bo@hill.example", "ann@fairview.example"] or server.recipients == [
        "ann@fairview.example", "bo@hill.example"
    ]  # fmt: skip
    assert sorted(row.state for row in await rows(database)) == ["sent", "sent", "waiting"]


async def test_a_report_is_read_once_for_many_letters(database: Database, server: MailServer) -> None:
    forms = FewWords()
    writes = writer(forms)
    for n in range(3):
        await posted(database, "letter_attached")
        await leave(database, server, writes)
        await change(database, update(OutboxRow).where(OutboxRow.key.startswith("letter")).values(key=f"{n}"))
    assert len(server.deliveries) == 3
    assert forms.reports == 1


def text_of(delivery: Delivery) -> str:
    body = delivery.message.get_body(("plain",))
    assert body
    content: str = body.get_content()
    return content
