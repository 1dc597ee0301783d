"""Which mail server, and how to talk to it: the setting PSQM_SMTP_URL, read."""

from dataclasses import dataclass, field
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

from bot.loopback import is_this_machine
from bot.settings import SettingsError

_EXAMPLE = "smtp://user:password@mail.example.org:587 (STARTTLS) or smtps://user:password@mail.example.org (TLS)"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """``encryption``: ``tls`` from the first byte; ``starttls``, required; ``offered``: STARTTLS if the server has it."""

    host: str
    port: int
    encryption: Literal["tls", "starttls", "offered"]
    username: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Reads ``smtp://[user:password@]host[:port]`` or ``smtps://…``; raises SettingsError.

        The ports are those of RFC 8314: 587 for submission, 465 with TLS; 25 for a relay on this machine. User and password
        may be percent-encoded. Only a server on this machine may be without encryption.
        """
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError as error:
            raise _unusable(str(error)) from None
        if parts.scheme not in ("smtp", "smtps"):
            raise _unusable("it begins with neither smtp:// nor smtps://")
        if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
            raise _unusable("there is no host, or something after it")
        if bool(parts.username) != bool(parts.password):
            raise _unusable("a user needs a password, and a password a user")
        username, password = unquote(parts.username or ""), unquote(parts.password or "")
        if parts.scheme == "smtps":
            return cls(parts.hostname, port or 465, "tls", username, password)
        if is_this_machine(parts.hostname):
            return cls(parts.hostname, port or 25, "offered", username, password)
        return cls(parts.hostname, port or 587, "starttls", username, password)


def _unusable(why: str) -> SettingsError:
    return SettingsError(f"PSQM_SMTP_URL is not usable ({why}): write {_EXAMPLE}, or leave it empty.")
