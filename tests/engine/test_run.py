"""What the engine says: lines of JSON, and nothing that a person typed."""

import io
import json
import logging
import subprocess
import sys
from pathlib import Path

from bot.engine.run import JsonLines

ROOT = Path(__file__).resolve().parents[2]
SPEAKING = """
import logging
import structlog
from bot.engine import run

run._log_json_lines("info")
rasa = structlog.get_logger("rasa.core.processor")
rasa.debug("processor.message.parse", parse_data_text="zebra")
rasa.info("processor.message.parse", user_text="zebra")
rasa.warning("message.parsing.failed", user_text="zebra", event_info="It could not be parsed.")
try:
    raise KeyError("a key")
except KeyError:
    rasa.exception("turn.failed", text="zebra 100%s")
    structlog.get_logger("rasa.core.nlg.interpolator").exception("interpolate", response="zebra")
logging.getLogger("bot.engine.channel").info("ours at %s", "info")
logging.getLogger("rasa.core").info("theirs at info")
"""


def test_what_rasa_says_is_told_without_the_values_beside_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SPEAKING],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=True,
        encoding="utf-8",
    )
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    told = [(line["level"], line["logger"], line["event"]) for line in lines]
    assert told == [
        ("warning", "rasa.core.processor", "message.parsing.failed: It could not be parsed."),
        ("error", "rasa.core.processor", "turn.failed"),
        ("info", "bot.engine.channel", "ours at info"),
    ]
    assert "KeyError: 'a key'" in lines[1]["exception"]
    assert "zebra" not in done.stderr + done.stdout


def test_a_line_of_the_log_is_json_whatever_it_says() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    handler.emit(logging.LogRecord("name", logging.ERROR, "f", 1, 'a "quote"\nand £ %s', ("%",), None))
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line) == {"level": "error", "logger": "name", "event": 'a "quote"\nand £ %'}


def test_it_ends_when_its_input_closes(tmp_path: Path) -> None:
    check = "import threading, time; from bot.engine import run; run._stop_when_input_closes(); time.sleep(60)"
    ended = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, stdin=subprocess.DEVNULL, timeout=30, stderr=subprocess.PIPE
    )
    assert ended.returncode == -15
