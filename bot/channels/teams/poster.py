"""Posts to the conversations that members of staff have with the bot, without being asked."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from aiohttp import ClientResponseError
from microsoft_agents.activity import Activity
from microsoft_agents.hosting.core.connector.teams import TeamsConnectorClient

from bot.channels.teams.cards import adaptive_card
from bot.channels.teams.connector import Connector
from bot.channels.teams.faults import not_posted
from bot.channels.teams.references import Place, addressed, message
from bot.posts.poster import NotPosted, Outgoing, Reference


class TeamsPoster:
    """``bot.posts.poster.Poster`` for Teams. A chat of two has no threads there: posts stand one below the other."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def post(self, post: Outgoing) -> Reference:
        """A post that is to be replaced and is no longer there is posted anew. Raises NotPosted."""
        try:
            place = Place.read(post.to)
        except ValueError:
            raise NotPosted("never", "it is not known where to write to them in Teams") from None
        activity = message(post.text, adaptive_card(post.card) if post.card else None)
        try:
            return await self._deliver(place, activity, post)
        except Exception as error:
            raise not_posted(error) from error

    async def _deliver(self, place: Place, activity: Activity, post: Outgoing) -> Reference:
        if post.replaces is not None:
            earlier = Place.read(post.replaces)
            try:
                await self._with_client(earlier, lambda client: _update(client, earlier, activity))
            except ClientResponseError as error:
                if error.status != 404:
                    raise
            else:
                return earlier.as_reference()
        post_id = await self._with_client(place, lambda client: _send(client, place, activity))
        return replace(place, post_id=post_id).as_reference()

    async def _with_client(self, place: Place, do: Callable[[TeamsConnectorClient], Awaitable[str]]) -> str:
        client = self._connector.client(place.service_url)
        try:
            return await do(client)
        finally:
            await client.close()


async def _send(client: TeamsConnectorClient, place: Place, activity: Activity) -> str:
    sent = await client.conversations.send_to_conversation(place.conversation_id, addressed(activity, place))
    return str(sent.id or "")


async def _update(client: TeamsConnectorClient, place: Place, activity: Activity) -> str:
    updated = addressed(activity.model_copy(), place)
    updated.id = place.post_id
    await client.conversations.update_activity(place.conversation_id, place.post_id, updated)
    return place.post_id
