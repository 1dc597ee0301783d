"""The settings of the mailbox: what can be used, and one clear line for what cannot."""

from pathlib import Path
from typing import Any

import pytest

from bot.doctor import examine
from bot.replies.mailbox.access_tokens import Client
from bot.replies.mailbox.imap_server import ImapServer
from bot.replies.opening import check_addresses, open_connecting
from bot.settings import Settings, SettingsError
from tests.conftest import StartService

OAUTH = {
    "imap_oauth_token_url": "https://login.example/token",
    "imap_oauth_client_id": "psqm",
    "imap_oauth_client_secret": "s",
}


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("imaps://ann:pw@imap.tqm.example", ImapServer("imap.tqm.example", 993, True, "ann", "pw")),
        (
            "imaps://a%40b:p%2Fw%3A@h.example:994/Letters%20in",
            ImapServer("h.example", 994, True, "a@b", "p/w:", "Letters in"),
        ),
        ("imaps://a%40b@h.example", ImapServer("h.example", 993, True, "a@b")),
        ("imap://a:b@127.0.0.1", ImapServer("127.0.0.1", 143, False, "a", "b")),
        ("imap://a:b@localhost:1143/", ImapServer("localhost", 1143, False, "a", "b")),
    ],
)
def test_addresses_of_mailboxes(url: str, server: ImapServer) -> None:
    assert ImapServer.parse(url) == server


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("pop3://a:b@h.example", "neither imaps"),
        ("imap://a:b@imap.tqm.example", "without encryption"),
        ("imaps://imap.tqm.example", "no user"),
        ("imaps://a:b@/INBOX", "no host"),
        ("imaps://a:b@h.example:no", "Port"),
        ("imaps://a:b@h.example/INBOX?x=1", "after the folder"),
    ],
)
def test_what_is_no_address_of_a_mailbox(url: str, why: str) -> None:
    with pytest.raises(SettingsError, match=r"PSQM_IMAP_URL is not usable \(.*\): write imaps://") as refusal:
        ImapServer.parse(url)
    assert why.casefold() in str(refusal.value).casefold()
    assert "a:b" not in str(refusal.value)


def test_a_password_is_in_no_representation() -> None:
    assert "secret-word" not in repr(ImapServer.parse("imaps://ann:secret-word@h.example"))
    assert "secret-word" not in repr(Client("https://x.example", "id", "secret-word", "", "secret-word"))
    assert "secret-word" not in repr(Settings(imap_url="imaps://ann:secret-word@h.example"))


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({"imap_url": "imaps://a@h.example"}, "has no password"),
        ({"imap_url": "imaps://a:b@h.example", **OAUTH}, "take one of them away"),
        ({"imap_url": "imaps://a@h.example", "imap_oauth_client_id": "x"}, "set all"),
        ({"imap_url": "imaps://a@h.example", **OAUTH, "imap_oauth_token_url": "http://x.example"}, "https://"),
    ],
)
def test_settings_that_do_not_fit_together(chosen: dict[str, Any], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        open_connecting(Settings(**chosen))


def test_a_mailbox_needs_its_address() -> None:
    with pytest.raises(SettingsError, match="PSQM_REPLY_ADDRESS"):
        check_addresses(Settings(imap_url="imaps://a:b@h.example"))


async def test_the_service_does_not_start_with_half_a_mailbox(start_service: StartService, sqlite_url: str) -> None:
    with pytest.raises(SettingsError, match="PSQM_REPLY_ADDRESS"):
        await start_service(sqlite_url, imap_url="imap://a:b@127.0.0.1:9")


async def test_a_mailbox_that_is_away_does_not_keep_the_service_from_answering(
    start_service: StartService, sqlite_url: str
) -> None:
    client = await start_service(sqlite_url, imap_url="imap://a:b@127.0.0.1:9", reply_address="letters@tqm.example")
    assert (await client.post("/api/sessions", json={})).status == 201


def test_an_application_asks_for_itself_or_for_who_consented() -> None:
    assert Client("u", "i", "s", "scope").form()["grant_type"] == "client_credentials"
    assert Client("u", "i", "s", "", "r").form() == {
        "grant_type": "refresh_token",
        "refresh_token": "r",
        "client_id": "i",
        "client_secret": "s",
    }


@pytest.mark.parametrize(
    ("chosen", "state", "says"),
    [
        ({}, "note", "go to hub leaders"),
        ({"imap_url": "imap://a:b@127.0.0.1:9"}, "broken", "PSQM_REPLY_ADDRESS"),
        ({"imap_url": "imap://a:b@127.0.0.1:9", "reply_address": "a@h.example"}, "broken", "cannot be reached"),
    ],
)
async def test_the_doctor_looks_into_the_mailbox(tmp_path: Path, chosen: dict[str, Any], state: str, says: str) -> None:
    found = await examine(Settings(data_dir=tmp_path / "var", engine_url="http://127.0.0.1:9", **chosen))
    (replies,) = [finding for finding in found if finding.what == "replies"]
    assert replies.state == state
    assert says in replies.says
