"""Serves the engine: `python -m bot.engine.run --port 5005 --model models/psqm.tar.gz`.

What it says goes to standard error, one JSON object a line (``level``, ``logger``, ``event``), for the supervisor to show. With
``--until-input-closes`` it ends when its standard input does, so that it never outlives the process that started it, however
that one ended.
"""

import argparse
import json
import logging
import os
import signal
import sys
import threading
import warnings
from pathlib import Path
from typing import Any, Dict, Text, Tuple

import structlog

from bot.engine import stand_ins

stand_ins.install(stand_ins.NOT_FOR_SERVING)  # before anything imports Rasa

# Rasa's pinned libraries warn of their own age while they are imported: nothing that a reader of the log could do about.
with warnings.catch_warnings(record=True):
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    from bot.engine.action_results import check_with_one_validator

# Told about every request or start-up step, or at a level that a reader would take for trouble.
_QUIET = (
    "sanic.access",
    "sanic.root",
    "apscheduler",
    "matplotlib",
    "rasa.core.training",
    "rasa.nlu.utils",
    "pykwalify",
)


class JsonLines(logging.Formatter):
    """One record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Formats ``record``, with its traceback when it has one."""
        line = {"level": record.levelname.lower(), "logger": record.name, "event": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def main() -> None:
    """Reads the arguments and serves until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--endpoints", type=Path, default=Path("endpoints.yml"))
    parser.add_argument("--credentials", type=Path, default=Path("credentials.yml"))
    parser.add_argument("--until-input-closes", action="store_true")
    arguments = parser.parse_args()
    check_with_one_validator()
    _log_json_lines(os.environ.get("PSQM_LOG_LEVEL", "info"))
    if arguments.until_input_closes:
        threading.Thread(target=_stop_when_input_closes, daemon=True).start()
    serve_application(
        model_path=str(arguments.model),
        interface="127.0.0.1",
        port=arguments.port,
        credentials=str(arguments.credentials),
        endpoints=AvailableEndpoints.read_endpoints(str(arguments.endpoints)),
        enable_api=False,
    )


def _log_json_lines(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    # Left alone, structlog prints everything that Rasa says to it, debugging lines with what people typed as well.
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, _without_details],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", FutureWarning)
    logging.captureWarnings(True)


def _without_details(_logger: Any, method: Text, entry: Dict[Text, Any]) -> Tuple[Tuple[Text], Dict[Text, Any]]:
    """What Rasa says, without the values beside it: they may hold what a person typed."""
    said = ": ".join(str(entry[key]) for key in ("event", "event_info") if entry.get(key))
    return (said,), {"exc_info": entry.get("exc_info") or method == "exception"}


def _stop_when_input_closes() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
