"""An access token by the SDK's own MSAL, from a token endpoint that speaks TLS as Entra's does."""

import ipaddress
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msal
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from microsoft_agents.authentication.msal import MsalAuth
from microsoft_agents.hosting.core import OutboundHostValidator

from bot.channels.teams.connector import Connector, TokenNotGiven
from bot.channels.teams.opening import Microsoft, open_connections
from bot.settings import Settings
from tests.unit.teams.microsoft import APP_ID, KEY, TENANT


@dataclass
class Entra:
    """``asked``: the forms that the token endpoint got."""

    url: str = ""
    certificate: Path = Path()
    asked: list[dict[str, Any]] = field(default_factory=list)
    secret: str = "secret"

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", self._configuration)
        app.router.add_post("/{tenant}/token", self._token)
        return app

    async def _configuration(self, request: web.Request) -> web.Response:
        tenant = f"{self.url}/{request.match_info['tenant']}"
        endpoints = {"token_endpoint": f"{tenant}/token", "authorization_endpoint": f"{tenant}/authorize"}
        return web.json_response(endpoints | {"issuer": f"{tenant}/v2.0"})

    async def _token(self, request: web.Request) -> web.Response:
        form = dict(await request.post())
        self.asked.append(form | {"tenant": request.match_info["tenant"]})
        if form["client_secret"] != self.secret:
            refused = {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret."}
            return web.json_response(refused, status=401)
        return web.json_response({"access_token": "for-the-bot", "expires_in": 3600, "token_type": "Bearer"})


@pytest.fixture
async def entra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Entra]:
    entra = Entra(certificate=tmp_path / "certificate.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(entra.certificate))  # goes before what a client is told
    server = TestServer(entra.app(), scheme="https")
    try:
        await server.start_server(ssl=_tls(entra.certificate))
        entra.url = f"https://127.0.0.1:{server.port}"
        yield entra
    finally:
        await server.close()


def _tls(certificate: Path) -> ssl.SSLContext:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(KEY, hashes.SHA256())
    )
    private = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificate.write_bytes(signed.public_bytes(Encoding.PEM))
    both = certificate.with_suffix(".key")
    both.write_bytes(private + signed.public_bytes(Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(both)
    return context


def _connector(entra: Entra, secret: str) -> Connector:
    class HereInsteadOfEntra(MsalAuth):
        """The SDK's own in everything but where Entra is."""

        def _create_client_application(self, tenant_id: str | None = None) -> msal.ConfidentialClientApplication:
            configuration = self._msal_configuration
            return msal.ConfidentialClientApplication(
                configuration.CLIENT_ID,
                client_credential=configuration.CLIENT_SECRET,
                authority=f"{entra.url}/{configuration.TENANT_ID}",
                instance_discovery=False,
            )

    settings = Settings(teams_app_id=APP_ID, teams_app_secret=secret, teams_tenant_id=TENANT)
    connections = open_connections(settings, Microsoft(tokens=HereInsteadOfEntra))
    return Connector(connections.get_default_connection(), OutboundHostValidator(["a.example"]))


async def test_the_bot_gets_a_token_of_its_tenant_for_the_bot_framework_and_keeps_it(entra: Entra) -> None:
    connector = _connector(entra, "secret")
    assert [await connector.token(), await connector.token()] == ["for-the-bot", "for-the-bot"]
    [asked] = entra.asked
    assert asked["tenant"] == TENANT
    assert (asked["grant_type"], asked["scope"]) == ("client_credentials", "https://api.botframework.com/.default")


async def test_a_wrong_secret_gets_none_and_is_not_repeated(entra: Entra) -> None:
    with pytest.raises(TokenNotGiven) as caught:
        await _connector(entra, "wrong-secret").token()
    assert "wrong-secret" not in str(caught.value)


def test_the_token_endpoint_is_the_one_of_the_tenant_alone() -> None:
    settings = Settings(teams_app_id=APP_ID, teams_app_secret="secret", teams_tenant_id=TENANT)
    configuration = open_connections(settings, Microsoft()).get_default_connection_configuration()
    assert MsalAuth._resolve_authority(configuration) == f"https://login.microsoftonline.com/{TENANT}"
