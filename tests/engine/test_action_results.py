"""What actions return is held against Rasa's own schema, as Rasa does it."""

from typing import Iterator

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot.engine.action_results import check_with_one_validator


@pytest.fixture
def action(monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteAction]:
    # raises if this version of Rasa has no such method any more
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    check_with_one_validator()
    yield RemoteAction("action_answer", None)


def test_a_right_result_passes(action: RemoteAction) -> None:
    slot = {"event": "slot", "name": "topic", "value": "ask/cost", "timestamp": None}
    assert action._validate_action_result({"events": [slot], "responses": [{"text": "Hello"}]})


@pytest.mark.parametrize("result", [{"events": [{"event": 7}]}, {"responses": ["text"]}, ["no", "object"]])
def test_a_wrong_result_is_refused(action: RemoteAction, result: object) -> None:
    with pytest.raises(ValidationError):
        action._validate_action_result(result)
