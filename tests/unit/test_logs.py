"""Log lines: for machines or people, with the conversation's id, without what people typed."""

import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from bot.logs import configure
from bot.settings import Settings


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


def log(settings: Settings) -> None:
    configure(settings)
    with structlog.contextvars.bound_contextvars(conversation="abc"):
        structlog.get_logger("bot.test").info("said", n=3)
        structlog.get_logger("bot.test").debug("details")
        logging.getLogger("aiohttp.server").error("from a library")
        try:
            secret = "-".join(["4111"] * 4)
            raise ValueError(len(secret))
        except ValueError:
            structlog.get_logger("bot.test").exception("failed")


@pytest.mark.parametrize("form", ["json", "auto"])
def test_machines_read_json(capsys: pytest.CaptureFixture[str], form: Literal["json", "auto"]) -> None:
    log(Settings(log_format=form))
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["said", "from a library", "failed"]
    assert {line["conversation"] for line in lines} == {"abc"}
    assert lines[0]["n"] == 3
    assert lines[0]["level"] == "info"
    assert "ValueError: 19" in lines[2]["exception"]


def test_people_read_lines(capsys: pytest.CaptureFixture[str]) -> None:
    log(Settings(log_format="console", log_level="debug"))
    written = capsys.readouterr().err
    assert "said" in written
    assert "details" in written
    assert "ValueError: 19" in written


@pytest.mark.parametrize("form", ["json", "console"])
def test_tracebacks_do_not_show_variables(capsys: pytest.CaptureFixture[str], form: Literal["json", "console"]) -> None:
    log(Settings(log_format=form))
    written = capsys.readouterr().err
    assert "len(secret)" in written
    assert "4111-4111" not in written
