"""What is sent to Teams, checked against Microsoft's published schemas (README.md)."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator, validators

_HERE = Path(__file__).parent
_LARGEST = 28 * 1024
"""Bytes; learn.microsoft.com, "Format your bot messages": what a message with a card may have."""


def check_card(card: dict[str, Any]) -> None:
    """Fails with the first thing that is wrong with an Adaptive Card."""
    _check("adaptive-card-1.5.schema.json", card)
    assert len(json.dumps(card).encode()) <= _LARGEST


def check_manifest(manifest: dict[str, Any]) -> None:
    _check("teams-manifest-1.17.schema.json", manifest)


def _check(name: str, document: dict[str, Any]) -> None:
    errors = sorted(_validator(name).iter_errors(document), key=lambda error: list(error.path))
    assert not errors, "\n".join(f"{list(error.path)}: {error.message[:200]}" for error in errors[:3])


@cache
def _validator(name: str) -> Any:
    schema = json.loads((_HERE / name).read_text("utf-8"))
    return validators.validator_for(schema, default=Draft6Validator)(schema)
