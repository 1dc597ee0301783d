"""``POST /teams/messages``: a request of the Bot Framework is verified, kept, acknowledged, and worked on afterwards."""

from collections.abc import Callable

import structlog
from aiohttp import web

from bot.channels.problems import Problem
from bot.channels.teams.arrived import LARGEST, Activity, Malformed, NotOurs, is_wanted, kept, key_of, read
from bot.channels.teams.signing_keys import KeysUnavailable
from bot.channels.teams.token import TokenCheck, TokenRefused, Vouched
from bot.chat.keeping import Keeper
from bot.store.database import Database

PATH = "/teams/messages"
WORKING = "I am on it."
"""What is shown beside a button until its card changes."""
_RETRY = {"Retry-After": "5"}

_log = structlog.get_logger(__name__)


class TeamsDoor:
    """``is_allowed`` knows the services to which answers may go."""

    def __init__(
        self, check: TokenCheck, database: Database, tenant_id: str, is_allowed: Callable[[str], bool]
    ) -> None:
        self._check = check
        self._keeper = Keeper(database)
        self._tenant_id = tenant_id
        self._is_allowed = is_allowed

    async def receive(self, request: web.Request) -> web.Response:
        """``POST /teams/messages``; 401 and 403 for what is not the Bot Framework's or not ours, 503 where it may try again."""
        vouched = await self._vouched(request)
        activity = self._ours(await _body(request), vouched)
        if not is_wanted(activity):
            return web.Response(status=501 if activity["type"] == "invoke" else 200)
        await self._keep(activity)
        return _acknowledged(activity)

    async def _vouched(self, request: web.Request) -> Vouched:
        """Before the body is read: whoever cannot show a token gets nothing more of our time."""
        try:
            return await self._check.check(request.headers.get("Authorization", ""))
        except TokenRefused as error:
            _log.warning("a request to Teams' door was refused", why=str(error))
            header = {"WWW-Authenticate": "Bearer"}
            raise Problem(401, "", "Only the Bot Framework may post here, with a token for this bot.", header) from None
        except KeysUnavailable as error:
            _log.error("requests of Teams cannot be verified", why=str(error))
            raise Problem(503, "unavailable", "Tokens cannot be verified just now.", _RETRY) from None

    def _ours(self, body: bytes, vouched: Vouched) -> Activity:
        try:
            return read(body, vouched, self._tenant_id, self._is_allowed)
        except Malformed as error:
            raise Problem(400, "malformed", f"That is not an activity: {error}.") from None
        except NotOurs as error:
            _log.warning("an activity of Teams is not ours", why=str(error))
            raise Problem(403, "", "This bot serves one tenant of Microsoft Teams, and not this one.") from None

    async def _keep(self, activity: Activity) -> None:
        key = key_of(activity)
        is_new = await self._keeper.keep("teams", key, {"key": key, "activity": kept(activity)})
        _log.info("activity of Teams kept", kind=activity["type"], is_new=is_new)


async def _body(request: web.Request) -> bytes:
    """Raises Problem 413; the service's own limit is for messages of the chat API, which are shorter."""
    too_long = Problem(413, "", f"An activity may have {LARGEST // 1024} kilobytes.")
    if (request.content_length or 0) > LARGEST:
        raise too_long
    try:
        return await request.clone(client_max_size=LARGEST).read()
    except web.HTTPRequestEntityTooLarge:
        raise too_long from None


def _acknowledged(activity: Activity) -> web.Response:
    """A button wants to know in the response what to show: the card itself changes when the work is done."""
    if activity["type"] != "invoke":
        return web.Response(status=202)
    shown = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": WORKING}
    return web.json_response(shown)
