"""``POST /slack/events``: everything that Slack sends by HTTP, be it events, buttons, windows or commands."""

import json
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.channels.keys import SETTINGS
from bot.channels.problems import Problem
from bot.channels.slack.opening import Slack
from bot.channels.slack.signature import is_genuine

SLACK = web.AppKey("slack", Slack)
PATH = "/slack/events"
LARGEST = 1024 * 1024
"""Bytes of a request: a message of 40,000 characters comes twice in its event, and each may take twelve bytes."""

_FORM = "application/x-www-form-urlencoded"


async def receive(request: web.Request) -> web.Response:
    """Verified, kept, acknowledged. Raises Problem: 401 for what is not Slack's, 413 for what is too long, 400 for the rest."""
    slack = request.app.get(SLACK)
    secret = request.app[SETTINGS].slack_signing_secret
    if slack is None or not secret:
        raise web.HTTPNotFound
    body = await _read(request)
    if not is_genuine(secret, body, request.headers, time.time()):
        raise Problem(401, "", "The request does not carry a fresh signature of Slack's.")
    text = _checked(body, request.content_type)
    headers: dict[str, str | Sequence[str]] = {"content-type": request.content_type}
    said = await slack.bolt.async_dispatch(AsyncBoltRequest(body=text, headers=headers))
    return await to_aiohttp_response(said)


async def _read(request: web.Request) -> bytes:
    """The body, whose limit is another one than that of the other addresses."""
    read = bytearray()
    async for part in request.content.iter_chunked(64 * 1024):
        read += part
        if len(read) > LARGEST:
            raise Problem(413, "too-long", f"A request of Slack's can have at most {LARGEST:,} bytes.")
    return bytes(read)


def _checked(body: bytes, content_type: str) -> str:
    """The body as text that bolt can read: JSON, or a form, whose ``payload`` is JSON where it has one."""
    try:
        text = body.decode()
        if content_type == _FORM:
            payload = dict(parse_qsl(text, keep_blank_values=True)).get("payload")
            if payload is not None:
                _object(payload)
        else:
            _object(text)
    except (ValueError, RecursionError):
        raise Problem(400, "malformed", "The request holds neither JSON nor a form as Slack sends them.") from None
    return text


def _object(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found
