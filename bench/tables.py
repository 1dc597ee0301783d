"""The parts of results.md, each from its part of results.json."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.evaluation import KINDS, OUT_OF_SCOPE, Outcome

MB = 1_000_000
_NAMES = ("ours", "stock")
_ANSWERED = (Outcome.RIGHT, Outcome.COVERED)
_IN_SCOPE = (Outcome.OFFERED, Outcome.ASKED_ASTRAY, Outcome.WRONG, Outcome.NOT_UNDERSTOOD)
_OUT_OF_SCOPE = (Outcome.FACT, Outcome.LEFT_OPEN, Outcome.ASKED_BACK, Outcome.DECLINED, Outcome.OTHER)


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, figures: bool = True) -> str:
    """A Markdown table: its first column to the left, and the others to the right when they are ``figures``."""
    lines = [
        head,
        ["---", *["---:" if figures else "---"] * (len(head) - 1)],
        *[[str(cell) for cell in row] for row in rows],
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def percent(part: float) -> str:
    """``part`` (0 to 1) with one decimal."""
    return f"{100 * part:.1f} %"


def accuracy(measured: Mapping[str, Any]) -> str:
    """Both tables of one file of questions, and what was taken for what."""
    by_kind = measured["by_kind"]
    in_scope = [kind for kind in KINDS if kind != OUT_OF_SCOPE]
    rows = [_kind_row(kind, [by_kind[kind]]) for kind in in_scope]
    rows.append(_kind_row("**all in scope**", [by_kind[kind] for kind in in_scope]))
    head = ["kind", "n", "right", "share", "strictly right", *(outcome.value for outcome in _IN_SCOPE)]
    out_of_scope = by_kind[OUT_OF_SCOPE]
    outside = [sum(out_of_scope.values()), *(out_of_scope.get(outcome, 0) for outcome in _OUT_OF_SCOPE)]
    wrong = [pair for pair in measured["confusion"] if pair["outcome"] != Outcome.COVERED]
    covered = [pair for pair in measured["confusion"] if pair["outcome"] == Outcome.COVERED]
    return "\n\n".join(
        [
            table(head, rows),
            table(["", "n", *(outcome.value for outcome in _OUT_OF_SCOPE)], [["out of scope", *outside]]),
            f"Asked back: {percent(measured['asked_back'])} of all questions. {_unseen(measured)}",
            *_pairs("What was taken for what", wrong),
            *_pairs("Counted as right because the answer states the wanted one's facts", covered),
        ]
    )


def latency(measured: Mapping[str, Any]) -> str:
    """Milliseconds a turn and messages a second, with the ratio of the two systems."""
    rows = []
    for level in measured["levels"]:
        for name in _NAMES:
            side = level[name]
            rows.append(
                [
                    f"{level['conversations']}, {name}",
                    side["turns"],
                    f"{side['median_ms']:.1f}",
                    f"{side['p95_ms']:.1f}",
                    f"{side['per_second']:.1f}",
                    _in_order(side["median_ms_by_round"]),
                    side["errors"],
                    side["unanswered"],
                ]
            )
        ours, stock = level["ours"], level["stock"]
        ratios = [f"{ours[figure] / stock[figure]:.2f}" for figure in ("median_ms", "p95_ms", "per_second")]
        rounds = zip(ours["median_ms_by_round"], stock["median_ms_by_round"], strict=True)
        rows.append(
            [
                f"{level['conversations']}, **ours ÷ stock**",
                "",
                *ratios,
                _in_order([a / b for a, b in rounds], 2),
                "",
                "",
            ]
        )
    head = [
        "conversations at once",
        "turns",
        "median ms",
        "p95 ms",
        "messages/s",
        "median by round",
        "errors",
        "no answer",
    ]
    return table(head, rows)


def footprint(measured: Mapping[str, Any]) -> str:
    """Start, memory, training and disk, ours beside the peer's."""
    start, resident, sizes, training = (measured[part] for part in ("start", "resident", "sizes", "training"))
    both, engine, with_actions = (
        f"{size / MB:.0f}"
        for size in (
            resident["ours"]["both processes"],
            resident["stock"]["engine"],
            resident["stock"]["engine and action server"],
        )
    )
    service, our_engine, stock = (f"{sizes[name] / MB:.0f}" for name in ("service", "engine", "stock"))
    rows = [
        ["start to first answer, s", *(f"{start[name]['median']:.1f}" for name in _NAMES)],
        [f"resident after {measured['messages']} messages, MB", f"{both} (both processes)", f"{engine} (engine alone)"],
        ["the same with its action server", "", with_actions],
        ["training, s by the clock", *(f"{training[name]['wall']:.0f}" for name in _NAMES)],
        ["training, s of CPU", *(f"{training[name]['cpu']:.0f}" for name in _NAMES)],
        ["training again, unchanged, s", f"{training['unchanged']['wall']:.1f}", ""],
        ["`psqm --help`, s", f"{measured['help']:.2f}", ""],
        ["environments on disk, MB", f"{service} (service) + {our_engine} (engine)", stock],
        ["model on disk, MB", f"{sizes['our_model'] / MB:.0f}", f"{sizes['stock_model'] / MB:.0f}"],
    ]
    starts = {name: ", ".join(f"{seconds:.1f}" for seconds in start[name]["each"]) for name in _NAMES}
    note = f"Starts one by one, in turn: ours {starts['ours']} s; stock {starts['stock']} s."
    trained = f"The stock model was trained on {training['stock']['trained']}"
    if epochs := training["stock"].get("epochs"):
        trained += f", for {epochs} of its 100 epochs: what it takes by default is more"
    return table(["", *_NAMES], rows) + f"\n\n{note} {trained}."


def _kind_row(name: str, counts: Sequence[Mapping[str, int]]) -> list[object]:
    def of(*outcomes: Outcome) -> int:
        return sum(one.get(outcome, 0) for one in counts for outcome in outcomes)

    total = sum(sum(one.values()) for one in counts)
    right = of(*_ANSWERED)
    share = percent(right / total) if total else ""
    return [name.replace("_", " "), total, right, share, of(Outcome.RIGHT), *(of(outcome) for outcome in _IN_SCOPE)]


def _unseen(measured: Mapping[str, Any]) -> str:
    unseen = measured["unseen"]
    return (
        f"{measured['seen_before']} of the {measured['questions']} questions are, word for word, examples or questions that the "
        f"understanding was made with; of the others in scope {percent(unseen['right'])} right, out of scope "
        f"{percent(unseen['out_of_scope_fact'])} answered with a fact."
    )


def _pairs(title: str, pairs: Sequence[Mapping[str, Any]]) -> list[str]:
    if not pairs:
        return []
    rows = [[pair["wanted"], pair["got"], pair["outcome"], pair["count"]] for pair in pairs]
    listed = table(["wanted", "got", "judged", "times"], rows, figures=False)
    return [f"<details><summary>{title} ({sum(pair['count'] for pair in pairs)})</summary>\n\n{listed}\n\n</details>"]


def _in_order(values: Sequence[float], decimals: int = 0) -> str:
    return ", ".join(f"{value:.{decimals}f}" for value in values)
