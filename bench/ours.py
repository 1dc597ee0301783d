"""Our assistant, as `psqm serve` runs it, on free ports with a database of its own."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory

from bench.processes import WORK, BenchError, Cost, check_alive, environment, free_ports, run, running
from bench.topics import ROOT

PSQM = ROOT / ".venv" / "bin" / "psqm"
MODEL = WORK / "ours" / "psqm.tar.gz"  # beside the one that people use, which stays as it is
_LOG = WORK / "logs" / "ours.log"
_READY_SECONDS = 180.0


@dataclass(frozen=True)
class Ours:
    """Where the assistant is, its process (the engine's is a child of it), when (perf_counter) it was started, and its
    environment."""

    url: str
    process: Popen[bytes]
    started: float
    env: Mapping[str, str]


def train(*, force: bool = False) -> Cost:
    """Runs `psqm train`, which does nothing when nothing has changed."""
    return run([PSQM, "train", *(["--force"] if force else [])], WORK / "logs" / "ours-train.log", _environment())


def show_help() -> Cost:
    """Runs `psqm --help`."""
    return run([PSQM, "--help"], WORK / "logs" / "ours-help.log", _environment())


@contextmanager
def serving() -> Iterator[Ours]:
    """The assistant from its ready line until the block ends. Raises BenchError when it does not get ready."""
    ports = dict(zip(("PSQM_PORT", "PSQM_ENGINE_PORT", "PSQM_ACTIONS_PORT"), map(str, free_ports(3)), strict=True))
    with TemporaryDirectory(prefix="psqm-bench-") as data:
        env = _environment(PSQM_DATA_DIR=data, PSQM_RATE_LIMIT="off", PSQM_EXAMPLE_DATA="no", **ports)
        started = time.perf_counter()
        with running([PSQM, "serve"], _LOG, env) as process:
            yield Ours(_wait_until_ready(process, _LOG), process, started, env)


def _environment(**more: str) -> dict[str, str]:
    return environment(PSQM_MODEL_PATH=str(MODEL), **more)


def _wait_until_ready(process: Popen[bytes], log: Path) -> str:
    give_up = time.perf_counter() + _READY_SECONDS
    while time.perf_counter() < give_up:
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True):
            if line.startswith("Ready: ") and line.endswith("\n"):
                return line.removeprefix("Ready: ").strip()
        check_alive(process, log)
        time.sleep(0.02)
    raise BenchError(f"the assistant was not ready after {_READY_SECONDS:.0f} seconds: see {log.relative_to(ROOT)}")
