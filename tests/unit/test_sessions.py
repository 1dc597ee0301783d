"""Sessions and forms cannot be guessed, forged, or carried over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from bot.channels.form_guard import FormGuard
from bot.channels.sessions import NoSession, Sessions

SESSIONS = Sessions("secret", days=30)
GUARD = FormGuard("secret", 3600, "https://chat.example")


def test_a_session_names_its_conversation() -> None:
    assert SESSIONS.read(SESSIONS.sign("abc")) == "abc"
    assert SESSIONS.read_header(f"Bearer {SESSIONS.sign('abc')}") == "abc"
    assert SESSIONS.read_header(f"bearer  {SESSIONS.sign('abc')}") == "abc"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer abc", "Bearer a.b.c", "Bearer \u00e9.b.c", "Bearer \udcfc"],
)
def test_what_is_no_session(header: str) -> None:
    with pytest.raises(NoSession):
        SESSIONS.read_header(header)


def test_a_session_signed_with_another_key_is_forged() -> None:
    with pytest.raises(NoSession):
        SESSIONS.read(Sessions("another secret", 30).sign("abc"))


def test_something_else_signed_with_our_key_is_no_session() -> None:
    for token in (GUARD.token("abc"), str(URLSafeTimedSerializer("secret").dumps("abc"))):
        with pytest.raises(NoSession):
            SESSIONS.read(token)


def test_a_session_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    token = SESSIONS.sign("abc")
    now = __import__("time").time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 29 * 86400)
    assert SESSIONS.read(token) == "abc"
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 31 * 86400)
    with pytest.raises(NoSession):
        SESSIONS.read(token)


@given(st.integers(0, 300), st.characters(codec="ascii"))
def test_changing_any_character_breaks_a_session(place: int, character: str) -> None:
    token = SESSIONS.sign("0b2c4b9e-conversation")
    place %= len(token) - 1  # the last character of base64 carries bits that mean nothing
    changed = token[:place] + character + token[place + 1 :]
    if changed.replace("+", "-").replace("/", "_") != token:  # two spellings of the same bytes
        with pytest.raises(NoSession):
            SESSIONS.read(changed)


OURS = {"Origin": "https://chat.example"}


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        (OURS, True),
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Origin": "http://127.0.0.1:8080", "Host": "127.0.0.1:8080"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "https://[broken"}, False),
        ({"Sec-Fetch-Site": "cross-site"} | OURS, False),
        ({"Sec-Fetch-Site": "same-site"} | OURS, False),
    ],
)
def test_a_form_comes_from_our_own_page(headers: dict[str, str], accepted: bool) -> None:
    assert GUARD.accepts(GUARD.token("abc"), "abc", headers) is accepted


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "\udcfc",
        pytest.param(SESSIONS.sign("abc"), id="session"),
        pytest.param(GUARD.token("other"), id="another's"),
        pytest.param(GUARD.token(None), id="nobody's"),
    ],
)
def test_a_form_carries_the_token_of_its_own_conversation(token: str) -> None:
    assert not GUARD.accepts(token, "abc", OURS)
