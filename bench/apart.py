"""Measurements that write files of their own, such as bench/places.md."""

import asyncio
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bench import chat, databases, desk, handover, ours, places, replies, reply_answers
from bench.bytecode import compile_ours
from bench.machine import circumstances
from bench.processes import WORK
from bench.topics import ROOT, Topics

_COLUMNS = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
_QUICK = WORK / "quick"  # a try writes there, never over measured figures


def measure_chat(*, quick: bool) -> str:
    """Measures how soon requests of Slack and Teams are acknowledged, and returns the report."""
    here = circumstances("python -m bench chat")
    rounds = 2 if quick else 20
    with Progress(*_COLUMNS, console=Console(stderr=True)) as progress:
        task = progress.add_task("chat: rounds", total=chat.steps(rounds))
        measured = asyncio.run(chat.measure(rounds, partial(progress.advance, task)))
    return chat.written({**here, **measured}, _QUICK if quick else ROOT / "bench")


def measure_desk(*, quick: bool) -> str:
    """Measures the pages of the desk, and returns the report."""
    here = circumstances("python -m bench desk")
    rounds, size = (3, 0.05) if quick else (desk.ROUNDS, 1.0)
    with Progress(*_COLUMNS, console=Console(stderr=True)) as progress:
        task = progress.add_task("desk: pages", total=2 * len(desk.PAGES) * len(databases.KINDS))
        measured = asyncio.run(desk.measure(rounds, size, partial(progress.advance, task)))
    return desk.written({**here, **measured}, _QUICK if quick else ROOT / "bench")


def measure_handover(*, quick: bool) -> str:
    """Measures how soon a leader's answer is in the open widget, and returns the report."""
    here = circumstances("python -m bench handover")
    answers = 3 if quick else 40
    with Progress(*_COLUMNS, console=Console(stderr=True)) as progress:
        task = progress.add_task("handover: answers", total=answers * len(handover.PROCESSES) * len(databases.KINDS))
        measured = asyncio.run(handover.measure(answers, partial(progress.advance, task)))
    return handover.written({**here, **measured}, _QUICK if quick else ROOT / "bench")


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
        progress.add_task("compiling, and training ours if it has changed", total=None)
        compile_ours()
        ours.train()
        task = progress.add_task("replies: rounds", total=rounds)
        measured = replies.measure(rounds, partial(progress.advance, task))
        task = progress.add_task("replies: answered", total=len(mails))
        with ours.serving() as assistant:
            answers = asyncio.run(reply_answers.answer(assistant.env, mails, partial(progress.advance, task)))
        measured["answers"] = answers.figures(covers)
    return replies.written_report({**here, **measured}, _QUICK if quick else ROOT / "bench")


APART = {
    "desk": measure_desk,
    "chat": measure_chat,
    "handover": measure_handover,
    "places": measure_places,
    "replies": measure_replies,
}
"""What measures each part, by its name; it gets ``quick`` and returns the report."""
