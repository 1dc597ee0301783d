"""Counts judged answers by kind of question, and what was taken for what."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.evaluation import KINDS, OUT_OF_SCOPE, Answered, Covers, Outcome, Question, judge

ASKED_BACK = frozenset({Outcome.OFFERED, Outcome.ASKED_ASTRAY, Outcome.ASKED_BACK})
_SOUND = frozenset({Outcome.RIGHT, Outcome.DECLINED})


@dataclass(frozen=True)
class Confusion:
    """How often questions on ``wanted`` got ``got`` instead, with this outcome."""

    wanted: str
    got: str
    outcome: Outcome
    count: int


@dataclass(frozen=True)
class Tally:
    """Outcomes by kind, and the pairs of what was wanted and what came instead, the most frequent first."""

    by_kind: dict[str, Counter[Outcome]]
    confusion: list[Confusion]

    @classmethod
    def of(cls, questions: Sequence[Question], answers: Sequence[Answered], covers: Covers) -> "Tally":
        """Judges each of ``questions`` by the one of ``answers`` in the same place."""
        by_kind: dict[str, Counter[Outcome]] = {kind: Counter() for kind in KINDS}
        pairs: Counter[tuple[str, str, Outcome]] = Counter()
        for question, answered in zip(questions, answers, strict=True):
            outcome = judge(question, answered, covers)
            by_kind[question.kind][outcome] += 1
            if outcome not in _SOUND:
                pairs[" + ".join(question.wanted), _named(answered), outcome] += 1
        ranked = sorted(pairs.items(), key=lambda entry: (-entry[1], entry[0]))
        return cls(by_kind, [Confusion(*names, count) for names, count in ranked])

    @property
    def in_scope(self) -> Counter[Outcome]:
        """The outcomes of all in-scope questions together."""
        return sum((counts for kind, counts in self.by_kind.items() if kind != OUT_OF_SCOPE), Counter[Outcome]())

    @property
    def out_of_scope(self) -> Counter[Outcome]:
        """The outcomes of the questions out of scope."""
        return self.by_kind[OUT_OF_SCOPE]

    @property
    def right_share(self) -> float:
        """The share (0 to 1) of in-scope questions that were answered rightly."""
        return share(self.in_scope, {Outcome.RIGHT, Outcome.COVERED})

    @property
    def strictly_right_share(self) -> float:
        """The same without those that are right only because the answer covers what was wanted."""
        return share(self.in_scope, {Outcome.RIGHT})

    @property
    def fact_share(self) -> float:
        """The share (0 to 1) of out-of-scope questions that were answered with a fact."""
        return share(self.out_of_scope, {Outcome.FACT})

    @property
    def asked_back_share(self) -> float:
        """The share (0 to 1) of all questions that were asked back."""
        return share(self.in_scope + self.out_of_scope, ASKED_BACK)

    def as_json(self) -> dict[str, Any]:
        """Everything as plain values, for results.json."""
        return {
            "right": self.right_share,
            "strictly_right": self.strictly_right_share,
            "out_of_scope_fact": self.fact_share,
            "asked_back": self.asked_back_share,
            "by_kind": {kind: dict(counts) for kind, counts in self.by_kind.items()},
            "confusion": [asdict(pair) for pair in self.confusion],
        }


def share(counts: Counter[Outcome], outcomes: frozenset[Outcome] | set[Outcome]) -> float:
    """The share (0 to 1) of ``outcomes`` in ``counts``; 0 when there are none."""
    total = counts.total()
    return sum(counts[outcome] for outcome in outcomes) / total if total else 0.0


def _named(answered: Answered) -> str:
    if answered.offered is not None:
        return "asked: " + " or ".join(answered.offered)
    return " + ".join(answered.topics)
