"""The link to a registration cannot be guessed, forged, altered, or used for ever."""

import re
import time
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from bot.registrations.links import LinkExpired, LinkForged, RegistrationLinks

LINKS = RegistrationLinks("secret", "https://chat.example", days=180)
REGISTRATION, PERSON = "5f0a3a52-6a3b-4f5b-9d57-3f1f3c2c8f11", "9e0d2f0c-8f0f-4b43-8f39-3b8f2b4c1d22"
TOKEN = LINKS.token(REGISTRATION, PERSON)
ANY_CHARACTER = st.characters(codec="ascii")


@given(st.uuids(), st.uuids())
def test_a_link_names_its_registration_and_its_person(registration: UUID, person: UUID) -> None:
    href = LINKS.href(str(registration), str(person))
    assert href.startswith("https://chat.example/r/")
    assert LINKS.read(href.rpartition("/")[2]) == (str(registration), str(person))


def test_a_link_survives_a_mail() -> None:
    """One line, no character that is quoted or broken, none at the end that a mail program takes for punctuation."""
    for _ in range(200):
        token = LINKS.token(str(uuid4()), str(uuid4()))
        assert re.fullmatch(r"[A-Za-z0-9_.-]{93}[A-Za-z0-9]", token)


@pytest.mark.parametrize(
    "token",
    ["", "x", "..", "a.b.c", "\u00e9.b.c", "\udcfc"]
    + [
        pytest.param(TOKEN[:-1], id="cut"),
        pytest.param(TOKEN + "A", id="longer"),
        pytest.param(TOKEN + "=", id="padded"),
    ],
)
def test_what_is_no_link(token: str) -> None:
    with pytest.raises(LinkForged):
        LINKS.read(token)


def test_a_link_signed_with_another_key_is_forged() -> None:
    with pytest.raises(LinkForged):
        LINKS.read(RegistrationLinks("another secret", "https://chat.example", 180).token(REGISTRATION, PERSON))


def test_something_else_signed_with_our_key_is_no_link() -> None:
    ids = TOKEN.partition(".")[0]
    for other in (TimestampSigner("secret").sign(ids).decode(), str(URLSafeTimedSerializer("secret").dumps("abc"))):
        with pytest.raises(LinkForged):
            LINKS.read(other)


@given(st.integers(0, len(TOKEN) - 1), ANY_CHARACTER)
def test_changing_any_character_breaks_a_link(place: int, character: str) -> None:
    changed = TOKEN[:place] + character + TOKEN[place + 1 :]
    if changed != TOKEN:
        with pytest.raises(LinkForged):
            LINKS.read(changed)


@given(st.text(ANY_CHARACTER, max_size=120))
def test_noise_is_no_link(noise: str) -> None:
    with pytest.raises(LinkForged):
        LINKS.read(noise)


def test_a_link_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 179 * 86400)
    assert LINKS.read(TOKEN) == (REGISTRATION, PERSON)
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 181 * 86400)
    with pytest.raises(LinkExpired):
        LINKS.read(TOKEN)


def test_an_old_link_that_was_altered_is_forged(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 181 * 86400)
    with pytest.raises(LinkForged):
        LINKS.read("B" + TOKEN[1:] if TOKEN[0] != "B" else "C" + TOKEN[1:])
