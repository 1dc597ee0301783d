"""Training happens when something that the model is made from has changed, and only then."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot import training
from bot.training import TrainingError, check_model, is_up_to_date, train

# Stands for Rasa: writes a model that nobody has seen before where `rasa train` would, which takes a dot for a suffix's.
RASA = """#!/bin/sh
while [ $# -gt 0 ]; do case $1 in --fixed-model-name) name=$2;; --out) out=$2;; --force) force=yes;; esac; shift; done
[ -e broken ] && { echo "the domain is wrong"; exit 1; }
sleep 0.05; echo "$$ $(date +%N)" > "$out/${name%.*}.tar.gz"
echo "trained ${force:-cached}" >> runs
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("config.yml", "domain.yml", "data/nlu/cost.yml", "bot/engine/reading.py", "requirements/engine.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    python = tmp_path / "python"
    python.write_text(RASA, encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(training, "ROOT", tmp_path)
    monkeypatch.setattr(training, "ENGINE_PYTHON", python)
    return tmp_path


def runs(root: Path) -> list[str]:
    return (root / "runs").read_text(encoding="utf-8").splitlines()


def test_it_trains_once(root: Path) -> None:
    model = root / "models" / "psqm.tar.gz"
    assert train(model)
    assert not train(model)
    assert len(runs(root)) == 1
    assert is_up_to_date(model)


def test_two_who_train_at_once_train_one_after_the_other(root: Path) -> None:
    model = root / "models" / "psqm.tar.gz"
    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(lambda _: train(model), range(2))) == [False, True]
    assert len(runs(root)) == 1
    check_model(model)


@pytest.mark.parametrize("changed", ["config.yml", "domain.yml", "data/nlu/cost.yml", "data/nlu/new.yml"])
def test_new_material_is_trained_with_rasas_cache(root: Path, changed: str) -> None:
    model = root / "psqm.tar.gz"
    train(model)
    (root / changed).write_text("something else", encoding="utf-8")
    assert not is_up_to_date(model)
    assert train(model)
    assert runs(root)[-1] == "trained cached"


@pytest.mark.parametrize("changed", ["bot/engine/reading.py", "requirements/engine.txt"])
def test_new_machinery_is_trained_without_the_cache(root: Path, changed: str) -> None:
    model = root / "psqm.tar.gz"
    train(model)
    (root / changed).write_text("something else", encoding="utf-8")
    assert train(model)
    assert runs(root)[-1] == "trained yes"


def test_force_trains_anyway(root: Path) -> None:
    train(root / "psqm.tar.gz")
    assert train(root / "psqm.tar.gz", force=True)


def test_a_damaged_model_is_refused_and_trained_again(root: Path) -> None:
    model = root / "psqm.tar.gz"
    train(model)
    check_model(model)
    model.write_text("half a mod", encoding="utf-8")
    with pytest.raises(TrainingError, match="damaged or incomplete: run `make train`"):
        check_model(model)
    assert train(model)
    check_model(model)


def test_a_missing_model_is_refused_by_name(root: Path) -> None:
    with pytest.raises(TrainingError, match=r"no model at .*psqm.tar.gz: run `make train`"):
        check_model(root / "psqm.tar.gz")


def test_what_rasa_says_last_is_the_reason(root: Path) -> None:
    (root / "broken").touch()
    with pytest.raises(TrainingError, match="could not train: the domain is wrong"):
        train(root / "psqm.tar.gz")


def test_a_missing_environment_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "ENGINE_PYTHON", root / "nothing")
    with pytest.raises(TrainingError, match="run `make setup`"):
        train(root / "psqm.tar.gz")
