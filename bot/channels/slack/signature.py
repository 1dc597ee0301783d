"""Whether a request is Slack's own: its signature, as docs.slack.dev/authentication/verifying-requests-from-slack has it.

slack-bolt has this too, but reads the body before it is known whose it is, ends in an error at a timestamp that is no number,
and logs the body of what it refuses.
"""

import hashlib
import hmac
from collections.abc import Mapping

FRESH_SECONDS = 300
"""How old a request may be, so that one that was overheard is of no use later; Slack's own figure."""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a request that was sent at ``timestamp``, seconds since 1970."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.digest(secret.encode(), signed, hashlib.sha256).hex()


def is_genuine(secret: str, body: bytes, headers: Mapping[str, str], now: float) -> bool:
    """Whether the request's signature is right and not older (or newer) than FRESH_SECONDS; ``now`` in seconds since 1970."""
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    given = headers.get("X-Slack-Signature", "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    if abs(now - int(timestamp)) > FRESH_SECONDS:
        return False
    return hmac.compare_digest(sign(secret, timestamp, body).encode(), given.encode(errors="replace"))
