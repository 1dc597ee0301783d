"""The peer's environment and model: made on demand, kept under build/bench."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from bench.environments import LOGS, install
from bench.processes import WORK, Command, Cost, environment, run
from bench.stock import project
from bench.topics import ROOT

ENVIRONMENT = ROOT / ".venv-bench"
PYTHON = ENVIRONMENT / "bin" / "python"
_LOCK = ROOT / "requirements" / "bench-peer.txt"
_DEFAULT_CONFIG = "lib/python3.10/site-packages/rasa/engine/recipes/config_files/default_config.yml"
# Rasa sends statistics of use unless told not to.
SETTINGS = {"RASA_TELEMETRY_ENABLED": "false"}
_TRAINING_SECONDS = 3 * 3600


@dataclass(frozen=True)
class Model:
    """A trained model in its project's folder, and what its training took on the day when it was done."""

    folder: Path
    cost: Cost
    trained: str
    epochs: int | None = None
    """How many epochs it was trained for, where that was not as many as by default: its cost is then a lower bound."""

    @property
    def path(self) -> Path:
        """The model's file."""
        return self.folder / "models" / "stock.tar.gz"


def set_up() -> None:
    """Makes the environment from its lock, unless that was done before.

    Raises:
        BenchError: if uv is missing or an installation fails.
    """
    install(ENVIRONMENT, _LOCK, "3.10", "stock-environment.log")


def train(epochs: int | None = None) -> Model:
    """The model of our examples, trained unless it is there already. ``epochs``: see ``project.files``.

    What a training takes is kept beside its model. Where only words of answers have changed, which nothing learns from, Rasa
    puts them into the model without training again, and the figures stay those of the training.
    """
    default_config = (ENVIRONMENT / _DEFAULT_CONFIG).read_text(encoding="utf-8")
    files = project.files(ROOT, default_config, epochs)
    learnt = project.learnt_from(files)
    folder = WORK / "stock" / _digest({**learnt, "lock": _LOCK.read_text(encoding="utf-8")})[:16]
    record = folder / "training.json"
    kept = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else None
    if kept is None or kept["files"] != _digest(files):
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)
        cost = _train(folder, files)
        first = {**asdict(cost), "trained": date.today().isoformat()}
        kept = {**(kept or first), "files": _digest(files)}
        record.write_text(json.dumps(kept), encoding="utf-8")
    return Model(folder, Cost(kept["wall"], kept["cpu"]), kept["trained"], epochs)


def _train(folder: Path, files: Mapping[str, str]) -> Cost:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    command: Command = [PYTHON, "-m", "rasa", "train", "--fixed-model-name", "stock"]
    return run(command, LOGS / "stock-train.log", environment(**SETTINGS), folder, _TRAINING_SECONDS)


def _digest(files: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
