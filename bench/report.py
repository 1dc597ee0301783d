"""Keeps what was measured: results.json, and results.md written from all that it holds."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench import mailing, outbox, tables
from bench.accuracy import JUDGING, PRACTICE
from bench.letters import measuring as letters
from bench.schools import report as schools_report
from bench.tables import MB, percent

_ABOUT = """\
# What was measured

Ours is the assistant as `psqm serve` runs it; stock is what `rasa init` gives, trained on the same examples. What the
figures mean: [README.md](README.md). Written by `make bench`; do not edit.
"""


def keep(folder: Path, part: str, measured: Mapping[str, Any]) -> str:
    """Adds a part to results.json in ``folder``, writes results.md anew and returns its text."""
    path = folder / "results.json"
    results = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    results[part] = _rounded(measured)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    text = rendered(results)
    (folder / "results.md").write_text(text, encoding="utf-8")
    return text


def rendered(results: Mapping[str, Any]) -> str:
    """results.md, with as many parts as there are."""
    sections = [_ABOUT.strip(), "## Against what it must reach", _summary(results)]
    if accuracy := results.get("accuracy"):
        sections += ["## Accuracy: judging questions", _where(accuracy), tables.accuracy(accuracy[JUDGING])]
        sections += ["## Accuracy: practice questions", tables.accuracy(accuracy[PRACTICE])]
    if latency := results.get("latency"):
        sections += ["## Latency and throughput", _where(latency), tables.latency(latency)]
    if footprint := results.get("footprint"):
        sections += ["## Start, memory, training, disk", _where(footprint), tables.footprint(footprint)]
    if mails := results.get("outbox"):
        sections += ["## Mail", _where(mails), outbox.shown(mails)]
    if letters_sent := results.get("mailing"):
        sections += ["## Letters to an area", _where(letters_sent), mailing.shown(letters_sent)]
    if schools := results.get("schools"):
        sections += ["## The school register", _where(schools), schools_report.section(schools)]
    if composed := results.get("letters"):
        sections += ["## Letters", _where(composed), letters.shown(composed)]
    return "\n\n".join(sections) + "\n"


def _summary(results: Mapping[str, Any]) -> str:
    reached: dict[str, Callable[[Mapping[str, Any]], Iterable[tuple[str, str, str, bool]]]] = {
        "accuracy": _accuracy_reached,
        "latency": _latency_reached,
        "footprint": _footprint_reached,
        "schools": schools_report.reached,
        "letters": letters.reached,
    }
    rows = [row for part, of in reached.items() if part in results for row in of(results[part])]
    return tables.table(
        ["", "must reach", "here", "reached"],
        [[what, goal, here, "yes" if good else "**no**"] for what, goal, here, good in rows],
        figures=False,
    )


def _accuracy_reached(accuracy: Mapping[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    judged = accuracy[JUDGING]
    right, fact = judged["right"], judged["out_of_scope_fact"]
    strict = f"{percent(right)} ({percent(judged['strictly_right'])} strictly)"
    yield "in-scope questions right", "at least 97 %", strict, right >= 0.97
    yield "out-of-scope ones answered with a fact", "at most 3 %", percent(fact), fact <= 0.03


def _latency_reached(latency: Mapping[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    one, most = latency["levels"][0], latency["levels"][-1]
    turn = one["ours"]["median_ms"] / one["stock"]["median_ms"]
    rate = most["ours"]["per_second"] / most["stock"]["per_second"]
    errors = most["ours"]["errors"] + most["ours"]["unanswered"]
    many = f"{most['conversations']} conversations at once"
    milliseconds = f"{turn:.2f} of it ({one['ours']['median_ms']:.0f} ms)"
    yield "median turn, one conversation", "at most half of stock", milliseconds, turn <= 0.5
    yield f"messages a second, {many}", "at least twice stock", f"{rate:.1f} times", rate >= 2
    yield f"errors, {many}", "none", str(errors), errors == 0


def _footprint_reached(footprint: Mapping[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    start, resident, training = (footprint[part] for part in ("start", "resident", "training"))
    begin = start["ours"]["median"] / start["stock"]["median"]
    memory, engine = resident["ours"]["both processes"], resident["stock"]["engine"]
    cpu = training["ours"]["cpu"] / training["stock"]["cpu"]
    again, shown = training["unchanged"]["wall"], footprint["help"]
    yield "start to first answer", "at most 40 % of stock's engine", percent(begin), begin <= 0.4
    yield (
        "resident memory",
        "under 550 MB",
        f"{memory / MB:.0f} MB, {percent(memory / engine)} of stock's engine",
        (memory < 550 * MB),
    )
    yield "training, CPU", "at most a tenth of stock", percent(cpu), cpu <= 0.1
    yield "training again, unchanged", "nothing", f"{again:.1f} s, to find that out", not training["retrained"]
    yield "`psqm --help`", "within 0.5 s", f"{shown:.2f} s", shown <= 0.5


def _where(part: Mapping[str, Any]) -> str:
    return (
        f"`{part['command']}`, {part['date']}, {part['cores']} cores, {part['cpu']}, "
        f"load average when the command began: {part['load_before']}."
    )


def _rounded(value: Any) -> Any:
    """Figures with four digits behind the point: more would be noise, and a change in every line."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, Mapping):
        return {str(key): _rounded(entry) for key, entry in value.items()}
    return [_rounded(entry) for entry in value] if isinstance(value, list | tuple) else value
