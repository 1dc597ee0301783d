"""What keeps the assistant from starting is said at once, in one line that tells how to mend it."""

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conversation.running import PSQM, ROOT, environment

AT_ONCE = 30.0  # seconds, on a busy machine


def line_that_ends_it(tmp_path: Path, **settings: object) -> str:
    """Starts `psqm serve`, which has to give up; returns the one line that it says beside its log."""
    command = [str(PSQM), "serve"]
    environ = environment(**({"data_dir": tmp_path / "var"} | settings))
    ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=AT_ONCE)
    said = [line for line in ended.stderr.splitlines() if line.strip() and not is_log_line(line)]
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    (line,) = said
    assert line.startswith("psqm: ")
    return line


def is_log_line(line: str) -> bool:
    try:
        return "level" in json.loads(line)
    except (ValueError, TypeError):
        return False


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


@pytest.fixture
def facts() -> dict[str, Any]:
    """The content of facts.yml, to be spoilt."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "facts.yml").read_text(encoding="utf-8"))
    return content


def written(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("setting", ["port", "actions_port", "engine_port"])
def test_a_port_that_is_taken(tmp_path: Path, taken_port: int, setting: str) -> None:
    line = line_that_ends_it(tmp_path, **{setting: taken_port})
    assert str(taken_port) in line
    assert f"PSQM_{setting.upper()}" in line


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    in_the_way = written(tmp_path / "file", "not a folder")
    line = line_that_ends_it(tmp_path, data_dir=in_the_way / "var")
    assert str(in_the_way) in line
    assert "PSQM_DATA_DIR" in line


def test_a_data_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    line = line_that_ends_it(tmp_path, data_dir="/proc/self")  # read-only even for root
    assert "/proc/self" in line
    assert "PSQM_DATA_DIR" in line


def test_a_fact_that_a_response_uses_is_missing(tmp_path: Path, facts: dict[str, Any]) -> None:
    del facts["facts"]["hub_schools"]
    line = line_that_ends_it(tmp_path, facts_path=written(tmp_path / "facts.yml", facts))
    assert "'hub_schools' is missing" in line
    assert "Add it" in line


def test_a_fact_that_the_pages_need_is_missing(tmp_path: Path, facts: dict[str, Any]) -> None:
    del facts["facts"]["email"]
    line = line_that_ends_it(tmp_path, facts_path=written(tmp_path / "facts.yml", facts))
    assert "'email' is missing" in line


def test_a_fact_of_a_wrong_type(tmp_path: Path, facts: dict[str, Any]) -> None:
    facts["facts"]["training_days"] = {"number": "two"}
    line = line_that_ends_it(tmp_path, facts_path=written(tmp_path / "facts.yml", facts))
    assert "training_days" in line
    assert "Correct it" in line


def test_facts_that_are_not_yaml(tmp_path: Path) -> None:
    line = line_that_ends_it(tmp_path, facts_path=written(tmp_path / "facts.yml", "facts: [unfinished\n  : {"))
    assert "facts.yml" in line
    assert "YAML" in line


def test_facts_that_are_not_there(tmp_path: Path) -> None:
    line = line_that_ends_it(tmp_path, facts_path=tmp_path / "nowhere.yml")
    assert "nowhere.yml" in line
    assert "PSQM_FACTS_PATH" in line


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    line = line_that_ends_it(tmp_path, model_path=tmp_path / "psqm.tar.gz")
    assert "psqm.tar.gz" in line
    assert "make train" in line


def test_a_model_that_is_damaged(tmp_path: Path) -> None:
    model, kept = ROOT / "models" / "psqm.tar.gz", ROOT / "models" / "psqm.fingerprint.json"
    (tmp_path / "psqm.tar.gz").write_bytes(model.read_bytes()[:-1000])
    (tmp_path / kept.name).write_bytes(kept.read_bytes())
    line = line_that_ends_it(tmp_path, model_path=tmp_path / "psqm.tar.gz")
    assert "damaged" in line
    assert "make train" in line


def test_a_setting_that_is_not_usable(tmp_path: Path) -> None:
    assert "PSQM_PORT" in line_that_ends_it(tmp_path, port="eighty")


def test_a_database_that_is_away(tmp_path: Path) -> None:
    line = line_that_ends_it(tmp_path, database_url="postgresql://psqm@127.0.0.1:1/psqm")
    assert "PSQM_DATABASE_URL" in line
