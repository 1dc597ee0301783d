"""What it means when something could not be posted to Teams."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aiohttp import ClientError, ClientResponseError

from bot.channels.teams.connector import TokenNotGiven
from bot.posts.poster import NotPosted

_NOT_OUR_TURN = {401: "Teams does not accept the bot's credentials", 429: "Teams asks to slow down"}
_NEVER = {
    400: "Teams does not understand the post",
    403: "the bot is blocked or not installed there",
    404: "Teams does not know the conversation",
    413: "the post is too large",
}


def not_posted(error: Exception) -> NotPosted:
    """``error`` came up while something was posted; the texts hold nothing of it."""
    match error:
        case ClientResponseError(status=status, headers=headers):
            return _refused(status, headers.get("Retry-After", "") if headers else "")
        case TokenNotGiven():
            return NotPosted("server", str(error))
        case ClientError() | TimeoutError() | OSError():
            return NotPosted("server", f"Teams cannot be reached ({type(error).__name__})")
        case ValueError():
            return NotPosted("never", "the conversation is of a service that is none of Microsoft's")
    raise error


def _refused(status: int, retry_after: str) -> NotPosted:
    if status in _NOT_OUR_TURN:
        return NotPosted("server", _NOT_OUR_TURN[status], _seconds(retry_after))
    if status in _NEVER:
        return NotPosted("never", _NEVER[status])
    if status >= 500:
        return NotPosted("server", f"Teams answers with {status}", _seconds(retry_after))
    return NotPosted("later", f"Teams answers with {status}", _seconds(retry_after))


def _seconds(retry_after: str) -> float | None:
    """RFC 9110, 10.2.3: seconds, or a date."""
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
