"""Trains the model when something that it depends on has changed, and only then."""

import fcntl
import hashlib
import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENGINE_PYTHON = ROOT / ".venv-engine" / "bin" / "python"

# What a model is made from: the first decide what it learns, the second how.
_MATERIAL = ("config.yml", "domain.yml", "data/**/*.yml")
_MACHINERY = ("bot/engine/*.py", "bot/engine/adapter.npz", "requirements/engine.txt")


class TrainingError(Exception):
    """The model cannot be trained or used; the text is one line that says why and how to mend it."""


@dataclass(frozen=True)
class Fingerprint:
    """SHA-256 (hex) of what a model is made from, and of the model itself."""

    material: str
    machinery: str
    model: str


def train(model: Path, *, force: bool = False) -> bool:
    """Trains into ``model`` unless it is up to date; returns whether it did.

    Raises:
        TrainingError: if the engine's environment is missing or Rasa refuses the material.
    """
    with _alone(model):
        kept = _kept_fingerprint(model)
        if not force and kept == Fingerprint(_digest(_MATERIAL), _digest(_MACHINERY), _file_digest(model)):
            return False
        _train(model, force=force)
        replace(model)
    return True


def train_candidate(model: Path, *, force: bool = False) -> Path | None:
    """Trains beside ``model``, which stays as it is; returns the new one, or None when ``model`` is up to date.

    Raises:
        TrainingError: as ``train``.
    """
    with _alone(model):
        if not force and model.is_file() and is_up_to_date(model):
            return None
        candidate = candidate_of(model)
        if force or not candidate.is_file() or not is_up_to_date(candidate):
            _train(model, force=force)
    return candidate


@contextmanager
def _alone(model: Path) -> Iterator[None]:
    """Whoever trains the same model at the same time waits: two would put each other's candidate in the model's place."""
    try:
        model.parent.mkdir(parents=True, exist_ok=True)
        lock = model.with_name(".training.lock").open("w")
    except OSError as error:
        raise TrainingError(
            f"No model can be kept in {model.parent} ({error.strerror}): let this user write there, or set PSQM_MODEL_PATH."
        ) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # ends with the process, however that ends
        yield


def _train(model: Path, *, force: bool) -> None:
    """Trains the candidate for ``model``."""
    kept = _kept_fingerprint(model)
    material, machinery = _digest(_MATERIAL), _digest(_MACHINERY)
    candidate = candidate_of(model)
    # Rasa's own cache knows when examples change, but not when the code of our components does.
    _run_rasa(candidate, force or kept is None or kept.machinery != machinery)
    fingerprint = Fingerprint(material, machinery, _file_digest(candidate))
    _fingerprint_path(candidate).write_text(json.dumps(asdict(fingerprint), indent=1) + "\n", encoding="utf-8")


def candidate_of(model: Path) -> Path:
    """Where a new model lies until it replaces ``model``. No dot in its name: Rasa would take what follows for a suffix."""
    return model.with_name(model.name.removesuffix(".tar.gz") + "-candidate.tar.gz")


def replace(model: Path) -> None:
    """Puts the candidate in the place of ``model``: the file at once, so that nobody ever reads half a model."""
    candidate = candidate_of(model)
    candidate.replace(model)
    _fingerprint_path(candidate).replace(_fingerprint_path(model))


def check_model(model: Path) -> None:
    """Makes sure that there is a model and that it is whole.

    Raises:
        TrainingError: if it is missing, damaged or was put there by something else.
    """
    if not model.is_file():
        raise TrainingError(f"There is no model at {model}: run `make train`.")
    kept = _kept_fingerprint(model)
    if kept is None or kept.model != _file_digest(model):
        raise TrainingError(f"The model at {model} is damaged or incomplete: run `make train`.")


def is_up_to_date(model: Path) -> bool:
    """Whether ``model`` was made from the material and machinery that are there now."""
    kept = _kept_fingerprint(model)
    return kept is not None and (kept.material, kept.machinery) == (_digest(_MATERIAL), _digest(_MACHINERY))


def _run_rasa(model: Path, fresh: bool) -> None:
    if not ENGINE_PYTHON.exists():
        raise TrainingError("The engine's environment is missing: run `make setup`.")
    name = model.name.removesuffix(".tar.gz")
    command = [str(ENGINE_PYTHON), "-m", "rasa", "train", "--fixed-model-name", name, "--out", str(model.parent)]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(  # noqa: S603  (our own interpreter, fixed arguments)
        [*command, *(["--force"] if fresh else [])], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode != 0:
        said = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        reason = said[-1] if said else f"exit code {done.returncode}"
        raise TrainingError(f"Rasa could not train: {reason} (all of it: `.venv-engine/bin/rasa train`).")


def _kept_fingerprint(model: Path) -> Fingerprint | None:
    try:
        return Fingerprint(**json.loads(_fingerprint_path(model).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _fingerprint_path(model: Path) -> Path:
    return model.with_name(model.name.removesuffix(".tar.gz") + ".fingerprint.json")


def _digest(patterns: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _file_digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
