"""Looks whether Microsoft lets the bot in, for `psqm doctor`."""

from bot.channels.teams.connector import Connector, TokenNotGiven
from bot.channels.teams.opening import Microsoft, open_connections
from bot.channels.teams.signing_keys import KeysUnavailable, SigningKeys
from bot.settings import Settings


class TeamsTrouble(Exception):
    """Teams would not work; the text says why and what to do."""


async def examine(settings: Settings, microsoft: Microsoft | None = None) -> str:
    """What is in order, as a sentence. Raises TeamsTrouble."""
    microsoft = microsoft or Microsoft()
    try:
        keys = await SigningKeys(microsoft.metadata_url).names()
    except KeysUnavailable:
        raise TeamsTrouble("the Bot Framework's keys cannot be read: is login.botframework.com reachable?") from None
    connector = Connector(open_connections(settings, microsoft).get_default_connection(), microsoft.services)
    try:
        await connector.token()
    except TokenNotGiven as error:
        remedy = "check PSQM_TEAMS_APP_SECRET, which may have expired, and the other two settings of Teams"
        raise TeamsTrouble(f"{error}: {remedy}") from None
    return f"Microsoft gives the bot access; {len(keys)} keys of the Bot Framework are known"
