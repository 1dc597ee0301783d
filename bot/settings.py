"""Every setting of the service, read once from ``PSQM_…`` environment variables and an optional ``.env`` file.

The command line imports this module, so it imports nothing heavy.
"""

import hashlib
import hmac
import os
import secrets
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class SettingsError(Exception):
    """A setting cannot be used; the text is one line that says which one and how to mend it."""


def _listed(value: object) -> object:
    """Splits "a, b" as it stands in an environment variable; leaves sequences alone."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _off_is_none(value: object) -> object:
    return None if isinstance(value, str) and value.strip().casefold() == "off" else value


def _origin(value: str) -> str:
    """``https://School.example/`` → ``https://school.example``; raises ValueError for what is no origin."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/") or parts.query:
        raise ValueError("an origin looks like https://www.example.org, without a path")
    return f"{parts.scheme}://{parts.netloc}".lower()


Port = Annotated[int, Field(ge=1, le=65535)]
PerMinute = Annotated[Annotated[int, Field(ge=1)] | None, BeforeValidator(_off_is_none)]
Origins = Annotated[tuple[Annotated[str, BeforeValidator(_origin)], ...], NoDecode, BeforeValidator(_listed)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(ip_network)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_listed)]


class Settings(BaseSettings):
    """The settings; each field ``name`` is the environment variable ``PSQM_NAME``.

    Raises SettingsError when one of them is invalid. Derived values (addresses, secrets) are filled in, so readers
    never ask whether something was set.
    """

    model_config = SettingsConfigDict(
        env_prefix="PSQM_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    # Where people reach the service: links and cookies are made for this address. Default: http://host:port
    public_url: str = ""
    # Address and port that the service listens on
    host: str = "127.0.0.1"
    port: Port = 8080

    # Folder for the database, the secret key and mail; made when missing
    data_dir: Path = Path("var")
    # SQLAlchemy address of the database, SQLite or PostgreSQL. Default: psqm.db in the data folder
    database_url: str = ""
    # Redis for rate limits that several services share. Default: each service counts in its own memory
    redis_url: str = ""
    # The facts that the assistant states
    facts_path: Path = Path("facts.yml")
    # The responses that state them, and the trained model that chooses among them
    domain_path: Path = Path("domain.yml")
    model_path: Path = Path("models/psqm.tar.gz")
    # The letter's wording, and its layout
    letter_path: Path = Path("letter")

    # Private ports of the engine and of the actions that it calls
    engine_port: Port = 5005
    actions_port: Port = 5055
    # Where the engine is, when it does not run on this machine. Default: http://127.0.0.1:engine_port
    engine_url: str = ""
    # SQLAlchemy address of the database for the engine's own memory. Default: tracker.db in the data folder
    tracker_url: str = ""
    # Seconds that the engine may take for one message
    engine_timeout: float = Field(8.0, gt=0, le=120)
    # What the service and the engine know each other by. Default: derived from the secret key
    given_engine_secret: str = Field(
        "", repr=False, validation_alias=AliasChoices("engine_secret", "PSQM_ENGINE_SECRET")
    )
    # Signs sessions. Default: made on first start and kept in the data folder, readable by its owner only
    given_secret_key: str = Field("", repr=False, validation_alias=AliasChoices("secret_key", "PSQM_SECRET_KEY"))
    # Days after which a session ends
    session_days: int = Field(30, ge=1, le=3650)

    # Messages a minute in one session; "off" switches off this limit and the next one, for load tests
    rate_limit: PerMinute = 20
    # Messages and new sessions a minute from one address, or "off"
    address_rate_limit: PerMinute = 120
    # Proxies in front of the service whose X-Forwarded-For is believed: addresses or networks, separated by commas
    trusted_proxies: Networks = ()
    # Sites that may embed the widget, separated by commas, such as https://www.example.org
    allowed_origins: Origins = ()

    # Loads a sample of the school register and an example hub into an empty database at the first start
    example_data: bool = True
    # Miles from a school within which a hub is offered
    hub_miles: int = Field(40, ge=1, le=1000)
    # Days for which a place that became free is held for the first school that waits
    offer_days: int = Field(7, ge=1, le=365)
    # Days for which the link in a confirmation works
    link_days: int = Field(180, ge=1, le=3650)
    # Days without a change after which a conversation, and a registration with its people, is erased
    conversation_days: int = Field(180, ge=1, le=3650)
    registration_days: int = Field(730, ge=1, le=3650)

    # Mail server: smtp://user:password@host:587 (STARTTLS), smtps://… (TLS). Default: .eml files in the data folder's mail/
    smtp_url: str = Field("", repr=False)
    # Who mail is from, and who in the office hears of what needs a person. Default: the scheme's address in facts.yml
    mail_from: str = ""
    office_email: str = ""

    # Letters of a mailing that leave in a minute, and the hours of the day, in London, between which they do
    letter_rate: int = Field(60, ge=1, le=100_000)
    letter_hours: str = "08:00-18:00"
    # Letters a day that people ask for in conversation, all of them together
    letter_day_limit: int = Field(200, ge=1, le=100_000)
    # Days without a visit or a reply after which a letter is followed by a reminder, and then by a last one
    reminder_days: int = Field(14, ge=1, le=365)
    last_reminder_days: int = Field(14, ge=1, le=365)
    # Days after which a letter, what came of it and the mails that came in answer are erased: more than a school year, within
    # which nobody gets the letter again
    letter_days: int = Field(400, ge=366, le=3650)

    # Mailbox that replies to letters arrive in: imaps://user:password@host. Default: replies go to the hub leader
    imap_url: str = Field("", repr=False)
    # OAuth in place of a password there (XOAUTH2): imaps://user@host, and where and as whom to get access tokens
    imap_oauth_token_url: str = ""
    imap_oauth_client_id: str = ""
    imap_oauth_client_secret: str = Field("", repr=False)
    imap_oauth_scope: str = ""
    # Google's way: a person's lasting consent. Without it the application is let in by itself, which is Microsoft's way
    imap_oauth_refresh_token: str = Field("", repr=False)
    # The address of that mailbox; its server has to take mail for name+anything@host too
    reply_address: str = ""
    # Answers by mail that one address gets in a day
    replies_a_day: int = Field(8, ge=1, le=1000)

    # Slack: what its requests are signed with, and the bot's token. Without them Slack is off
    slack_signing_secret: str = Field("", repr=False)
    slack_bot_token: str = Field("", repr=False)
    # Socket Mode, for those without a public address: the app-level token (xapp-…) in place of the signing secret
    slack_app_token: str = Field("", repr=False)
    # Where Slack's Web API is
    slack_api_url: str = "https://slack.com/api/"

    # Teams: the bot's registration in Microsoft Entra, of a single tenant. Without it Teams is off
    teams_app_id: str = ""
    teams_app_secret: str = Field("", repr=False)
    teams_tenant_id: str = ""

    # The hours of weekdays, in London, in which a person is there, and within how many working days they answer
    office_hours: str = "09:00-17:00"
    answer_days: int = Field(2, ge=1, le=20)
    # Minutes without a leader's word after which the assistant answers again in a conversation that they took over
    takeover_minutes: int = Field(30, ge=1, le=1440)
    # Days after which a browser is signed out of the desk
    desk_days: int = Field(7, ge=1, le=90)

    # How log lines look: "console" for people, "json" for machines, "auto" chooses by whether a terminal reads them
    log_format: Literal["auto", "console", "json"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError(_one_line(error)) from None

    def model_post_init(self, _context: Any) -> None:
        derived = {
            "public_url": (self.public_url or f"http://{self.host}:{self.port}").rstrip("/"),
            "database_url": _async_database_url(self.database_url) or f"sqlite+aiosqlite:///{self.data_dir}/psqm.db",
            "tracker_url": self.tracker_url or f"sqlite:///{self.data_dir.absolute()}/tracker.db",
            "engine_url": (self.engine_url or f"http://127.0.0.1:{self.engine_port}").rstrip("/"),
        }
        self.__dict__.update(derived)

    @property
    def is_https(self) -> bool:
        """Whether people reach the service over https."""
        return self.public_url.startswith("https://")

    @cached_property
    def secret_key(self) -> str:
        """The key that signs sessions; raises SettingsError when it can be neither read nor made."""
        return self.given_secret_key or _kept_secret(self.ensure_data_dir() / "secret.key")

    @cached_property
    def engine_secret(self) -> str:
        """What the service and the engine know each other by; raises SettingsError like ``secret_key``."""
        return self.given_engine_secret or hmac.digest(self.secret_key.encode(), b"psqm engine", hashlib.sha256).hex()

    def ensure_data_dir(self) -> Path:
        """Makes the data folder when it is missing, and returns it; raises SettingsError when it is of no use."""
        mend = "let this user write there, or set PSQM_DATA_DIR to a folder that it may write to"
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            probe = self.data_dir / f".probe-{secrets.token_hex(8)}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise SettingsError(f"The data folder {self.data_dir} cannot be used ({error.strerror}): {mend}.") from None
        return self.data_dir


def _async_database_url(url: str) -> str:
    """Names the asynchronous driver in a database address that was given without one."""
    for plain, driven in (
        ("postgresql://", "postgresql+asyncpg://"),
        ("postgres://", "postgresql+asyncpg://"),
        ("sqlite://", "sqlite+aiosqlite://"),
    ):
        if url.startswith(plain):
            return driven + url.removeprefix(plain)
    return url


def _kept_secret(path: Path) -> str:
    """The secret in ``path``, made when it is missing: whoever comes first makes it, and everybody reads the same."""
    try:
        if not path.exists():
            draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
            draft.touch(mode=0o600, exist_ok=False)
            draft.write_text(secrets.token_hex(32), encoding="ascii")
            try:
                os.link(draft, path)  # unlike a rename, fails when another process was faster
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        secret = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The secret key {path} cannot be read ({error}): mend its rights or remove it.") from None
    if len(secret) < 32:
        raise SettingsError(f"The secret key {path} is damaged: remove it, and a new one is made at the next start.")
    return secret


def _one_line(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    name = str(first["loc"][0]).upper().removeprefix("GIVEN_").removeprefix("PSQM_") if first["loc"] else "?"
    wrong = first["msg"].removeprefix("Value error, ")
    return f"PSQM_{name} is not usable ({wrong}): correct it in the environment or in .env."
