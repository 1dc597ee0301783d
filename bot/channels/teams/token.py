"""Is a request really the Bot Framework's, and meant for this assistant? What Microsoft's documentation asks to check, all of it.

Source: learn.microsoft.com, "Authentication with the Bot Connector API", from Connector to bot. The SDK's own check accepts more
(docs/decisions/027-teams.md), so that this one stands before it.
"""

from dataclasses import dataclass

import jwt

from bot.channels.teams.signing_keys import KeyUnknown, SigningKeys

CHANNEL = "msteams"
ISSUER = "https://api.botframework.com"
SKEW_SECONDS = 5 * 60
"""How far clocks may differ, as documented."""
LONGEST_TOKEN = 8 * 1024
"""Characters; real ones have about 900."""


class TokenRefused(Exception):
    """The request is not the Bot Framework's; the text says why, for the log alone."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """What the token vouches for: where this request comes from, and answers go."""

    service_url: str


class TokenCheck:
    """Checks the tokens of requests that are meant for the bot ``app_id``."""

    def __init__(self, app_id: str, keys: SigningKeys) -> None:
        self._app_id = app_id
        self._keys = keys

    async def check(self, authorization: str) -> Vouched:
        """``authorization`` is the header. Raises TokenRefused and KeysUnavailable."""
        token = _bearer(authorization)
        key_id = _key_id(token)
        try:
            key = await self._keys.key(key_id)
        except KeyUnknown:
            raise TokenRefused("signed with an unknown key") from None
        if CHANNEL not in key.channels:
            raise TokenRefused("signed with a key of other channels")
        try:
            claims = jwt.decode(
                token,
                key.public,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=ISSUER,
                leeway=SKEW_SECONDS,
                options={"require": ["exp", "nbf", "iss", "aud"], "strict_aud": True},
            )
        except jwt.InvalidTokenError as error:
            raise TokenRefused(type(error).__name__) from None
        service_url = claims.get("serviceurl")
        if not isinstance(service_url, str) or not service_url:
            raise TokenRefused("names no service")
        return Vouched(service_url)


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("no token")
    if len(token) > LONGEST_TOKEN:
        raise TokenRefused("a token of extraordinary length")
    return token.strip()


def _key_id(token: str) -> str:
    """Looked at before a key is asked for: nothing is fetched for a token that cannot be one of theirs."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        raise TokenRefused("not a token") from None
    if header.get("alg") != "RS256":
        raise TokenRefused("not signed with RS256")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise TokenRefused("names no key")
    return key_id
