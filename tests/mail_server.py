"""A real SMTP server for tests, which keeps what it is given and can be made to behave badly."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "psqm@mail.test", "pass/word: with @ signs"


@dataclass(frozen=True)
class Delivery:
    """A message that the server took, with its envelope."""

    sender: str
    recipient: str
    content: bytes
    options: tuple[str, ...] = ()

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class MailServer:
    """``refuse`` says how to answer a step ("MAIL", "RCPT", "DATA") for an address, or None; ``hang_up``: closes at DATA."""

    port: int = 0
    deliveries: list[Delivery] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    connections: int = 0
    refuse: Callable[[str, str], str | None] = lambda _step, _address: None
    hang_up: bool = False
    silent: bool = False

    @property
    def recipients(self) -> list[str]:
        return [delivery.recipient for delivery in self.deliveries]

    async def handle_EHLO(
        self, _server: Any, session: Session, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, _server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.silent:
            await asyncio.sleep(3600)
        if refusal := self.refuse("MAIL", address):
            return refusal
        if session.authenticated:
            self.users.append(session.auth_data.login.decode())
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if refusal := self.refuse("RCPT", address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Envelope) -> str:
        [recipient] = envelope.rcpt_tos
        if self.hang_up:
            server.transport.abort()
            return "250 OK"
        if refusal := self.refuse("DATA", recipient):
            return refusal
        content = bytes(envelope.original_content or b"")
        self.deliveries.append(Delivery(str(envelope.mail_from), recipient, content, tuple(envelope.mail_options)))
        return "250 OK"


@asynccontextmanager
async def mail_server(**options: Any) -> AsyncIterator[MailServer]:
    """Runs a server on a free port of this machine; ``options`` are those of aiosmtpd's SMTP."""
    handler = MailServer()
    implicit_tls = options.pop("implicit_tls", None)
    options = {"enable_SMTPUTF8": True} | options
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop, **options), "127.0.0.1", 0, ssl=implicit_tls)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        server.close()
        server.close_clients()


@contextmanager
def mail_server_beside() -> Iterator[MailServer]:
    """The same for tests without an event loop: it runs in a thread of its own."""
    started: Queue[tuple[MailServer, asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    async def serve() -> None:
        ended = asyncio.Event()
        async with mail_server() as server:
            started.put((server, asyncio.get_running_loop(), ended))
            await ended.wait()

    thread = Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    server, loop, ended = started.get(timeout=10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
    """Lets the one user in."""
    return AuthResult(success=data == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False, auth_data=data)


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate of its own making for 127.0.0.1, and a client's that trusts it alone."""
    key, crt = folder / "key.pem", folder / "crt.pem"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    who = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(crt)]
    subprocess.run([*make, *who], check=True, capture_output=True)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(crt, key)
    return serving, ssl.create_default_context(cafile=str(crt))
