"""Keeps other sites from posting our pages' forms in somebody's name."""

import hashlib
from collections.abc import Mapping
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer


class FormGuard:
    """Makes and checks the form's hidden token, and where a form was posted from."""

    def __init__(self, secret: str, seconds: int, public_url: str) -> None:
        self._seconds = seconds
        self._host = urlsplit(public_url).netloc.lower()
        self._serializer = URLSafeTimedSerializer(
            secret, salt="psqm form", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def token(self, subject: str | None) -> str:
        """The hidden token of a form about ``subject``, such as a conversation's id."""
        return self._serializer.dumps(subject or "")

    def accepts(self, token: str, subject: str | None, headers: Mapping[str, str]) -> bool:
        """Whether the form is ours: its token is for this subject and it was posted from our own page."""
        if not token.isascii():
            return False
        try:
            belongs_to = self._serializer.loads(token, max_age=self._seconds)
        except BadSignature:
            return False
        return bool(belongs_to == (subject or "")) and self._is_from_us(headers)

    def _is_from_us(self, headers: Mapping[str, str]) -> bool:
        if site := headers.get("Sec-Fetch-Site"):
            return site in ("same-origin", "none")
        if (origin := headers.get("Origin")) is None:
            return True
        try:
            host = urlsplit(origin).netloc.lower()
        except ValueError:
            return False
        return bool(host) and host in (self._host, headers.get("Host", "").lower())
