"""The mailbox that replies arrive in, over IMAP (RFC 3501). Everything here waits for the server: call it in a thread."""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import batched

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError

from bot.replies.mailbox.imap_server import ImapServer

ANSWER_SECONDS = 60.0
HANDLED = "Handled"
"""The folder to which mail is moved once it is kept in the database."""

_UID = re.compile(rb"UID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UIDS_A_COMMAND = 200


class MailboxTrouble(Exception):
    """The mailbox cannot be used just now. ``summary`` may be logged; ``detail``, the server's words, may hold an address."""

    def __init__(self, summary: str, detail: str = "") -> None:
        super().__init__(f"{summary}: {detail}" if detail else summary)
        self.summary = summary


class MailboxRefused(MailboxTrouble):
    """The server does not let us in."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail in the mailbox, by its number there; ``size`` in bytes."""

    uid: str
    size: int


class Mailbox:
    """An open connection. Every method raises MailboxTrouble; after that the connection is of no use any more."""

    def __init__(self, box: BaseMailBox) -> None:
        self._box = box
        self.can_idle = "IDLE" in box.client.capabilities
        self._handled = _made_folder(box) if "MOVE" in box.client.capabilities else None

    @classmethod
    def open(cls, server: ImapServer, token: str = "", seconds: float = ANSWER_SECONDS) -> "Mailbox":
        """Connects and logs in, with ``token`` by XOAUTH2; ``seconds`` are for each answer. Raises MailboxRefused too."""
        with _trouble("cannot be reached"):
            box = _connected(server, seconds)
        try:
            _log_in(box, server, token)
            with _trouble(f"has no folder {server.folder}"):
                box.folder.set(server.folder)
                box.client.capabilities = tuple(str(box.client.capability()[1][0], "ascii").upper().split())
            return cls(box)
        except BaseException:
            box.client.shutdown()
            raise

    def arrived(self) -> list[Waiting]:
        """The mails that nobody has read, in the order in which they came."""
        with _trouble("cannot be searched"):
            self._box.client.noop()  # what came since the last command may not be found otherwise
            uids = self._box.uids("UNSEEN UNDELETED", charset=None)
            found: dict[str, int] = {}
            for some in batched(uids, _UIDS_A_COMMAND, strict=False):
                for line in self._fetched(",".join(some), "(UID RFC822.SIZE)"):
                    text = line if isinstance(line, bytes) else b" ".join(line)
                    if (uid := _UID.search(text)) and (size := _SIZE.search(text)):
                        found[uid[1].decode()] = int(size[1])
            return [Waiting(uid, found[uid]) for uid in uids if uid in found]

    def raw(self, uid: str) -> bytes | None:
        """A whole mail, left unread; None when it is gone, or the server cannot give it."""
        return self._content(uid, "(BODY.PEEK[])")

    def header(self, uid: str) -> bytes | None:
        """The header of a mail, likewise."""
        return self._content(uid, "(BODY.PEEK[HEADER])")

    def put_away(self, uid: str) -> None:
        """Marks a mail as read, and moves it to the folder for what is handled where the server can (RFC 6851).

        Who dies in between leaves it where it was, but read: it is not met again.
        """
        with _trouble("takes no marks"), suppress(UnexpectedCommandStatusError):  # somebody else was faster
            self._box.flag(uid, "\\Seen", True)
            if self._handled:
                self._box.move(uid, self._handled)

    def idle(self, seconds: float) -> None:
        """Waits until something happens in the mailbox, or for ``seconds`` (RFC 2177). Sets ``can_idle`` to False when the
        server does not want that after all."""
        with _trouble("ended the connection"):
            try:
                self._box.idle.start()  # type: ignore[no-untyped-call]
            except UnexpectedCommandStatusError:
                self.can_idle = False
                return
            self._box.idle.poll(seconds)
            self._box.idle.stop()  # type: ignore[no-untyped-call]

    def interrupt(self) -> None:
        """Ends whatever another thread waits for; the connection is of no use afterwards."""
        with suppress(OSError):
            self._box.client.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Says goodbye, if anybody still listens."""
        with suppress(MailboxTrouble), _trouble("ended the connection"):
            self._box.logout()

    def _content(self, uid: str, what: str) -> bytes | None:
        with _trouble("cannot be read"):
            parts = (line for line in self._fetched(uid, what) if isinstance(line, tuple))
            return next((part[1] for part in parts), None)

    def _fetched(self, uids: str, what: str) -> list[bytes | tuple[bytes, bytes]]:
        status, lines = self._box.client.uid("FETCH", uids, what)
        return [line for line in lines if line] if status == "OK" else []


def _connected(server: ImapServer, seconds: float) -> BaseMailBox:
    if not server.is_encrypted:
        return MailBoxUnencrypted(server.host, server.port, timeout=seconds)
    # imaplib's own context would take any certificate.
    return MailBox(server.host, server.port, timeout=seconds, ssl_context=ssl.create_default_context())


def _log_in(box: BaseMailBox, server: ImapServer, token: str) -> None:
    try:
        if token:
            box.xoauth2(server.username, token, initial_folder=None)
        elif f"{server.username}{server.password}".isascii():
            box.login(server.username, server.password, initial_folder=None)
        else:
            box.login_utf8(server.username, server.password, initial_folder=None)
    except imaplib.IMAP4.abort as error:
        raise MailboxTrouble("ended the connection", str(error)) from None
    except (ImapToolsError, imaplib.IMAP4.error) as error:
        raise MailboxRefused("does not let us in", _words(error)) from None
    except OSError as error:
        raise MailboxTrouble("ended the connection", type(error).__name__) from None


def _words(error: Exception) -> str:
    """What the server itself said, such as ``[AUTHENTICATIONFAILED] Authentication failed``, as far as it is known."""
    if not isinstance(error, UnexpectedCommandStatusError):
        return str(error)
    said = b" ".join(part for part in error.command_result[1] if isinstance(part, bytes))
    return said.decode("utf-8", "replace").rstrip(".")


def _made_folder(box: BaseMailBox) -> str | None:
    """The folder for what is handled, made when it is missing; None where the server allows none."""
    with _trouble("cannot list its folders"):
        delimiter = next((folder.delim for folder in box.folder.list()), "/") or "/"
        for name in (HANDLED, f"INBOX{delimiter}{HANDLED}"):  # some servers want everything below the inbox
            with suppress(UnexpectedCommandStatusError):
                if not box.folder.exists(name):
                    box.folder.create(name)
                return name
    return None


@contextmanager
def _trouble(summary: str) -> Iterator[None]:
    try:
        yield
    except (ImapToolsError, imaplib.IMAP4.error, OSError, ValueError) as error:
        raise MailboxTrouble(summary, str(error) or type(error).__name__) from None
