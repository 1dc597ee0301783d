"""What the service refuses to start with, whichever command starts it."""

from pathlib import Path

import pytest
import yaml

from bot.app import init_app
from bot.facts import FactsError
from bot.settings import Settings


def test_a_response_that_cannot_be_filled_ends_the_start(tmp_path: Path) -> None:
    content = yaml.safe_load(Path("facts.yml").read_text(encoding="utf-8"))
    del content["facts"]["hub_schools"]
    facts = tmp_path / "facts.yml"
    facts.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(FactsError, match="'hub_schools' is missing"):
        init_app(Settings(data_dir=tmp_path, facts_path=facts))
