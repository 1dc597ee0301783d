"""Whether Slack is on. It imports nothing of bolt, which costs a service that has no Slack nothing."""

from bot.settings import Settings


def is_on(settings: Settings) -> bool:
    """Whether the settings connect Slack: a token to write with, and a way by which Slack's requests can be trusted."""
    return bool(settings.slack_bot_token and (settings.slack_signing_secret or settings.slack_app_token))
