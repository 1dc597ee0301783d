"""Mails a second to a real server: senders in turn, each round beside a plain one."""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from statistics import median
from typing import Any

from bench import databases
from bench.tables import table
from bot.outbox.mime import Sender

SENDER = Sender("Quality Mark", "assistant@mark.example")


@dataclass(frozen=True)
class Plan:
    """``mails`` in each of ``rounds`` rounds, by each sender in turn."""

    mails: int = 300
    rounds: int = 5

    @property
    def steps(self) -> int:
        return self.rounds * 3


@dataclass(frozen=True)
class Senders:
    """The plain sender and ours, by name. ``plain`` takes the server's port and how many mails; ``ours`` the address of a
    database before them, and the number of the round after. Both return seconds."""

    plain_name: str
    ours_name: str
    plain: Callable[[int, int], float]
    ours: Callable[[str, int, int, int], Awaitable[float]]


def measure(senders: Senders, plan: Plan, on_step: Callable[[], object] = lambda: None) -> dict[str, Any]:
    """Mails a second of each sender, by round."""
    with _mail_server() as port:
        by_round = asyncio.run(_rounds(senders, plan, port, on_step))
    return {
        "mails": plan.mails,
        "rounds": plan.rounds,
        "plain": senders.plain_name,
        "per_second_by_round": by_round,
    }


def shown(measured: Mapping[str, Any], unit: str, ratio: str) -> str:
    """The figures as a table, whose columns are called ``unit`` a second and by the plain sender's ``ratio``."""
    by_round = measured["per_second_by_round"]
    plain = by_round[measured["plain"]]
    rows = []
    for name, rates in by_round.items():
        ratios = [rate / base for rate, base in zip(rates, plain, strict=True)]
        each = ", ".join(f"{rate:.0f}" for rate in rates)
        rows.append([name, f"{median(rates):.0f}", f"{median(ratios):.2f}", each])
    return table(["", f"{unit}/s", f"÷ {ratio}", "by round"], rows)


async def _rounds(senders: Senders, plan: Plan, port: int, on_step: Callable[[], object]) -> dict[str, list[float]]:
    ours = {kind: f"{senders.ours_name}, {kind}" for kind in ("SQLite", "PostgreSQL")}
    rates: dict[str, list[float]] = {name: [] for name in (senders.plain_name, *ours.values())}
    async with databases.fresh("sqlite") as sqlite, databases.fresh("postgresql") as postgres:
        for number in range(plan.rounds):
            seconds = await asyncio.to_thread(senders.plain, port, plan.mails)
            rates[senders.plain_name].append(plan.mails / seconds)
            on_step()
            for kind, url in (("SQLite", sqlite), ("PostgreSQL", postgres)):
                rates[ours[kind]].append(plan.mails / await senders.ours(url, port, plan.mails, number))
                on_step()
    return rates


@contextmanager
def _mail_server() -> Iterator[int]:
    """A real server in a process of its own, which takes everything and keeps nothing; gives its port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(parent: Connection) -> None:
    from aiosmtpd.handlers import Sink
    from aiosmtpd.smtp import SMTP

    async def forever() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Sink(), loop=loop), "127.0.0.1", 0)
        parent.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())
