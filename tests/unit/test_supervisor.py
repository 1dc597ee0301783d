"""The engine as a child: its log in ours, started again when it ends, taken along when we stop."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from structlog.testing import LogCapture

from bot import supervisor
from bot.settings import Settings
from bot.supervisor import EngineProcess, engine_environment, relay_line
from bot.training import TrainingError


@pytest.fixture
def logged() -> Iterator[LogCapture]:
    before = structlog.get_config()
    capture = LogCapture()
    structlog.configure(processors=[capture], cache_logger_on_first_use=False)
    yield capture
    structlog.configure(**before)


@pytest.mark.parametrize(
    ("line", "level", "event"),
    [
        ('{"level": "warning", "logger": "rasa", "event": "slow"}', "warning", "slow"),
        ('{"level": "error", "logger": "rasa", "event": "gone"}', "error", "gone"),
        ('{"level": "shouting", "event": "odd"}', "info", "odd"),
        ("Traceback (most recent call last):", "info", "Traceback (most recent call last):"),
        ('["not", "an", "object"]', "info", '["not", "an", "object"]'),
    ],
)
def test_the_engines_lines_keep_their_level(logged: LogCapture, line: str, level: str, event: str) -> None:
    relay_line(line)
    (entry,) = logged.entries
    assert (entry["log_level"], entry["event"]) == (level, event)


def test_an_empty_line_is_no_news(logged: LogCapture) -> None:
    relay_line("  ")
    assert logged.entries == []


def test_the_engine_is_told_where_everything_is(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, actions_port=5999, engine_secret="s" * 32)
    environment = engine_environment(settings)
    assert environment["PSQM_ACTIONS_URL"] == "http://127.0.0.1:5999/webhook"
    assert environment["PSQM_ENGINE_SECRET"] == "s" * 32
    assert environment["PSQM_TRACKER_URL"] == f"sqlite:///{tmp_path}/tracker.db"


def test_without_a_model_there_is_no_engine(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="run `make train`"):
        EngineProcess(Settings(data_dir=tmp_path, model_path=tmp_path / "none.tar.gz"))


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EngineProcess:
    monkeypatch.setattr(supervisor, "check_model", lambda _model: None)
    monkeypatch.setattr(
        supervisor, "engine_command", lambda _settings: ["/bin/sh", "-c", f"echo $$ >> {tmp_path}/pids; exec cat"]
    )
    monkeypatch.setattr(supervisor, "BACK_OFF", (0.0,))
    return EngineProcess(Settings(data_dir=tmp_path))


async def started(folder: Path, count: int) -> int:
    async with asyncio.timeout(10):
        while True:
            pids = (folder / "pids").read_text().split() if (folder / "pids").exists() else []
            if len(pids) >= count:
                return int(pids[-1])
            await asyncio.sleep(0.02)


async def test_it_waits_longer_after_each_early_end_and_starts_over_after_a_steady_run(
    engine: EngineProcess, monkeypatch: pytest.MonkeyPatch, logged: LogCapture
) -> None:
    seconds_run = iter([1.0, 1.0, 1.0, 1.0, supervisor.STEADY + 1, 1.0])
    clock = 0.0

    async def run_once() -> int:
        nonlocal clock
        clock += next(seconds_run)
        return 1

    async def no_wait(_seconds: float) -> None:
        return

    monkeypatch.setattr(supervisor, "BACK_OFF", (0.5, 1.0, 2.0))
    monkeypatch.setattr(engine, "_run_once", run_once)
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: clock)
    monkeypatch.setattr(supervisor.asyncio, "sleep", no_wait)
    with pytest.raises(RuntimeError, match="StopIteration"):
        await engine.keep_running()
    assert [entry["pause_seconds"] for entry in logged.entries] == [0.5, 1.0, 2.0, 2.0, 0.0, 0.5]


async def test_a_line_too_long_to_keep_ends_neither_the_log_nor_the_engine(
    engine: EngineProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: LogCapture
) -> None:
    shouting = "echo $$ >> {folder}/pids; head -c 300000 /dev/zero | tr '\\0' x; echo; echo after; exec cat"
    engine._command = ["/bin/sh", "-c", shouting.format(folder=tmp_path)]
    running = asyncio.create_task(engine.keep_running())
    pid = await started(tmp_path, 1)
    async with asyncio.timeout(10):
        while not any(entry["event"] == "after" for entry in logged.entries):
            assert not running.done()
            await asyncio.sleep(0.02)
    assert is_alive(pid)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_it_is_started_again_when_it_ends_and_stopped_with_us(
    engine: EngineProcess, tmp_path: Path, logged: LogCapture
) -> None:
    running = asyncio.create_task(engine.keep_running())
    first = await started(tmp_path, 1)
    await asyncio.create_subprocess_exec("/bin/kill", "-9", str(first))
    second = await started(tmp_path, 2)
    assert second != first
    assert any(entry["log_level"] == "error" and entry["exit_code"] == -9 for entry in logged.entries)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not is_alive(second)
