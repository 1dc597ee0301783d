"""Talking to a real mail server: encryption, authentication, foreign addresses, and settings that cannot work."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.outbox.mime import Composed
from bot.outbox.retry import NotSent
from bot.outbox.smtp import Smtp
from bot.outbox.smtp_server import SmtpServer
from bot.settings import SettingsError
from tests.mail_server import PASSWORD, USER, authenticate, certificate, mail_server


def message(recipient: str = "ann@fairview.example", needs_utf8: bool = False) -> Composed:
    content = f"To: {recipient}\r\n\r\nHello\r\n.\r\n..end\r\n".encode()
    return Composed(1, "registered", "assistant@tqm.example", recipient, content, needs_utf8, f"{datetime.now(UTC)}")


async def test_starttls_and_a_password_with_odd_characters(tmp_path: Path) -> None:
    serving, trusting = certificate(tmp_path)
    options = {"tls_context": serving, "require_starttls": True, "authenticator": authenticate, "auth_required": True}
    async with mail_server(**options) as server:
        url = f"smtp://psqm%40mail.test:pass%2Fword%3A%20with%20%40%20signs@127.0.0.1:{server.port}"
        smtp = Smtp(SmtpServer.parse(url), trusting)
        await smtp.send(message())
        await smtp.rest()
        assert server.recipients == ["ann@fairview.example"]
        assert server.users == [USER]
        assert server.deliveries[0].content.endswith(b"Hello\r\n.\r\n..end\r\n")


async def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    serving, trusting = certificate(tmp_path)
    async with mail_server(implicit_tls=serving, authenticator=authenticate, auth_require_tls=False) as server:
        smtp = Smtp(SmtpServer("127.0.0.1", server.port, "tls", USER, PASSWORD), trusting)
        await smtp.send(message())
        assert server.recipients == ["ann@fairview.example"]
        assert server.users == [USER]


async def test_a_wrong_password_is_the_servers_trouble_and_not_the_mails(tmp_path: Path) -> None:
    serving, trusting = certificate(tmp_path)
    async with mail_server(tls_context=serving, authenticator=authenticate, auth_required=True) as server:
        smtp = Smtp(SmtpServer("127.0.0.1", server.port, "starttls", USER, "wrong"), trusting)
        with pytest.raises(NotSent, match="refuses our user with 535") as problem:
            await smtp.send(message())
        assert problem.value.fault == "server"
        assert server.deliveries == []


async def test_a_certificate_that_nobody_vouches_for_gets_no_mail(tmp_path: Path) -> None:
    serving, _ = certificate(tmp_path)
    async with mail_server(tls_context=serving) as server:
        smtp = Smtp(SmtpServer("127.0.0.1", server.port, "starttls"))
        with pytest.raises(NotSent) as problem:
            await smtp.send(message())
        assert problem.value.fault == "server"
        assert server.deliveries == []


async def test_a_server_that_must_encrypt_and_cannot_gets_no_mail() -> None:
    async with mail_server() as server:
        with pytest.raises(NotSent) as problem:
            await Smtp(SmtpServer("127.0.0.1", server.port, "starttls")).send(message())
        assert problem.value.fault == "server"
        assert server.deliveries == []


async def test_a_foreign_address_is_said_with_smtputf8_where_the_server_knows_it() -> None:
    async with mail_server() as server:
        await Smtp(SmtpServer("127.0.0.1", server.port, "offered")).send(message("änn@school.example", needs_utf8=True))
        await Smtp(SmtpServer("127.0.0.1", server.port, "offered")).send(message())
        assert [("SMTPUTF8" in delivery.options) for delivery in server.deliveries] == [True, False]
        assert server.recipients[0] == "änn@school.example"


async def test_a_server_that_does_not_know_smtputf8_never_takes_a_foreign_address() -> None:
    async with mail_server(enable_SMTPUTF8=False) as server:
        with pytest.raises(NotSent) as problem:
            await Smtp(SmtpServer("127.0.0.1", server.port, "offered")).send(
                message("änn@school.example", needs_utf8=True)
            )
        assert problem.value.fault == "never"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.tqm.example", SmtpServer("mail.tqm.example", 587, "starttls")),
        ("smtp://u:p%40ss@mail.tqm.example:2525/", SmtpServer("mail.tqm.example", 2525, "starttls", "u", "p@ss")),
        ("smtps://u:p@mail.tqm.example", SmtpServer("mail.tqm.example", 465, "tls", "u", "p")),
        ("smtp://localhost", SmtpServer("localhost", 25, "offered")),
        ("smtp://[::1]:1025", SmtpServer("::1", 1025, "offered")),
    ],
)
def test_the_setting_says_which_server_and_how(url: str, server: SmtpServer) -> None:
    assert SmtpServer.parse(url) == server


@pytest.mark.parametrize(
    "url",
    ["mail.tqm.example:587", "http://mail.tqm.example", "smtp://", "smtp://host:port", "smtp://host:99999", "smtp://u@host",
     "smtp://:secret@host", "smtp://host/path", "smtp://u:secret@host?x=1", "smtp://u:se/cret@host"],
)  # fmt: skip
def test_a_setting_that_cannot_work_is_refused_with_an_example_and_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="PSQM_SMTP_URL is not usable .* smtp://user:password@mail") as refusal:
        SmtpServer.parse(url)
    assert "secret" not in str(refusal.value)


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(SmtpServer.parse("smtp://u:secret@mail.tqm.example"))
