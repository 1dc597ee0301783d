"""The link in a mail that lets one person see and change one registration: signed, so that nobody can make one."""

import hashlib
from uuid import UUID

from itsdangerous import BadData, SignatureExpired, TimestampSigner
from itsdangerous.encoding import base64_decode, base64_encode

_DAY = 24 * 60 * 60
_ID_BYTES = 16


class LinkForged(Exception):
    """The link is not one of ours, or was changed on its way."""


class LinkExpired(Exception):
    """The link was ours, and is too old."""


class RegistrationLinks:
    """Makes and reads the links; what it signed with ``secret`` holds for ``days``."""

    def __init__(self, secret: str, public_url: str, days: int) -> None:
        self._public_url = public_url
        self._seconds = days * _DAY
        self._signer = TimestampSigner(secret, salt="psqm registration link", digest_method=hashlib.sha256)

    def href(self, registration_id: str, person_id: str) -> str:
        """The address of the registration's page for this person; both ids are UUIDs."""
        return f"{self._public_url}/r/{self.token(registration_id, person_id)}"

    def token(self, registration_id: str, person_id: str) -> str:
        """The last part of the address: 94 letters, digits, ``-``, ``_`` and ``.``, short enough for one line of a mail."""
        ids = UUID(registration_id).bytes + UUID(person_id).bytes
        return self._signer.sign(base64_encode(ids)).decode("ascii")

    def read(self, token: str) -> tuple[str, str]:
        """The ids of the registration and of the person; raises LinkForged or LinkExpired."""
        if not token.isascii():  # bytes that are no text reach us as characters that cannot be encoded
            raise LinkForged
        try:
            signed = self._signer.unsign(token, max_age=self._seconds)
            ids = base64_decode(signed)
        except SignatureExpired:
            raise LinkExpired from None
        except BadData:
            raise LinkForged from None
        if len(ids) != 2 * _ID_BYTES or not self._is_as_made(token):
            raise LinkForged
        return str(UUID(bytes=ids[:_ID_BYTES])), str(UUID(bytes=ids[_ID_BYTES:]))

    def _is_as_made(self, token: str) -> bool:
        """Base64 can spell the same signature in several ways; ours is only one of them."""
        signed, _, signature = token.rpartition(".")
        return self._signer.get_signature(signed) == signature.encode("ascii")
