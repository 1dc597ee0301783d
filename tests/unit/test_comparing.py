"""Two models are compared by the same questions, and nothing is replaced before somebody says so."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import training
from bot.cli import app
from bot.learning.comparing import PracticeQuestion, compared, practice
from bot.learning.teaching import Reading
from bot.training import candidate_of, train, train_candidate
from tests.unit.test_training import RASA


def reading(*topics: str, certainty: str = "sure") -> Reading:
    return Reading(certainty=certainty, topics=list(topics))


def asking(*topics: str, also: tuple[str, ...] = ()) -> PracticeQuestion:
    return PracticeQuestion(text=f"about {topics}", topics=topics, also=also)


@pytest.mark.parametrize(
    ("question", "read", "right"),
    [
        (asking("ask/cost"), reading("ask/cost"), True),
        (asking("ask/cost"), reading("ask/hub"), False),
        (asking("ask/cost"), reading("ask/cost", certainty="unsure"), False),
        (asking("ask/cost"), reading("ask/cost", "ask/hub"), False),
        (asking("ask/cost"), reading("chat/greeting", "ask/cost"), True),
        (asking("ask/cost", "ask/hub"), reading("ask/hub"), False),
        (asking("ask/cost", also=("ask/funding",)), reading("ask/funding"), True),
        (asking("out_of_scope"), reading(certainty="unknown"), True),
        (asking("ask/cost"), reading(certainty="unknown"), False),
    ],
)
def test_what_counts_as_right(question: PracticeQuestion, read: Reading, right: bool) -> None:
    assert question.is_right(read) is right


def test_what_got_better_and_worse_is_told_by_topic() -> None:
    questions = [asking("ask/cost"), asking("ask/hub"), asking("ask/hub"), asking("open/vat")]
    before = [reading("ask/hub"), reading("ask/hub"), reading("ask/cost"), reading("open/vat")]
    after = [reading("ask/cost"), reading("ask/news"), reading("ask/vat"), reading("open/vat")]
    comparison = compared(questions, before, after)
    assert comparison.rights == (2, 2)
    assert comparison.by_topic == {"ask/cost": (0, 1), "ask/hub": (1, 0)}
    assert [(one.before, one.after) for one in comparison.better] == [("ask/hub", "ask/cost")]
    assert [(one.before, one.after) for one in comparison.worse] == [("ask/hub", "ask/news")]
    assert len(comparison.others) == 1


def test_the_practice_questions_are_used_where_they_are_and_examples_elsewhere(tmp_path: Path) -> None:
    questions, says = practice(Path.cwd())
    assert len(questions) > 500 and "practice questions" in says
    (tmp_path / "data/nlu").mkdir(parents=True)
    (tmp_path / "data/nlu/cost.yml").write_text("nlu:\n- intent: ask/cost\n  examples: |\n    - fee\n    - price\n")
    questions, says = practice(tmp_path)
    assert [question.text for question in questions] == ["fee"] and "may have learned" in says


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project whose Rasa is a script, with a model."""
    (tmp_path / "data/nlu").mkdir(parents=True)
    (tmp_path / "data/nlu/cost.yml").write_text("nlu:\n- intent: ask/cost\n  examples: |\n    - fee\n")
    python = tmp_path / "python"
    python.write_text(RASA, encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(training, "ROOT", tmp_path)
    monkeypatch.setattr(training, "ENGINE_PYTHON", python)
    train(tmp_path / "psqm.tar.gz")
    return tmp_path


def test_a_candidate_leaves_the_model_alone_and_is_trained_once(root: Path) -> None:
    model = root / "psqm.tar.gz"
    before = model.read_text()
    assert train_candidate(model) is None
    (root / "data/nlu/new.yml").write_text("nlu: []\n")
    for _ in range(2):
        assert train_candidate(model) == candidate_of(model)
    assert model.read_text() == before
    assert len((root / "runs").read_text().splitlines()) == 2
    training.replace(model)
    assert model.read_text() != before
    training.check_model(model)
    assert training.is_up_to_date(model) and not candidate_of(model).exists()


def test_a_training_that_fails_leaves_the_model_as_it_was(root: Path) -> None:
    model = root / "psqm.tar.gz"
    before = model.read_text()
    (root / "broken").touch()
    with pytest.raises(training.TrainingError):
        train(model, force=True)
    assert model.read_text() == before
    training.check_model(model)


@pytest.mark.parametrize(("option", "replaced"), [("--yes", True), ("--no", False), (None, False)])
def test_the_command_asks_before_it_replaces(
    root: Path, monkeypatch: pytest.MonkeyPatch, option: str | None, replaced: bool
) -> None:
    from bot.learning import comparing

    async def read_by(model: Path, questions: list[PracticeQuestion]) -> list[Reading]:
        topic = "ask/news" if "candidate" in model.name else "ask/cost"
        return [reading(topic) for _ in questions]

    monkeypatch.setattr(comparing, "read_by", read_by)
    monkeypatch.setattr(comparing, "practice", lambda: ([asking("ask/cost")], "one question"))
    monkeypatch.setenv("PSQM_MODEL_PATH", str(root / "psqm.tar.gz"))
    monkeypatch.setenv("PSQM_ENGINE_URL", "http://127.0.0.1:1")
    before = (root / "psqm.tar.gz").read_text()
    (root / "data/nlu/new.yml").write_text("nlu: []\n")
    result = CliRunner().invoke(app, ["train", "--compare", *([option] if option else [])])
    assert "Right: 1 of 1 before, 0 now." in result.output, result.output
    assert "[ask/cost → ask/news]" in result.output
    assert ((root / "psqm.tar.gz").read_text() != before) is replaced
    assert result.exit_code == (2 if option is None else 0)
    if replaced:
        assert "next start. The engine cannot be reached" in result.output
