"""Assistants to be harmed: each test has one of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversation.running import Assistant, running


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    with running(tmp_path / "data") as ready:
        yield ready
