"""The app's manifest, from which Slack makes the app."""

from importlib.resources import files
from typing import Any

import yaml

PATH = "/slack/events"
"""Where Slack sends everything."""


def manifest(public_url: str, *, socket_mode: bool) -> dict[str, Any]:
    """The manifest for a service at ``public_url``; in Socket Mode Slack needs no address."""
    text = files("bot.channels.slack").joinpath("manifest.yml").read_text("utf-8")
    made: dict[str, Any] = yaml.safe_load(text.replace("{address}", public_url + PATH))
    if socket_mode:
        made["settings"]["socket_mode_enabled"] = True
        for asked in (made["settings"]["event_subscriptions"], made["settings"]["interactivity"]):
            del asked["request_url"]
        for command in made["features"]["slash_commands"]:
            del command["url"]
    return made
