"""Works on what was kept, as a turn of the Microsoft 365 Agents SDK: asks the desk, and answers where it was asked."""

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

import structlog
from microsoft_agents.activity import Activity, AdaptiveCardInvokeResponse
from microsoft_agents.hosting.aiohttp import CloudAdapter
from microsoft_agents.hosting.core import (
    AgentApplication,
    ApplicationOptions,
    ConnectionManager,
    MemoryStorage,
    TurnContext,
    TurnState,
)
from microsoft_agents.hosting.msteams import TeamsAgentExtension, TeamsTurnContext

from bot.channels.teams.answering import answer
from bot.channels.teams.asked import is_private, pressed, sender_of, wrote
from bot.channels.teams.connector import Connector
from bot.channels.teams.faults import not_posted
from bot.channels.teams.quoted import question_quoted
from bot.chat.incoming import Answered, Pressed, Reply, Sender, Wrote
from bot.store.database import Database

_KEY = "psqm_key"

_log = structlog.get_logger(__name__)


class Desk(Protocol):
    """What members of staff do, whichever platform they are on."""

    async def press(self, pressed: Pressed) -> Reply: ...

    async def answer(self, answered: Answered) -> Reply: ...

    async def hear(self, wrote: Wrote) -> Reply: ...

    async def command(self, sender: Sender, text: str, key: str) -> Reply: ...


class TeamsAgent:
    """``handle`` is what the event worker calls. Nothing of a turn is kept by the SDK."""

    def __init__(
        self, desk: Desk, database: Database, connector: Connector, connections: ConnectionManager, tenant_id: str
    ) -> None:
        # The SDK logs what people wrote, as a warning, and the texts of errors; the event worker says what went wrong.
        logging.getLogger("microsoft_agents").setLevel(logging.CRITICAL)
        self._desk = desk
        self._database = database
        self._tenant_id = tenant_id
        self._adapter = CloudAdapter(channel_service_client_factory=connector)
        self._adapter.on_turn_error = None  # the SDK's own tells people the text of the error
        self._app_id = connections.get_default_connection_configuration().client_id or ""
        self._application = self._routed(connections)

    async def handle(self, payload: Mapping[str, Any]) -> None:
        """Raises what kept it from being worked on or answered; handled again, it has no second effect."""
        activity = Activity.model_validate(payload["activity"])
        identity = self._adapter.create_claims_identity(self._app_id)

        async def turn(context: TurnContext) -> None:
            context.turn_state[_KEY] = payload["key"]
            await self._application.on_turn(context)

        await self._adapter.process_activity(identity, activity, turn)

    def _routed(self, connections: ConnectionManager) -> AgentApplication[TurnState]:
        options = ApplicationOptions(storage=MemoryStorage(), start_typing_timer=False, remove_recipient_mention=False)
        application = AgentApplication[TurnState](options, connection_manager=connections)
        application.set_turn_state_factory(lambda: TurnState.with_storage(MemoryStorage()))
        teams = TeamsAgentExtension(application)
        teams.activity("message")(self._on_message)
        teams.installation_update()(self._on_installed)
        application.adaptive_card.action_execute(re.compile("."))(self._on_button)
        return application

    async def _on_message(self, context: TeamsTurnContext, _state: TurnState) -> None:
        sender = sender_of(context.activity, self._tenant_id)
        about = await question_quoted(self._database, context.activity, sender)
        reply = await self._desk.hear(replace(wrote(context.activity, sender, _key(context)), about=about))
        await self._reply(context, reply)

    async def _on_installed(self, context: TeamsTurnContext, _state: TurnState) -> None:
        """Somebody added the bot: from now on it may write to them, and it says what it is for."""
        if is_private(context.activity):
            sender = sender_of(context.activity, self._tenant_id)
            await self._reply(context, await self._desk.command(sender, "help", _key(context)))

    async def _on_button(self, context: TurnContext, _state: TurnState, _data: object) -> AdaptiveCardInvokeResponse:
        """The button was acknowledged when it arrived: what is returned here reaches nobody."""
        await self._press(context)
        return AdaptiveCardInvokeResponse(status_code=200)

    async def _press(self, context: TurnContext) -> None:
        sender = sender_of(context.activity, self._tenant_id)
        match pressed(context.activity, sender, _key(context)):
            case Pressed() as press:
                reply = await self._desk.press(press)
            case Answered() as answered:
                reply = await self._desk.answer(answered)
            case Wrote() as chosen:
                reply = await self._desk.hear(chosen)
            case None:
                _log.warning("a button of Teams that is none of ours")
                return
        await self._reply(context, reply)

    async def _reply(self, context: TurnContext, reply: Reply) -> None:
        """What cannot be answered now is worked on again later; what never can is done all the same."""
        try:
            await answer(context, reply, self._tenant_id)
        except Exception as error:
            problem = not_posted(error)
            if problem.fault != "never":
                raise problem from error
            _log.warning("an answer in Teams was not taken", problem=problem.summary)


def _key(context: TurnContext) -> str:
    return str(context.turn_state[_KEY])
