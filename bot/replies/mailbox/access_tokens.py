"""Access tokens by which a mailbox lets the service in where it takes no password (OAuth 2.0, RFC 6749)."""

import asyncio
from dataclasses import dataclass, field
from time import monotonic

import aiohttp
from pydantic import BaseModel, ValidationError

from bot.replies.mailbox.imap import MailboxTrouble

_SECONDS = 20.0
_MARGIN_SECONDS = 120.0
"""A token is renewed so long before it ends, as it has to last for logging in."""


class _Granted(BaseModel):
    access_token: str
    expires_in: float = 3600.0


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks for tokens where. With a ``refresh_token`` for the person who consented (RFC 6749, 6), else for itself (4.4)."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    refresh_token: str = field(default="", repr=False)

    def form(self) -> dict[str, str]:
        """What is posted to the token address."""
        grant = (
            {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
            if self.refresh_token
            else {"grant_type": "client_credentials"}
        )
        scope = {"scope": self.scope} if self.scope else {}
        return grant | {"client_id": self.client_id, "client_secret": self.client_secret} | scope


class AccessTokens:
    """Gets a token when one is needed, and keeps it until it is about to end."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._token = ""
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        """A token that works now; raises MailboxTrouble."""
        async with self._lock:
            if monotonic() >= self._until:
                granted = await self._ask()
                self._token, self._until = granted.access_token, monotonic() + granted.expires_in - _MARGIN_SECONDS
            return self._token

    def forget(self) -> None:
        """The mailbox did not take the token: the next one is a new one."""
        self._until = 0.0

    async def _ask(self) -> _Granted:
        try:
            timeout = aiohttp.ClientTimeout(total=_SECONDS)
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.post(self._client.token_url, data=self._client.form()) as response,
            ):
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise MailboxTrouble(f"no access token: {type(error).__name__}") from None
        if response.status != 200:
            # The body names the fault in plain words, such as "invalid_client", and no secret (RFC 6749, 5.2).
            raise MailboxTrouble(f"no access token: status {response.status}", content[:500].decode("utf-8", "replace"))
        try:
            return _Granted.model_validate_json(content)
        except ValidationError:
            raise MailboxTrouble("no access token: the answer holds none") from None
