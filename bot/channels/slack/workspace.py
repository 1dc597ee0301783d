"""Which workspace the bot's token belongs to, and who the bot is there."""

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.arrived import Arrived
from bot.channels.slack.calls import call


@dataclass(frozen=True, slots=True)
class Identity:
    """``team_id`` is the workspace's, ``user_id`` the bot's own, by which it is mentioned; ``team`` the workspace's name."""

    team_id: str
    user_id: str
    team: str

    def trusts(self, arrived: Arrived) -> bool:
        """Whether it came from a member of this workspace.

        Channels can be shared with other workspaces (Slack Connect), whose people are nobody that we know.
        """
        return arrived.workspace == self.team_id and arrived.of_user == self.team_id


class Workspace:
    """Asks Slack once, and again until Slack has answered."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._identity: Identity | None = None

    async def identity(self) -> Identity:
        """Raises SlackError."""
        if self._identity is None:
            said = await call(self._client.auth_test())
            self._identity = Identity(said["team_id"], said["user_id"], said.get("team", ""))
        return self._identity
