"""Works on what was kept: asks the desk, and brings its reply to where it belongs."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack import home, modal
from bot.channels.slack.arrived import Arrived
from bot.channels.slack.calls import SlackError, call
from bot.channels.slack.desk import Desk
from bot.channels.slack.replying import reply_to
from bot.channels.slack.threads import question_below
from bot.channels.slack.words import plain
from bot.channels.slack.workspace import Workspace
from bot.chat.incoming import Answered, Pressed, Reply, Sender, Wrote
from bot.posts.card import ActionKind
from bot.staff.member import NotAllowed
from bot.store.database import Database

_STRANGER = Reply("I can only talk with members of the workspace that I was added to.")
_PRESS_AGAIN = Reply("The window did not open in time: please press Answer again.")

_log = structlog.get_logger("psqm.slack")


class SlackDesk:
    """The desk as Slack's door to it."""

    def __init__(self, client: AsyncWebClient, workspace: Workspace, desk: Desk, database: Database) -> None:
        self._client = client
        self._workspace = workspace
        self._desk = desk
        self._database = database
        self._opening: set[asyncio.Task[None]] = set()

    async def handle(self, payload: Mapping[str, Any]) -> None:
        """Works on one event that was kept (``Arrived.to_json``); done twice, it has the effect of once.

        Raises SlackError while Slack cannot be talked to, and whatever the desk raises.
        """
        came = Arrived.from_json(payload)
        identity = await self._workspace.identity()
        if not identity.trusts(came):
            await reply_to(self._client, came, _STRANGER)
        elif came.kind == "home":
            await home.show(self._client, self._desk, sender_of(came), came.key)
        else:
            await reply_to(self._client, came, await self._ask(came, identity.user_id))

    async def _ask(self, came: Arrived, own_user_id: str) -> Reply:
        sender = sender_of(came)
        match came.kind:
            case "press":
                return await self._desk.press(Pressed(sender, cast(ActionKind, came.action), came.subject, came.key))
            case "answer":
                return await self._desk.answer(Answered(sender, came.subject, came.text, came.key))
            case "command":
                return await self._desk.command(sender, plain(came.text), came.key)
            case "choice":
                return await self._desk.hear(Wrote(sender, "", came.key, came.is_private, choice=came.choice))
        about = await question_below(self._database, came)
        text = plain(came.text, own_user_id)
        return await self._desk.hear(Wrote(sender, text, came.key, came.is_private, about=about))

    def open_window(self, came: Arrived, trigger_id: str) -> None:
        """Begins to open the window for an answer, which Slack allows for three seconds after the button was pressed."""
        task = asyncio.create_task(self._open_window(came, trigger_id))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open_window(self, came: Arrived, trigger_id: str) -> None:
        try:
            identity = await self._workspace.identity()
            if not identity.trusts(came):
                await reply_to(self._client, came, _STRANGER)
                return
            question = await self._desk.question_text(sender_of(came), came.subject)
            await call(self._client.views_open(trigger_id=trigger_id, view=modal.view(came, question)))
        except NotAllowed as refused:
            await self._tell(came, Reply(str(refused)))
        except SlackError as error:
            _log.warning("the window for an answer did not open", code=error.code)
            await self._tell(came, _PRESS_AGAIN)
        except Exception as error:
            _log.error("the window for an answer did not open", error=type(error).__name__)
            await self._tell(came, _PRESS_AGAIN)

    async def _tell(self, came: Arrived, reply: Reply) -> None:
        with suppress(SlackError):  # the person presses again, or does not: nothing was lost
            await reply_to(self._client, came, reply)

    async def close(self) -> None:
        """Ends what is being opened."""
        for task in list(self._opening):
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)


def sender_of(came: Arrived) -> Sender:
    """Who it is from, by ids alone: with the user's, the direct message to them can be opened."""
    return Sender("slack", came.of_user, came.user_id, {"user": came.user_id})
