"""Opens Teams with the service's settings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from microsoft_agents.authentication.msal import MsalAuth
from microsoft_agents.hosting.core import AgentAuthConfiguration, ConnectionManager, OutboundHostValidator
from microsoft_agents.hosting.core.authorization import AccessTokenProviderBase
from microsoft_agents.hosting.core.authorization.auth_types import AuthTypes

from bot.channels.teams.agent import Desk, TeamsAgent
from bot.channels.teams.connector import HOSTS, Connector
from bot.channels.teams.door import TeamsDoor
from bot.channels.teams.poster import TeamsPoster
from bot.channels.teams.signing_keys import SigningKeys
from bot.channels.teams.token import TokenCheck
from bot.settings import Settings
from bot.store.database import Database

_CONNECTION = "SERVICE_CONNECTION"  # the SDK's name of the one that is used when none is named


def _of_microsoft() -> OutboundHostValidator:
    return OutboundHostValidator(list(HOSTS), enabled=True, include_default_microsoft_hosts=False)


@dataclass(frozen=True, slots=True)
class Microsoft:
    """What of Microsoft's is needed: its public cloud, unless tests stand in for it.

    ``metadata_url``: the Bot Framework's OpenID metadata; ``services``: where answers may go; ``tokens``: what gets access
    tokens from Entra.
    """

    metadata_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    services: OutboundHostValidator = field(default_factory=_of_microsoft)
    tokens: Callable[[Any], AccessTokenProviderBase] = MsalAuth


@dataclass(frozen=True, slots=True)
class Teams:
    """``door`` takes requests, ``agent`` works on what was kept of them, ``poster`` posts without being asked."""

    door: TeamsDoor
    agent: TeamsAgent
    poster: TeamsPoster
    connector: Connector

    async def close(self) -> None:
        await self.connector.close()


def open_teams(settings: Settings, database: Database, desk: Desk, microsoft: Microsoft | None = None) -> Teams:
    """Teams' door to ``desk``."""
    microsoft = microsoft or Microsoft()
    connections = open_connections(settings, microsoft)
    connector = Connector(connections.get_default_connection(), microsoft.services)
    check = TokenCheck(settings.teams_app_id, SigningKeys(microsoft.metadata_url))
    return Teams(
        TeamsDoor(check, database, settings.teams_tenant_id, connector.is_allowed),
        TeamsAgent(desk, database, connector, connections, settings.teams_tenant_id),
        TeamsPoster(connector),
        connector,
    )


def open_connections(settings: Settings, microsoft: Microsoft) -> ConnectionManager:
    """What gets the bot's access tokens, as an application of a single tenant."""
    configuration = AgentAuthConfiguration(
        auth_type=AuthTypes.client_secret,
        client_id=settings.teams_app_id,
        tenant_id=settings.teams_tenant_id,
        client_secret=settings.teams_app_secret,
    )
    return ConnectionManager(microsoft.tokens, {_CONNECTION: configuration})
