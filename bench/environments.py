"""Environments of peers: each made from its hashed lock, and made anew only when that has changed."""

import hashlib
import shutil
from pathlib import Path

from bench.processes import WORK, BenchError, Command, environment, run
from bench.topics import ROOT

LOGS = WORK / "logs"


def install(folder: Path, lock: Path, python: str, log: str) -> None:
    """Makes the environment in ``folder`` with that version of ``python``, unless that was done before.

    Raises:
        BenchError: if uv is missing or an installation fails.
    """
    done = folder / "installed-lock.sha256"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if done.is_file() and done.read_text(encoding="ascii") == digest:
        return
    uv = _uv()
    run([uv, "venv", "--clear", "--python", python, folder], LOGS / log, environment())
    interpreter = folder / "bin" / "python"
    sync: Command = [uv, "pip", "sync", "--python", interpreter, "--require-hashes", "--compile-bytecode", lock]
    run(sync, LOGS / log, environment(), limit=1800)
    done.write_text(digest, encoding="ascii")


def _uv() -> str:
    own = ROOT / ".tools" / "bin" / "uv"
    found = str(own) if own.is_file() else shutil.which("uv")
    if not found:
        raise BenchError("uv is missing, which installs the peer: run `make setup`")
    return found
