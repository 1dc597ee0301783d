"""Starts what is measured, waits for it, and ends it again, whatever happens in between."""

import os
import resource
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from bench.topics import ROOT

WORK = ROOT / "build" / "bench"  # models, logs, databases: whatever may be thrown away
_STOP_SECONDS = 15.0

type Command = Sequence[str | Path]


class BenchError(Exception):
    """Something that is measured did not work; the text says what and where its log is."""


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds by the clock, and of CPU with all the processes that it started."""

    wall: float
    cpu: float


def environment(**more: str) -> dict[str, str]:
    """Our environment without settings that would change what is measured, and with ``more``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PSQM_", "PYTHON", "RASA_"))}
    return {**kept, **more}


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [taken.getsockname()[1] for taken in sockets]
    finally:
        for taken in sockets:
            taken.close()


def run(command: Command, log: Path, env: Mapping[str, str], cwd: Path = ROOT, limit: float = 600) -> Cost:
    """Runs a command to its end.

    ``limit``: the seconds after which it is ended. Raises BenchError when it fails or takes longer.
    """
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with running(command, log, env, cwd) as process:
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            raise BenchError(f"{_name(command)} took more than {limit:.0f} seconds: see {_shown(log)}") from None
    if code != 0:
        raise BenchError(f"{_name(command)} ended with exit code {code}: see {_shown(log)}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Cost(time.perf_counter() - started, cpu)


@contextmanager
def running(command: Command, log: Path, env: Mapping[str, str], cwd: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """A process while the block runs, with its output in ``log``; it and all that it started are gone afterwards."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            _end(process)


def check_alive(process: subprocess.Popen[bytes], log: Path) -> None:
    """Raises BenchError when ``process`` has ended."""
    if process.poll() is not None:
        raise BenchError(f"a server ended with exit code {process.returncode}: see {_shown(log)}")


def family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """``process`` and every process that it started, directly or not."""
    first = psutil.Process(process.pid)
    return [first, *first.children(recursive=True)]


def resident(process: subprocess.Popen[bytes]) -> int:
    """The bytes of memory that ``process`` and all that it started occupy."""
    return sum(int(member.memory_info().rss) for member in family(process))


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    members = family(process)
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for member in psutil.wait_procs(members, timeout=1)[1]:
        member.kill()


def _name(command: Command) -> str:
    return " ".join([Path(command[0]).name, *map(str, command[1:4])])


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
