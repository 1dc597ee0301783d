"""Calls of Slack's Web API: with time limits of our own, and what goes wrong said in the outbox's terms."""

from collections.abc import Awaitable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.posts.poster import NotPosted

CALL_SECONDS = 10

# docs.slack.dev/reference/methods/chat.postMessage#errors. What is not named here may pass.
_TOKEN = {
    "account_inactive",
    "ekm_access_denied",
    "invalid_auth",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "team_access_not_granted",
    "token_expired",
    "token_revoked",
}
_BUSY = {"fatal_error", "internal_error", "ratelimited", "rate_limited", "request_timeout", "service_unavailable"}
_NEVER = {
    "as_user_not_supported",
    "cannot_dm_bot",
    "channel_not_found",
    "invalid_arguments",
    "invalid_blocks",
    "invalid_blocks_format",
    "is_archived",
    "messages_tab_disabled",
    "msg_blocks_too_long",
    "msg_too_long",
    "not_in_channel",
    "restricted_action",
    "user_disabled",
    "user_not_found",
    "user_not_visible",
}


class SlackError(NotPosted):
    """A call did not work; ``code`` is Slack's own word for it, or empty where Slack said nothing."""

    def __init__(self, fault: Any, summary: str, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(fault, summary, retry_after)
        self.code = code

    @property
    def is_unsure(self) -> bool:
        """Whether Slack may have done it all the same: it did not say."""
        return not self.code

    @property
    def is_token(self) -> bool:
        """Whether it is the bot's token that is of no use, which only a person can mend."""
        return self.code in _TOKEN


def open_client(token: str, api_url: str) -> AsyncWebClient:
    """A client that tries once: who tries again, and when, is the outbox's to say, and a blind repeat would post twice."""
    return AsyncWebClient(token=token, base_url=api_url, timeout=CALL_SECONDS, retry_handlers=[])


async def call(calling: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
    """What Slack answers; raises SlackError."""
    try:
        answer = (await calling).data
    except SlackApiError as error:
        raise _of_answer(error) from None
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise SlackError("server", f"Slack cannot be reached ({type(error).__name__})") from None
    except SlackClientError as error:
        raise SlackError("server", f"Slack gave no answer that can be read ({type(error).__name__})") from None
    return answer if isinstance(answer, dict) else {}


def _of_answer(error: SlackApiError) -> SlackError:
    answer: Any = error.response
    status: int = getattr(answer, "status_code", None) or getattr(answer, "status", None) or 0
    data = getattr(answer, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return SlackError("server", "Slack wants fewer requests (429)", "ratelimited", _retry_after(answer.headers))
    if status >= 500:
        return SlackError("server", f"Slack has trouble ({status})")
    if code in _TOKEN:
        return SlackError("server", f"Slack refuses the bot's token ({code}): see `psqm doctor`", code)
    if code in _BUSY:
        return SlackError("server", f"Slack has trouble ({code})", code)
    return SlackError(
        "never" if code in _NEVER else "later", f"Slack refuses this ({code or status})", code or str(status)
    )


def _retry_after(headers: Any) -> float | None:
    said = next((str(value) for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(said) if said.isascii() and said.isdecimal() else None
