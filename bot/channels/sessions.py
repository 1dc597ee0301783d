"""A session: a conversation's id, signed so that nobody can guess or forge one."""

import hashlib

from itsdangerous import BadSignature, URLSafeTimedSerializer

_DAY = 24 * 60 * 60


class NoSession(Exception):
    """The session is missing, forged, or too old."""


class Sessions:
    """Signs conversations' ids with ``secret``; what it signed holds for ``days``."""

    def __init__(self, secret: str, days: int) -> None:
        self.seconds = days * _DAY
        self._serializer = URLSafeTimedSerializer(
            secret, salt="psqm session", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def sign(self, conversation_id: str) -> str:
        """The session of a conversation: letters, digits, ``.``, ``-`` and ``_``."""
        return self._serializer.dumps(conversation_id)

    def read(self, session: str) -> str:
        """The conversation's id; raises NoSession."""
        if not session.isascii():  # bytes that are no text reach us as characters that cannot be encoded
            raise NoSession
        try:
            conversation_id = self._serializer.loads(session, max_age=self.seconds)
        except BadSignature:
            raise NoSession from None
        return str(conversation_id)

    def read_header(self, authorization: str) -> str:
        """The same from an ``Authorization: Bearer …`` header; raises NoSession."""
        scheme, _, session = authorization.partition(" ")
        if scheme.casefold() != "bearer":
            raise NoSession
        return self.read(session.strip())
