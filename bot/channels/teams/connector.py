"""The SDK's clients of the Teams connector, opened so that nothing waits for Microsoft before it has to."""

from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, ClientSession, ClientTimeout, TCPConnector
from microsoft_agents.hosting.core import (
    ChannelServiceClientFactoryBase,
    ClaimsIdentity,
    OutboundHostValidator,
    TurnContext,
)
from microsoft_agents.hosting.core.authorization import AccessTokenProviderBase
from microsoft_agents.hosting.core.connector import ConnectorClientBase
from microsoft_agents.hosting.core.connector.client import UserTokenClient
from microsoft_agents.hosting.core.connector.teams import TeamsConnectorClient

AUDIENCE = "https://api.botframework.com"
SCOPES = [f"{AUDIENCE}/.default"]
HOSTS = (
    "smba.trafficmanager.net",
    "botframework.com",
    "smba.infra.gcc.teams.microsoft.com",
)
"""Where Teams' services are, and all that is below these: public cloud and GCC, as learn.microsoft.com lists them."""
_PATIENCE = ClientTimeout(total=15)


class TokenNotGiven(Exception):
    """Microsoft Entra gives this bot no access token; the text holds nothing personal."""


class Connector(ChannelServiceClientFactoryBase):
    """Makes clients that share their connections, give up in time, and ask for an access token when they send, not before.

    The SDK's own factory asks for two tokens before a turn begins: with an expired secret no button would work any more.
    """

    def __init__(self, tokens: AccessTokenProviderBase, validator: OutboundHostValidator) -> None:
        self._tokens = tokens
        self._validator = validator
        self._connections: TCPConnector | None = None

    def is_allowed(self, service_url: str) -> bool:
        """Is this one of Microsoft's services?"""
        return bool(self._validator.is_allowed(service_url))

    def client(self, service_url: str) -> TeamsConnectorClient:
        """Raises ValueError for an address that is none of Microsoft's. The caller closes it."""
        if not self.is_allowed(service_url):
            raise ValueError("a service that is none of Microsoft's")
        session = ClientSession(
            base_url=service_url.rstrip("/") + "/",
            timeout=_PATIENCE,
            connector=self._shared(),
            connector_owner=False,
            middlewares=(self._authorise,),
        )
        return TeamsConnectorClient(service_url, "", session=session)

    async def token(self) -> str:
        """An access token, the SDK's kept one while it is good. Raises TokenNotGiven."""
        try:
            return str(await self._tokens.get_access_token(AUDIENCE, SCOPES))
        except Exception as error:  # requests, msal and the SDK each have their own
            raise TokenNotGiven(f"Microsoft Entra gives no access token ({type(error).__name__})") from error

    async def create_connector_client(
        self,
        context: TurnContext | None,
        claims_identity: ClaimsIdentity,
        service_url: str,
        audience: str,
        scopes: list[str] | None = None,
        use_anonymous: bool = False,
    ) -> ConnectorClientBase:
        return self.client(service_url)

    async def create_user_token_client(
        self, context: TurnContext, claims_identity: ClaimsIdentity, use_anonymous: bool = False
    ) -> UserTokenClient:
        """Nobody signs in through the bot: a client that is never used."""
        return UserTokenClient(app_id="", endpoint=AUDIENCE, token="")

    async def close(self) -> None:
        if self._connections:
            await self._connections.close()

    def _shared(self) -> TCPConnector:
        if self._connections is None:
            self._connections = TCPConnector(limit=20)
        return self._connections

    async def _authorise(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        request.headers["Authorization"] = f"Bearer {await self.token()}"
        return await handler(request)
