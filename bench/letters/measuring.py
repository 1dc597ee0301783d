"""Letters a second and memory: ours in one process and in two, beside the plain loop, in alternating rounds."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.environments import install
from bench.letters.templates import templates
from bench.processes import WORK, BenchError, Command, environment
from bench.tables import MB, table
from bench.topics import ROOT

_ENVIRONMENT = ROOT / ".venv-bench-letters"
_PEER = "Jinja2 and WeasyPrint, a loop"
_OURS = "ours, one process"
_TARGET_SECONDS, _TARGET_BYTES = 360, 400 * MB


@dataclass(frozen=True)
class Plan:
    """``letters`` by two processes of ours, once; then ``rounds`` of ``each`` by each side in turn."""

    letters: int = 20_000
    each: int = 200
    rounds: int = 3

    @property
    def steps(self) -> int:
        return 1 + self.rounds * 2


def measure(plan: Plan, on_step: Callable[[], object] = lambda: None) -> dict[str, Any]:
    """What was measured, as results.json keeps it. Raises BenchError."""
    install(_ENVIRONMENT, ROOT / "requirements" / "bench-letters.txt", "3.13", "letters-environment.log")
    file = WORK / "letters-templates.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(templates()), encoding="utf-8")
    peer: Command = [_ENVIRONMENT / "bin" / "python", ROOT / "bench" / "letters" / "peer.py", file, str(plan.each)]
    campaign = _campaign(plan.letters)
    on_step()
    rounds: dict[str, list[dict[str, Any]]] = {_OURS: [], _PEER: []}
    for _ in range(plan.rounds):
        for name, command in ((_OURS, _ours(plan.each, 1)), (_PEER, peer)):
            rounds[name].append(_run([command])[0])
            on_step()
    return {"letters": plan.letters, "campaign": campaign, "each": plan.each, "rounds": rounds}


def shown(measured: Mapping[str, Any]) -> str:
    """The figures as a table."""
    rounds, campaign = measured["rounds"], measured["campaign"]
    rates = {name: [measured["each"] / one["seconds"] for one in of] for name, of in rounds.items()}
    rows = [
        [
            f"ours, two processes, {measured['letters']:,} letters",
            f"{measured['letters'] / campaign['seconds']:.0f}",
            "",
            f"{1000 * campaign['cpu'] / measured['letters']:.1f}",
            "",
            f"{campaign['peak'] / MB:.0f}",
            "",
        ]
    ]
    for name, of in rates.items():
        ratios = [rate / plain for rate, plain in zip(of, rates[_PEER], strict=True)]
        peak = max(one["peak"] for one in rounds[name])
        each = ", ".join(f"{rate:.0f}" for rate in of)
        cpu, plain_cpu = (median(one["cpu"] for one in rounds[side]) for side in (name, _PEER))
        rows.append(
            [
                name,
                f"{median(of):.0f}",
                f"{median(ratios):.1f}",
                f"{1000 * cpu / measured['each']:.1f}",
                f"{cpu / plain_cpu:.2f}",
                f"{peak / MB:.0f}",
                each,
            ]
        )
    sizes = campaign["sizes"]
    note = (
        f"A letter is HTML ({sizes['html'] / 1000:.0f} kB), text and a tagged PDF ({sizes['pdf'] / 1000:.0f} kB). The loop says "
        "the same words and tags its PDF too; it lays out no envelope window and compiles no HTML for Outlook. Memory is the sum "
        "of the processes' peaks."
    )
    return table(["", "letters/s", "÷ loop", "CPU ms a letter", "÷ loop", "MB", "by round"], rows) + f"\n\n{note}"


def reached(measured: Mapping[str, Any]) -> list[tuple[str, str, str, bool]]:
    """Against what it must reach; the time of all letters is that of those measured, and so many more."""
    campaign, rounds = measured["campaign"], measured["rounds"]
    seconds = campaign["seconds"] / measured["letters"] * 20_000
    ratio = median(plain["seconds"] / ours["seconds"] for ours, plain in zip(rounds[_OURS], rounds[_PEER], strict=True))
    memory = campaign["peak"]
    return [
        ("20,000 letters composed", "under 6 minutes", f"{seconds / 60:.1f} minutes", seconds < _TARGET_SECONDS),
        ("memory for it, all processes", "under 400 MB", f"{memory / MB:.0f} MB", memory < _TARGET_BYTES),
        ("letters a second, one process", "ahead of the plain loop", f"{ratio:.1f} times", ratio > 1),
    ]


def _campaign(letters: int) -> dict[str, Any]:
    """All letters by two processes, as two workers would; seconds by the clock, starting included."""
    half = letters // 2
    started = time.perf_counter()
    both = _run([_ours(half, 1), _ours(letters - half, half + 1)])
    seconds = time.perf_counter() - started
    return {
        "seconds": seconds,
        "cpu": sum(one["cpu"] for one in both),
        "peak": sum(one["peak"] for one in both),
        "sizes": both[0]["sizes"],
    }


def _ours(count: int, first: int) -> Command:
    return [sys.executable, "-m", "bench.letters.composing", str(count), str(first)]


def _run(commands: list[Command]) -> list[dict[str, Any]]:
    """Runs them side by side; what each printed. Raises BenchError."""
    with ExitStack() as stack:
        started = [stack.enter_context(_started(command)) for command in commands]
        printed = [process.communicate() for process in started]
    for process, (_, errors) in zip(started, printed, strict=True):
        if process.returncode:
            last = (errors.strip().splitlines() or ["without a word"])[-1]
            needs = ": apt-get install libpango-1.0-0 libpangoft2-1.0-0" if "pango" in last else ""
            raise BenchError(f"composing letters failed ({last}){needs}")
    return [json.loads(output) for output, _ in printed]


def _started(command: Command) -> "subprocess.Popen[str]":
    whole = [str(part) for part in command]
    return subprocess.Popen(
        whole, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
