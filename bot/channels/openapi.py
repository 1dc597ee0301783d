"""The chat API's description, for people and for the tests that hold the API to it."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def description() -> dict[str, Any]:
    """``openapi.yml``, parsed."""
    parsed: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return parsed
