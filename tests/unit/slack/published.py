"""What Slack publishes about what it takes: the schema of its types, the lengths of its documentation, its SDK's own checks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from slack_sdk.models.blocks import Block

from tests.slack_server import SlackServer

_SCHEMA = json.loads((Path(__file__).parent / "schemas/block_kit.json").read_text("utf-8"))
_VALIDATOR = Draft7Validator(_SCHEMA)


def check_blocks(blocks: list[dict[str, Any]]) -> None:
    """Fails for blocks that Slack would refuse."""
    _VALIDATOR.validate({"blocks": blocks})
    assert 0 < len(blocks) <= 50
    _check_lengths(blocks)
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()


def check_view(view: dict[str, Any]) -> None:
    """Fails for a modal or a home tab that Slack would refuse."""
    _VALIDATOR.validate({view["type"]: view})
    assert 0 < len(view["blocks"]) <= 100
    assert len(view.get("private_metadata", "")) <= 3000
    assert all(len(view[name]["text"]) <= 24 for name in ("title", "submit", "close") if name in view)
    _check_lengths(view["blocks"])


def check_everything_sent(slack: SlackServer) -> None:
    """All that a server was sent."""
    for sent in slack.of("chat.postMessage", "chat.postEphemeral", "chat.update", "respond"):
        assert sent["text"]
        check_blocks(sent["blocks"])
    for sent in slack.of("views.open", "views.publish"):
        check_view(sent["view"])


def _check_lengths(blocks: list[dict[str, Any]]) -> None:
    for block in blocks:
        match block["type"]:
            case "header":
                _is_within(block["text"]["text"], 150)
            case "section":
                if "text" in block:
                    _is_within(block["text"]["text"], 3000)
                assert len(block.get("fields", [])) <= 10
                for field in block.get("fields", []):
                    _is_within(field["text"], 2000)
            case "context":
                assert len(block["elements"]) <= 10
            case "actions":
                assert len(block["elements"]) <= 25
            case "rich_text":
                assert sum(len(text) for text in _texts(block)) <= 3000
    ids = [button["action_id"] for button in buttons(blocks)]
    assert len(ids) == len(set(ids)), "Slack wants each action id once in a message"
    for button in buttons(blocks):
        _is_within(button["text"]["text"], 75)
        _is_within(button["action_id"], 255)
        assert len(button.get("value", "")) <= 2000
        assert len(button.get("url", "")) <= 3000


def buttons(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The buttons of a message."""
    return [button for block in blocks if block["type"] == "actions" for button in block["elements"]]


def texts(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every text object, wherever it is."""
    return [found for found in _objects(blocks) if found.get("type") in ("plain_text", "mrkdwn", "text")]


def _texts(block: dict[str, Any]) -> list[str]:
    return [str(found["text"]) for found in _objects(block) if found.get("type") == "text"]


def _objects(within: Any) -> Iterator[dict[str, Any]]:
    if isinstance(within, dict):
        yield within
    for part in within.values() if isinstance(within, dict) else within if isinstance(within, list) else []:
        yield from _objects(part)


def _is_within(text: str, most: int) -> None:
    assert 0 < len(text) <= most
