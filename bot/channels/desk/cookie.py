"""The cookie that says which desk session a browser has."""

import hashlib

from aiohttp import web
from itsdangerous import BadSignature, URLSafeSerializer

from bot.channels.keys import SETTINGS

_DAY = 24 * 60 * 60


def session_id_of(request: web.Request) -> str | None:
    """The id of the cookie's session; None without a genuine one."""
    kept = request.cookies.get(_name(request), "")
    if not kept.isascii():
        return None
    try:
        return str(_serializer(request).loads(kept))
    except BadSignature:
        return None


def remember(request: web.Request, response: web.Response, session_id: str) -> None:
    """Gives the browser its session. ``__Host-``: no other host of the same domain can set it, and it needs https."""
    secure = request.app[SETTINGS].is_https
    response.set_cookie(
        _name(request),
        _serializer(request).dumps(session_id),
        max_age=request.app[SETTINGS].desk_days * _DAY,
        path="/" if secure else "/desk",
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def forget(request: web.Request, response: web.Response) -> None:
    """Takes the cookie back."""
    secure = request.app[SETTINGS].is_https
    response.del_cookie(_name(request), path="/" if secure else "/desk", secure=secure, httponly=True, samesite="Lax")


def _name(request: web.Request) -> str:
    return "__Host-psqm_desk" if request.app[SETTINGS].is_https else "psqm_desk"


def _serializer(request: web.Request) -> URLSafeSerializer:
    secret = request.app[SETTINGS].secret_key
    return URLSafeSerializer(secret, salt="psqm desk", signer_kwargs={"digest_method": hashlib.sha256})
