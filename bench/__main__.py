"""`python -m bench [PART|all]`: measures, prints, and writes bench/results.md and results.json.

The parts: accuracy, latency, footprint, outbox, mailing, schools, letters. `places`, `replies` and `desk` write files of their
own: bench/places.md, bench/replies.md and bench/desk.md.
"""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import structlog
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bench import (
    accuracy,
    databases,
    desk,
    footprint,
    latency,
    mailing,
    ours,
    outbox,
    places,
    replies,
    reply_answers,
    report,
    sending,
)
from bench.asking import AskingError
from bench.bytecode import compile_ours
from bench.evaluation import QuestionsError
from bench.letters import measuring as letters
from bench.machine import circumstances
from bench.processes import WORK, BenchError, check_alive
from bench.schools import measuring
from bench.stock import serving as stock_serving
from bench.stock import training as stock_training
from bench.talking import NoAnswer
from bench.topics import ROOT, Topics
from bot.facts import FactsError

_PARTS = ("accuracy", "latency", "footprint", "outbox", "mailing", "schools", "letters")
_WITHOUT_MODEL = {"outbox", "mailing", "schools", "letters"}
_APART = ("places", "replies", "desk")  # write files of their own
_COLUMNS = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
_QUICK = WORK / "quick"  # a try writes there, never over measured figures


class Bench:
    """The parts, with what they share: progress, the peer's model, and whether this is only a quick try."""

    def __init__(self, progress: Progress, *, quick: bool, peer_epochs: int | None) -> None:
        self._progress = progress
        self._quick = quick
        self._peer_epochs = 2 if quick else peer_epochs
        self._stock_model: stock_training.Model | None = None

    def prepare(self) -> None:
        """Compiles and trains ours, when it has changed."""
        self._step("compiling", compile_ours)
        self._step("training ours, if it has changed", ours.train)

    def accuracy(self) -> dict[str, Any]:
        """Both files of questions, at a running assistant of ours."""
        every = 20 if self._quick else 1
        measured = {}
        with ours.serving() as assistant:
            for name in accuracy.FILES:
                total = len(accuracy.questions(name, Topics.load())[::every])
                task = self._progress.add_task(f"accuracy: {name} questions", total=total)
                measured[name] = accuracy.measure(assistant.url, name, every, partial(self._progress.advance, task))
        return measured

    def latency(self) -> dict[str, Any]:
        """Rounds of conversations with ours and the peer, both running."""
        model, questions = self._peer(), accuracy.plain_questions(Topics.load())
        level = latency.Level
        plan = latency.Plan((level(1, 5), level(4, 2)), rounds=2) if self._quick else latency.Plan()
        with ExitStack() as stack:
            assistant = stack.enter_context(ours.serving())
            stock = stack.enter_context(stock_serving.serving(model))
            task = self._progress.add_task("latency: rounds", total=plan.steps)

            def after_round() -> None:
                for process in (assistant.process, stock.engine, stock.actions):
                    check_alive(process, WORK / "logs")
                self._progress.advance(task)

            levels = asyncio.run(latency.measure(assistant.url, stock.url, questions, plan, after_round))
        return {"levels": levels, "rounds": plan.rounds}

    def footprint(self) -> dict[str, Any]:
        """Starts, memory, training, sizes."""
        model, questions = self._peer(), accuracy.plain_questions(Topics.load())
        plan = footprint.Plan(starts=1, messages=20) if self._quick else footprint.Plan()
        task = self._progress.add_task("footprint", total=None)
        measured = footprint.measure(
            questions, plan, model, lambda doing: self._progress.update(task, description=f"footprint: {doing}")
        )
        self._progress.update(task, description="footprint", total=1, completed=1)
        return measured

    def outbox(self) -> dict[str, Any]:
        """Mails a second to a real server, beside a plain loop."""
        plan = sending.Plan(mails=50, rounds=2) if self._quick else sending.Plan()
        task = self._progress.add_task("outbox: rounds", total=plan.steps)
        return sending.measure(outbox.SENDERS, plan, partial(self._progress.advance, task))

    def mailing(self) -> dict[str, Any]:
        """Letters a second to a real server, beside a script."""
        plan = sending.Plan(mails=50, rounds=2) if self._quick else sending.Plan(mails=500)
        task = self._progress.add_task("mailing: rounds", total=plan.steps)
        return sending.measure(mailing.SENDERS, plan, partial(self._progress.advance, task))

    def schools(self) -> dict[str, Any]:
        """Import and look-up of the school register."""

        def step(doing: str, parts: int) -> Callable[[], None]:
            return partial(self._progress.advance, self._progress.add_task(doing, total=parts))

        return measuring.measure(step, quick=self._quick)

    def letters(self) -> dict[str, Any]:
        """Letters composed, beside a plain loop."""
        plan = letters.Plan(letters=100, each=20, rounds=1) if self._quick else letters.Plan()
        task = self._progress.add_task("letters: rounds", total=plan.steps)
        return letters.measure(plan, partial(self._progress.advance, task))

    def _peer(self) -> stock_training.Model:
        if self._stock_model is None:
            self._step("setting up the peer's environment, if it is not there", stock_training.set_up)
            train = partial(stock_training.train, self._peer_epochs)
            self._stock_model = self._step("training the peer, if it has not learnt these examples", train)
        return self._stock_model

    def _step[Result](self, doing: str, work: Callable[[], Result]) -> Result:
        task = self._progress.add_task(doing, total=None)
        result = work()
        self._progress.update(task, total=1, completed=1)
        return result


def main() -> int:
    """Reads the arguments, measures, and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "part", nargs="?", choices=(*_PARTS, *_APART, "all"), default="all", help="what to measure (default: all)"
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"a try of small numbers, kept in {_QUICK.relative_to(ROOT)}"
    )
    parser.add_argument(
        "--peer-epochs",
        type=int,
        help="train the peer for so many epochs only, where there are no hours for its default of 100: its speed and memory are "
        "the same, its training time a lower bound, which the report says",
    )
    arguments = parser.parse_args()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING)
    )  # of parts in this process
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unwinds, so that every server is stopped
    apart = [part for part in _APART if arguments.part in (part, "all")]
    parts = _PARTS if arguments.part == "all" else tuple({arguments.part}.intersection(_PARTS))
    try:
        for part in apart:
            measure_apart = {"places": measure_places, "replies": measure_replies, "desk": measure_desk}[part]
            print_report(measure_apart(quick=arguments.quick))
        if parts:
            print_report(measure(parts, quick=arguments.quick, peer_epochs=arguments.peer_epochs))
    except (BenchError, AskingError, NoAnswer, QuestionsError, FactsError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


def measure_desk(*, quick: bool) -> str:
    """Measures the pages of the desk, and returns the report."""
    here = circumstances("python -m bench desk")
    rounds, size = (3, 0.05) if quick else (desk.ROUNDS, 1.0)
    with Progress(*_COLUMNS) as progress:
        task = progress.add_task("desk: pages", total=2 * len(desk.PAGES) * len(databases.KINDS))
        measured = asyncio.run(desk.measure(rounds, size, partial(progress.advance, task)))
    return desk.written({**here, **measured}, _QUICK if quick else ROOT / "bench")


def measure_places(*, quick: bool) -> str:
    """Measures how places are held, and returns the report."""
    here = circumstances("python -m bench places")
    rounds, registrations = (1, 40) if quick else (3, 240)
    with Progress(*_COLUMNS, console=Console(stderr=True)) as progress:
        task = progress.add_task("places: rounds", total=rounds * len(places.WAYS) * len(databases.KINDS))
        measured = asyncio.run(places.measure(rounds, registrations, partial(progress.advance, task)))
    return places.written({**here, **measured}, _QUICK if quick else ROOT / "bench")


def measure_replies(*, quick: bool) -> str:
    """Measures how replies are read, understood and answered, and returns the report."""
    here = circumstances("python -m bench replies")
    rounds = 1 if quick else 9
    mails = reply_answers.mails(every=10 if quick else 1)
    covers = Topics.load().covers
    with Progress(*_COLUMNS, console=Console(stderr=True)) as progress:
        Bench(progress, quick=quick, peer_epochs=None).prepare()
        task = progress.add_task("replies: rounds", total=rounds)
        measured = replies.measure(rounds, partial(progress.advance, task))
        task = progress.add_task("replies: answered", total=len(mails))
        with ours.serving() as assistant:
            answers = asyncio.run(reply_answers.answer(assistant.env, mails, partial(progress.advance, task)))
        measured["answers"] = answers.figures(covers)
    return replies.written_report({**here, **measured}, _QUICK if quick else ROOT / "bench")


def measure(parts: tuple[str, ...], *, quick: bool, peer_epochs: int | None) -> str:
    """Measures the parts in turn, keeps each when it is done, and returns the report."""
    here = circumstances(" ".join(["python -m bench", *(parts if len(parts) == 1 else ["all"])]))
    text = ""
    with Progress(*_COLUMNS, console=Console(stderr=True)) as progress:
        bench = Bench(progress, quick=quick, peer_epochs=peer_epochs)
        if set(parts) - _WITHOUT_MODEL:
            bench.prepare()
        for part in parts:
            measured: dict[str, Any] = getattr(bench, part)()
            text = report.keep(_QUICK if quick else ROOT / "bench", part, {**here, **measured})
    return text


def print_report(text: str) -> None:
    """Shows the report as a person reads it at a terminal, and as it is anywhere else."""
    console = Console()
    if console.is_terminal:
        console.print(Markdown(text))
    else:
        print(text)


if __name__ == "__main__":
    sys.exit(main())
