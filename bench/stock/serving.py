"""Runs the peer: its engine on the REST channel with a SQLite tracker store, and its action server."""

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory

from bench.processes import WORK, BenchError, Command, check_alive, environment, free_ports, running
from bench.stock.training import PYTHON, SETTINGS, Model

_LOGS = WORK / "logs"
_READY_SECONDS = 300.0


@dataclass(frozen=True)
class Stock:
    """Where the engine is, its process and the action server's, and when (perf_counter) the engine was started."""

    url: str
    engine: Popen[bytes]
    actions: Popen[bytes]
    started: float


@contextmanager
def action_server(model: Model) -> Iterator[tuple[str, Popen[bytes]]]:
    """The action server, ready: its address and its process. Raises BenchError when it does not get ready."""
    (port,) = free_ports(1)
    log = _LOGS / "stock-actions.log"
    command: Command = [PYTHON, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
    with running(command, log, environment(**SETTINGS), model.folder) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/health", process, log)
        yield f"{url}/webhook", process


@contextmanager
def serving(model: Model) -> Iterator[Stock]:
    """The engine beside its action server, from when it listens until the block ends."""
    with TemporaryDirectory(prefix="stock-bench-") as data, action_server(model) as (actions_url, actions):
        (port,) = free_ports(1)
        log = _LOGS / "stock.log"
        database = str(Path(data) / "tracker.db")
        env = environment(BENCH_ACTIONS_URL=actions_url, BENCH_TRACKER_DB=database, **SETTINGS)
        listening = ["--interface", "127.0.0.1", "--port", str(port)]
        command: Command = [PYTHON, "-m", "rasa", "run", "--model", model.path, *listening]
        started = time.perf_counter()
        with running(command, log, env, model.folder) as engine:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, engine, log)
            yield Stock(url, engine, actions, started)


def wait_for(url: str, process: Popen[bytes], log: Path) -> None:
    """Waits until something answers at ``url``. Raises BenchError when ``process`` ends or takes too long."""
    give_up = time.perf_counter() + _READY_SECONDS
    while time.perf_counter() < give_up:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            check_alive(process, log)
            time.sleep(0.02)
    raise BenchError(f"nothing answered after {_READY_SECONDS:.0f} seconds: see {log.name}")
