"""Messages whose clauses are marked, as data/nlu has them."""

from pathlib import Path

import yaml
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from bot.engine.annotated import ENTITY, SEVERAL, Mark, clause_examples, unmarked

ROOT = Path(__file__).resolve().parents[2]
LINE = (
    'Hi, [what does it cost]{"entity": "asks", "role": "ask/cost"}'
    ' and [is that per year]{"entity": "asks", "role": "open/renewal"}?'
)
TEXT = "Hi, what does it cost and is that per year?"
MARKS = [Mark(4, 21, "ask/cost"), Mark(26, 42, "open/renewal")]


def test_marks_are_read_as_rasa_reads_them() -> None:
    assert unmarked(LINE) == (TEXT, MARKS)
    data = RasaYAMLReader().reads(f'version: "3.1"\nnlu:\n- intent: {SEVERAL}\n  examples: |\n    - {LINE}\n')
    (message,) = data.training_examples
    assert message.get("text") == TEXT
    read = [(one["start"], one["end"], one["role"]) for one in message.get("entities") if one["entity"] == ENTITY]
    assert read == [tuple(mark) for mark in MARKS]


def test_a_text_without_marks_stays_as_it_is() -> None:
    assert unmarked("cost (per school)?") == ("cost (per school)?", [])


def test_a_clause_that_leans_on_the_one_before_is_a_follow_up_to_it() -> None:
    assert clause_examples(TEXT, MARKS, {"ask/cost": "the cost"}) == [
        ("what does it cost", "ask/cost"),
        ("the cost: is that per year", "open/renewal"),
    ]


def test_a_clause_after_something_that_cannot_be_followed_up_stands_by_itself() -> None:
    assert clause_examples(TEXT, MARKS, {}) == [("what does it cost", "ask/cost"), ("is that per year", "open/renewal")]


def test_every_mark_of_the_data_names_a_topic_that_has_an_answer() -> None:
    entries = yaml.safe_load((ROOT / "data/nlu/several.yml").read_text(encoding="utf-8"))["nlu"]
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    lines = [line.strip()[2:] for entry in entries for line in entry["examples"].splitlines() if line.strip()]
    topics = {mark.topic for line in lines for mark in unmarked(line)[1]}
    assert len(topics) > 40
    assert [t for t in sorted(topics - {"affirm", "deny"}) if f"utter_{t}" not in responses] == []
    assert [line for line in lines if not unmarked(line)[1]] == []
