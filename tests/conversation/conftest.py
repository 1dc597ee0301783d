"""The assistant that the conversations are held with: the real engine, trained by `make train`, and the real service."""

from collections.abc import Iterator

import pytest

from tests.conversation.running import Assistant, Person, running


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with running(tmp_path_factory.mktemp("assistant")) as ready:
        yield ready


@pytest.fixture
def person(assistant: Assistant) -> Person:
    return assistant.arrive()
