"""Answers in Teams: where something was asked, or in private where others would read it."""

from dataclasses import replace
from typing import cast

from aiohttp import ClientResponseError
from microsoft_agents.activity import Activity, ChannelAccount, ConversationParameters
from microsoft_agents.hosting.core import TurnContext
from microsoft_agents.hosting.core.connector import ConnectorClientBase

from bot.channels.teams.asked import is_private
from bot.channels.teams.cards import adaptive_card, card_of_words
from bot.channels.teams.references import Place, addressed, message
from bot.chat.incoming import Reply

IN_PRIVATE = "I have answered you in the chat between us."
NO_CHAT = "The answer is for you alone: please add me to your chats first, then ask me there."


async def answer(context: TurnContext, reply: Reply, tenant_id: str) -> None:
    """Raises what the SDK raises."""
    if reply.replaces_card and context.activity.reply_to_id:
        await _replace(context, reply)
    messages = _messages(reply)
    if is_private(context.activity) or not reply.only_for_sender:
        for each in messages:
            await context.send_activity(each)
    elif messages:
        await context.send_activity(message(await _answered_in_private(context, messages, tenant_id)))


def _messages(reply: Reply) -> list[Activity]:
    """Words that come with buttons are a card; so is what the desk shows as one."""
    messages = []
    if reply.choices or reply.links:
        messages.append(message(reply.text, card_of_words(reply.text, reply.choices, reply.links)))
    elif reply.text.strip():
        messages.append(message(reply.text))
    if reply.card:
        messages.append(message(reply.card.title, adaptive_card(reply.card)))
    return messages


async def _replace(context: TurnContext, reply: Reply) -> None:
    """The card whose button was pressed, as it is now; it may have been deleted meanwhile."""
    if reply.replaces_card is None:
        return
    replacement = message(reply.replaces_card.title, adaptive_card(reply.replaces_card))
    replacement.id = context.activity.reply_to_id
    try:
        await context.update_activity(replacement)
    except ClientResponseError as error:
        if error.status != 404:
            raise


async def _answered_in_private(context: TurnContext, messages: list[Activity], tenant_id: str) -> str:
    """Sends to the chat between the bot and who asked; returns what others may read about that."""
    here = Place.of(context.activity)
    client = cast(ConnectorClientBase, context.turn_state["ConnectorClient"])
    members = [ChannelAccount(id=here.user_id)]
    chat = ConversationParameters(
        is_group=False,
        bot=ChannelAccount(id=here.bot_id),
        members=members,
        tenant_id=tenant_id,
        channel_data={"tenant": {"id": tenant_id}},
    )
    try:
        created = await client.conversations.create_conversation(chat)
        for each in messages:
            there = addressed(each, replace(here, conversation_id=created.id))
            await client.conversations.send_to_conversation(created.id, there)
    except ClientResponseError as error:
        if error.status not in (403, 404):
            raise
        return NO_CHAT
    return IN_PRIVATE
