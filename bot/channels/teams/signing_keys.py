"""The keys that the Bot Framework signs with, as its OpenID metadata publishes them."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import InvalidKeyError
from jwt.algorithms import RSAAlgorithm

DAY = 24 * 60 * 60.0
"""Seconds after which the keys are read anew; learn.microsoft.com, "Authentication with the Bot Connector API" asks for that."""
PAUSE_UNKNOWN = 5 * 60.0
"""Seconds between two looks for a key that is not known: whoever makes up key ids must not make us ask all the time."""
PAUSE_FAILED = 5.0
_PATIENCE = ClientTimeout(total=2)

_log = structlog.get_logger(__name__)


class KeyUnknown(LookupError):
    """The Bot Framework has no such key."""


class KeysUnavailable(Exception):
    """The keys cannot be read just now; the text holds nothing personal."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key, and the channels (``msteams``) whose requests may be signed with it."""

    public: RSAPublicKey
    channels: frozenset[str]


class SigningKeys:
    """Reads the keys of ``metadata_url`` when one is asked for, and keeps them for a day."""

    def __init__(self, metadata_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._metadata_url = metadata_url
        self._clock = clock
        self._keys: Mapping[str, SigningKey] = {}
        self._read_at: float | None = None
        self._failed_at: float | None = None
        self._one_at_a_time = asyncio.Lock()

    async def key(self, kid: str) -> SigningKey:
        """The key of that id. Raises KeyUnknown and, only where none are kept from before, KeysUnavailable."""
        if self._is_due(kid):
            async with self._one_at_a_time:
                if self._is_due(kid):  # not done meanwhile by somebody before us
                    await self._read()
        if self._read_at is None:
            raise KeysUnavailable("the keys of the Bot Framework cannot be read")
        try:
            return self._keys[kid]
        except KeyError:
            raise KeyUnknown from None

    async def names(self) -> list[str]:
        """The ids of all keys, read now. Raises KeysUnavailable."""
        await self._read()
        if self._failed_at is not None:
            raise KeysUnavailable("the keys of the Bot Framework cannot be read")
        return sorted(self._keys)

    def _is_due(self, kid: str) -> bool:
        now = self._clock()
        if self._failed_at is not None and now - self._failed_at < PAUSE_FAILED:
            return False
        if self._read_at is None or now - self._read_at >= DAY:
            return True
        return kid not in self._keys and now - self._read_at >= PAUSE_UNKNOWN

    async def _read(self) -> None:
        """Keys that are known stay when they cannot be read: those who sign are asked again soon."""
        try:
            async with ClientSession(timeout=_PATIENCE, raise_for_status=True) as session:
                metadata = await _json(session, self._metadata_url)
                found = await _json(session, metadata["jwks_uri"])
                keys = dict(filter(None, map(_signing_key, found["keys"])))
        except (ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            self._failed_at = self._clock()
            _log.warning("keys of the Bot Framework not read", error=type(error).__name__)
            return
        self._keys, self._read_at, self._failed_at = keys, self._clock(), None


async def _json(session: ClientSession, url: str) -> dict[str, Any]:
    async with session.get(url) as response:
        found: dict[str, Any] = await response.json(content_type=None)
        return found


def _signing_key(jwk: Mapping[str, Any]) -> tuple[str, SigningKey] | None:
    """None for a key of another kind: only RSA keys sign with RS256."""
    if jwk.get("kty") != "RSA" or jwk.get("use", "sig") != "sig":
        return None
    try:
        public = RSAAlgorithm.from_jwk(dict(jwk))
    except (InvalidKeyError, ValueError):
        return None
    if not isinstance(public, RSAPublicKey):
        return None  # a private key has no business there
    return str(jwk["kid"]), SigningKey(public, frozenset(jwk.get("endorsements", ())))
