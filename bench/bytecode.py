"""Compiles what is measured beforehand, so that no start pays for it: uv does the same for the peer's environment."""

from pathlib import Path

from bench.processes import WORK, environment, run
from bench.topics import ROOT

# The interpreter, and what runs in it.
_COMPILED = (
    (ROOT / ".venv" / "bin" / "python", (ROOT / ".venv" / "lib", ROOT / "bot", ROOT / "actions")),
    (ROOT / ".venv-engine" / "bin" / "python", (ROOT / ".venv-engine" / "lib", ROOT / "bot" / "engine")),
)


def compile_ours() -> None:
    """Compiles both of our environments; quick when that was done before."""
    for python, folders in _COMPILED:
        _compile(python, folders)


def _compile(python: Path, folders: tuple[Path, ...]) -> None:
    # Some packages ship templates that are no valid Python: a failure to compile them is none of ours.
    script = "import compileall, sys; [compileall.compile_dir(folder, quiet=2, workers=0) for folder in sys.argv[1:]]"
    run([python, "-c", script, *folders], WORK / "logs" / "bytecode.log", environment())
