"""Which mailbox replies arrive in, and how to get into it: the setting PSQM_IMAP_URL, read."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

from bot.loopback import is_this_machine
from bot.settings import SettingsError

_EXAMPLE = "imaps://user:password@imap.example.org, or imaps://user@outlook.office365.com with OAuth"


@dataclass(frozen=True, slots=True)
class ImapServer:
    """``is_encrypted``: TLS from the first byte (RFC 8314). An empty ``password`` asks for an access token."""

    host: str
    port: int
    is_encrypted: bool
    username: str
    password: str = field(default="", repr=False)
    folder: str = "INBOX"

    @classmethod
    def parse(cls, url: str) -> Self:
        """Reads ``imaps://user[:password]@host[:port][/FOLDER]``; ``imap://…`` on this machine alone. Raises SettingsError.

        User, password and folder may be percent-encoded. The ports are 993, and 143 without encryption.
        """
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError as error:
            raise _unusable(str(error)) from None
        if parts.scheme not in ("imap", "imaps"):
            raise _unusable("it begins with neither imaps:// nor imap://")
        if not parts.hostname or parts.query or parts.fragment:
            raise _unusable("there is no host, or something after the folder")
        if not parts.username:
            raise _unusable("there is no user; write an @ in a user's name as %40")
        is_encrypted = parts.scheme == "imaps"
        if not is_encrypted and not is_this_machine(parts.hostname):
            raise _unusable("only a server on this machine may be without encryption: write imaps://")
        folder = unquote(parts.path).strip("/") or "INBOX"
        username, password = unquote(parts.username), unquote(parts.password or "")
        return cls(parts.hostname, port or (993 if is_encrypted else 143), is_encrypted, username, password, folder)


def _unusable(why: str) -> SettingsError:
    return SettingsError(f"PSQM_IMAP_URL is not usable ({why}): write {_EXAMPLE}, or leave it empty.")
