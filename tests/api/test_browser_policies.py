"""What browsers may do with us: headers on everything, other sites only when the settings name them."""

import re

import pytest

from tests.api.conftest import arrive
from tests.conftest import Client, StartService

FRIEND = "https://school.example"


@pytest.mark.parametrize(
    "path", ["/", "/chat", "/widget.js", "/api/config", "/api/messages", "/healthz", "/nowhere", "/problems/busy"]
)
async def test_security_headers_are_on_everything(client: Client, path: str) -> None:
    headers = (await client.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("strict-origin-when-cross-origin", "same-origin")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers
    assert "Server" not in headers


async def test_https_is_kept(start_service: StartService, sqlite_url: str) -> None:
    client = await start_service(sqlite_url, public_url="https://chat.example/")
    response = await client.get("/chat")
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert response.cookies["psqm_chat"]["secure"]


@pytest.mark.parametrize("path", ["/", "/chat"])
async def test_pages_have_nothing_inline_and_nothing_from_elsewhere(client: Client, path: str) -> None:
    page = await (await client.get(path)).text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r"""(?:src|action)=["']https?://(?!127\.0\.0\.1)""", page)


async def test_the_widget_is_for_every_site(client: Client) -> None:
    for path in ("/widget.js", "/static/icon.svg"):
        response = await client.get(path, headers={"Origin": "https://anyone.example"})
        assert response.status == 200
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response.headers["Cache-Control"].startswith("public")
    script = await client.get("/widget.js")
    assert script.content_type == "text/javascript"
    again = await client.get("/widget.js", headers={"If-None-Match": script.headers["ETag"]})
    assert again.status == 304


async def test_the_widget_travels_compressed_to_those_who_take_it(client: Client) -> None:
    plain = await client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    compressed = await client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert int(compressed.headers["Content-Length"]) <= 15 * 1024
    assert await compressed.read() == await plain.read()
    assert b"/*" not in (await plain.read())[:1000], "comments are for those who read the source"


async def test_a_site_in_the_settings_may_use_the_api(start_service: StartService, sqlite_url: str) -> None:
    client = await start_service(sqlite_url, allowed_origins=f"{FRIEND},https://other.example", rate_limit=20)
    preflight = await client.options(
        "/api/messages",
        headers={
            "Origin": FRIEND,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    assert preflight.status == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == FRIEND
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    allowed = preflight.headers["Access-Control-Allow-Headers"]
    assert [name.strip() for name in allowed.split(",")] == ["Authorization", "Content-Type", "Last-Event-ID"]

    person = await arrive(client)
    for response in (
        await client.post("/api/sessions", json={}, headers={"Origin": FRIEND}),
        await client.get("/api/messages", headers={"Origin": FRIEND}),
        await client.get("/api/events", headers={"Origin": FRIEND} | person.headers),
    ):
        assert response.headers["Access-Control-Allow-Origin"] == FRIEND
        assert "RateLimit-Remaining" in response.headers["Access-Control-Expose-Headers"]
        assert "Origin" in response.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in response.headers
        response.close()


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://school.example", f"{FRIEND}.evil.example", "null", ""]
)
async def test_other_sites_may_not(start_service: StartService, sqlite_url: str, origin: str) -> None:
    client = await start_service(sqlite_url, allowed_origins=FRIEND)
    preflight = await client.options(
        "/api/messages", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
    )
    assert preflight.status == 405
    response = await client.post("/api/sessions", json={}, headers={"Origin": origin})
    for answer in (preflight, response):
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_cors_is_for_the_api_only(start_service: StartService, sqlite_url: str) -> None:
    client = await start_service(sqlite_url, allowed_origins=FRIEND)
    for path in ("/", "/chat", "/metrics", "/healthz"):
        response = await client.get(path, headers={"Origin": FRIEND})
        assert "Access-Control-Allow-Origin" not in response.headers


async def test_answers_are_for_one_person_and_one_moment(client: Client) -> None:
    person = await arrive(client)
    for response in (
        await client.post("/api/sessions", json={}),
        await person.post(text="hello"),
        await client.get("/api/messages", headers=person.headers),
        await client.get("/api/config"),
        await client.get("/chat"),
        await client.get("/readyz"),
    ):
        assert response.headers["Cache-Control"] == "no-store"


async def test_clients_learn_about_the_scheme(client: Client) -> None:
    assert await (await client.get("/api/config")).json() == {
        "name": "Test Quality Mark",
        "short_name": "TQM",
        "email": "office@tqm.example",
        "website": "www.tqm.example",
    }
