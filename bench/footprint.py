"""What running and training need: start, memory, training, disk; ours and the peer in turn."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench import ours
from bench.processes import BenchError, resident
from bench.sizes import folder_size, locked_size
from bench.stock import serving as stock_serving
from bench.stock import training as stock_training
from bench.talking import Opening, OurConversation, Round, StockConversation, client, talk
from bench.topics import ROOT

type Says = Callable[[str], object]

_HELPS = 5


@dataclass(frozen=True)
class Plan:
    """How many starts are measured, after one of each that is not, and how many messages before memory is read."""

    starts: int = 3
    messages: int = 200
    conversations: int = 4


@dataclass(frozen=True)
class Start:
    """One start: seconds to the first answer, and bytes resident after the messages, by what occupies them."""

    seconds: float
    resident: dict[str, int]


def measure(questions: Sequence[str], plan: Plan, model: stock_training.Model, say: Says) -> dict[str, Any]:
    """Starts both in turn and reads their memory; with training and sizes, as results.json keeps it.

    Raises:
        BenchError: if something does not start, does not train or does not answer.
    """
    our_starts: list[Start] = []
    stock_starts: list[Start] = []
    for number in range(plan.starts + 1):
        say(f"start {number} of {plan.starts}" if number else "warming up")
        our_starts.append(_start_ours(questions, plan))
        stock_starts.append(_start_stock(questions, plan, model))
    return {
        "start": {"ours": _seconds(our_starts[1:]), "stock": _seconds(stock_starts[1:])},
        "resident": {"ours": _resident(our_starts[1:]), "stock": _resident(stock_starts[1:])},
        "sizes": _sizes(model),
        "training": _training(model, say),
        "help": median(ours.show_help().wall for _ in range(_HELPS)),
        "messages": plan.messages,
    }


def _training(model: stock_training.Model, say: Says) -> dict[str, Any]:
    """What training takes: ours now, the peer's when it was trained."""
    say("training ours from nothing")
    forced = ours.train(force=True)
    say("training ours again, unchanged")
    made = ours.MODEL.stat().st_mtime_ns
    unchanged = ours.train()
    return {
        "ours": asdict(forced),
        "retrained": ours.MODEL.stat().st_mtime_ns != made,
        "unchanged": asdict(unchanged),
        "stock": {**asdict(model.cost), "trained": model.trained, "epochs": model.epochs},
    }


def _sizes(model: stock_training.Model) -> dict[str, int]:
    """Bytes on disk of environments and models."""
    return {
        "service": locked_size(ROOT / ".venv", ROOT / "requirements" / "service.txt"),
        "engine": folder_size(ROOT / ".venv-engine"),
        "stock": folder_size(stock_training.ENVIRONMENT),
        "our_model": ours.MODEL.stat().st_size,
        "stock_model": model.path.stat().st_size,
    }


def _start_ours(questions: Sequence[str], plan: Plan) -> Start:
    with ours.serving() as assistant:
        ready = asyncio.run(_first_answer_and_more(assistant.url, OurConversation, questions, plan))
        memory = resident(assistant.process)
    return Start(ready - assistant.started, {"both processes": memory})


def _start_stock(questions: Sequence[str], plan: Plan, model: stock_training.Model) -> Start:
    with stock_serving.serving(model) as peer:
        ready = asyncio.run(_first_answer_and_more(peer.url, StockConversation, questions, plan))
        engine, actions = resident(peer.engine), resident(peer.actions)
    return Start(ready - peer.started, {"engine": engine, "engine and action server": engine + actions})


async def _first_answer_and_more(url: str, opening: Opening, questions: Sequence[str], plan: Plan) -> float:
    """Asks a first question and then the others; returns when (perf_counter) the first was answered."""
    async with client(url) as http:
        first = await opening.open(http)
        answered = time.perf_counter()
        conversations = [first, *[await opening.open(http) for _ in range(plan.conversations - 1)]]
        texts = [questions[number % len(questions)] for number in range(plan.messages)]
        parts = [texts[index :: len(conversations)] for index in range(len(conversations))]
        rounds = await asyncio.gather(*(talk(*pair) for pair in zip(conversations, parts, strict=True)))
    total = sum(rounds, Round())
    if total.errors:
        raise BenchError(f"{total.errors} of {plan.messages} messages failed at {url}")
    return answered


def _seconds(starts: Sequence[Start]) -> dict[str, Any]:
    seconds = [start.seconds for start in starts]
    return {"median": median(seconds), "each": seconds}


def _resident(starts: Sequence[Start]) -> dict[str, float]:
    return {name: median(start.resident[name] for start in starts) for name in starts[0].resident}
