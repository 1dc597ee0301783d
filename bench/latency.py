"""Turn by turn, ours and the peer in alternating rounds, so that whatever else the machine does hits both."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import cycle, islice
from statistics import median, quantiles
from typing import Any

from bench.talking import Conversation, Opening, OurConversation, Round, StockConversation, client, talk


@dataclass(frozen=True)
class Level:
    """So many conversations at once, each with so many turns a round."""

    conversations: int
    turns: int


@dataclass(frozen=True)
class Plan:
    """What is measured: every level in so many rounds."""

    levels: tuple[Level, ...] = (Level(1, 40), Level(8, 10), Level(32, 5))
    rounds: int = 5

    @property
    def steps(self) -> int:
        """The number of rounds of all levels, of both systems."""
        return len(self.levels) * self.rounds * 2


@dataclass
class Side:
    """One system at one level: its conversations, which go on from round to round, and what came of them."""

    conversations: list[Conversation]
    rounds: list[Round] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Milliseconds a turn, messages a second, and what went wrong how often."""
        total = sum(self.rounds, Round())
        milliseconds = [1000 * seconds for seconds in total.turns]
        return {
            "turns": len(milliseconds),
            "median_ms": median(milliseconds),
            "p95_ms": quantiles(milliseconds, n=20)[-1],
            "per_second": len(milliseconds) / total.wall,
            "per_second_by_round": [len(one.turns) / one.wall for one in self.rounds],
            "median_ms_by_round": [1000 * median(one.turns) for one in self.rounds],
            "errors": total.errors,
            "unanswered": total.unanswered,
        }


async def measure(
    ours_url: str, stock_url: str, questions: Sequence[str], plan: Plan, on_round: Callable[[], object] = lambda: None
) -> list[dict[str, Any]]:
    """One entry a level: its ``conversations``, and ``ours`` and ``stock`` as ``Side.as_json`` gives them."""
    measured = []
    async with AsyncExitStack() as stack:
        clients = {
            "ours": (await stack.enter_async_context(client(ours_url)), OurConversation),
            "stock": (await stack.enter_async_context(client(stock_url)), StockConversation),
        }
        for level in plan.levels:
            sides = {name: Side(await _open(opening, http, level)) for name, (http, opening) in clients.items()}
            for number in range(plan.rounds):
                texts = _share_out(questions, level, number)
                for side in sides.values():
                    side.rounds.append(await _round(side.conversations, texts))
                    on_round()
            measured.append(
                {"conversations": level.conversations, **{name: side.as_json() for name, side in sides.items()}}
            )
    return measured


async def _open(opening: Opening, http: Any, level: Level) -> list[Conversation]:
    return [await opening.open(http) for _ in range(level.conversations)]


async def _round(conversations: Sequence[Conversation], texts: Sequence[Sequence[str]]) -> Round:
    started = time.perf_counter()
    parts = await asyncio.gather(*(talk(*pair) for pair in zip(conversations, texts, strict=True)))
    total = sum(parts, Round())
    total.wall = time.perf_counter() - started
    return total


def _share_out(questions: Sequence[str], level: Level, number: int) -> list[list[str]]:
    """The texts of each conversation in one round: the same for both systems, others in the next round."""
    count = level.conversations * level.turns
    endless = islice(cycle(questions), number * count, (number + 1) * count)
    texts = list(endless)
    return [texts[index :: level.conversations] for index in range(level.conversations)]
