"""Sends mail to a server, over one connection for as long as there is more to send."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from bot.outbox.mime import Composed
from bot.outbox.retry import Fault, NotSent
from bot.outbox.smtp_server import SmtpServer

ANSWER_SECONDS = 30.0
"""How long the server may take for one answer."""
MESSAGE_SECONDS = 60.0
"""How long connecting and one message may take together; a worker's lease is longer."""

_GOING_AWAY = 421  # RFC 5321, 3.8: the server closes the connection, whatever was asked


class Smtp:
    """A mail server. ``tls`` replaces the machine's own idea of whom to trust.

    Every message is one transaction of its own (MAIL, RCPT, DATA), so that each answer tells what it is about: the server's
    or the sender's trouble, or this recipient's or message's.
    """

    reaches_people = True

    def __init__(
        self, server: SmtpServer, tls: ssl.SSLContext | None = None, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self._server = server
        self._tls = tls or _trust(server)
        self._answer_seconds = answer_seconds
        self._client: SMTP | None = None

    async def send(self, message: Composed) -> None:
        """Raises NotSent."""
        try:
            async with asyncio.timeout(MESSAGE_SECONDS):
                client = await self._begin(message)
                await self._finish(client, message)
        except TimeoutError as error:
            self._drop()
            raise NotSent("server", "the mail server takes too long") from error
        except asyncio.CancelledError:
            self._drop()  # in the middle of the dialogue, the next message could not begin
            raise

    async def rest(self) -> None:
        """Says goodbye to the server."""
        if client := self._client:
            self._client = None
            try:
                await client.quit(timeout=2)
            except (SMTPException, OSError, TimeoutError):
                pass
            finally:
                client.close()

    async def _begin(self, message: Composed) -> SMTP:
        """A connection on which the server has taken the sender. A kept one may have ended meanwhile: then a new one."""
        if self._client:
            try:
                await self._mail(self._client, message)
                return self._client
            except NotSent:
                self._drop()
        self._client = await self._connect()
        await self._mail(self._client, message)
        return self._client

    async def _connect(self) -> SMTP:
        client = SMTP(
            hostname=self._server.host,
            port=self._server.port,
            use_tls=self._server.encryption == "tls",
            start_tls={"tls": False, "starttls": True, "offered": None}[self._server.encryption],
            tls_context=self._tls,
            username=self._server.username or None,
            password=self._server.password or None,
            timeout=self._answer_seconds,
        )
        try:
            await client.connect()
        except aiosmtplib.SMTPAuthenticationError as error:
            client.close()
            raise NotSent("server", f"the mail server refuses our user with {error.code}", error.message) from error
        except (SMTPException, OSError, ValueError) as error:
            client.close()
            raise NotSent("server", f"the mail server cannot be used ({type(error).__name__})", str(error)) from error
        return client

    async def _mail(self, client: SMTP, message: Composed) -> None:
        if message.needs_utf8 and not client.supports_extension("smtputf8"):
            raise NotSent("never", "the mail server knows no addresses beyond ASCII")
        options = ["SMTPUTF8"] if message.needs_utf8 else []
        async with self._answers("the sender", permanent="server"):
            await client.mail(message.sender, options=options, encoding="utf-8")

    async def _finish(self, client: SMTP, message: Composed) -> None:
        async with self._answers("the recipient", permanent="never"):
            await client.rcpt(message.recipient, encoding="utf-8")
        async with self._answers("the message", permanent="never"):
            await client.data(message.content)

    @asynccontextmanager
    async def _answers(self, about: str, permanent: Fault) -> AsyncIterator[None]:
        """Says what an answer of the server means (RFC 5321, 4.2.1). After a bad one, the next message begins anew."""
        try:
            yield
        except SMTPResponseException as error:
            await self.rest()
            refused = f"the mail server refuses {about} with {error.code}"
            raise NotSent(_meaning(error.code, permanent), refused, error.message) from error
        except (SMTPException, OSError) as error:
            self._drop()
            raise NotSent("server", f"the mail server was lost at {about} ({type(error).__name__})") from error

    def _drop(self) -> None:
        if self._client:
            self._client.close()
            self._client = None


def _meaning(code: int, permanent: Fault) -> Fault:
    if code == _GOING_AWAY:
        return "server"
    if 500 <= code < 600:
        return permanent
    return "server" if permanent == "server" else "later"


def _trust(server: SmtpServer) -> ssl.SSLContext:
    trust = ssl.create_default_context()
    if server.encryption == "offered":  # this machine talks to itself, where certificates are mostly self-signed
        trust.check_hostname = False
        trust.verify_mode = ssl.CERT_NONE
    return trust
