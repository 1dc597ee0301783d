"""Starts the engine beside the service, watches it, and ends both together."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import suppress

import structlog

from bot.app import StartError, init_app, serve_sites
from bot.settings import Settings
from bot.training import ENGINE_PYTHON, ROOT, TrainingError, check_model

log = structlog.get_logger("psqm.supervisor")

# Seconds to wait before each start after an early end; a run of STEADY seconds starts the count again.
BACK_OFF = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY = 60.0
STOP_PATIENCE = 5.0


def engine_command(settings: Settings) -> list[str]:
    """The command that runs the engine. Raises TrainingError when its environment is missing."""
    if not ENGINE_PYTHON.exists():
        raise TrainingError("The engine's environment is missing: run `make setup`.")
    model = str(settings.model_path.absolute())
    return [str(ENGINE_PYTHON), "-m", "bot.engine.run", "--port", str(settings.engine_port), "--model", model]


def engine_environment(settings: Settings) -> Mapping[str, str]:
    """The environment that the engine runs in: what the service has, and what endpoints.yml and credentials.yml ask for."""
    return {
        **os.environ,
        "PSQM_ACTIONS_URL": f"http://127.0.0.1:{settings.actions_port}/webhook",
        "PSQM_ENGINE_SECRET": settings.engine_secret,
        "PSQM_TRACKER_URL": settings.tracker_url,
        "PSQM_MODEL_PATH": str(settings.model_path.absolute()),
        "PSQM_LOG_LEVEL": settings.log_level,
        "PYTHONWARNINGS": "ignore",
        "MALLOC_ARENA_MAX": "2",  # one thread does the work: more arenas only hold on to memory
    }


class EngineProcess:
    """The engine as a child process, started again when it ends."""

    def __init__(self, settings: Settings) -> None:
        """Raises TrainingError when there is no usable model or environment."""
        check_model(settings.model_path)
        self._command = [*engine_command(settings), "--until-input-closes"]
        self._environment = engine_environment(settings)

    async def keep_running(self) -> None:
        """Runs the engine until cancelled; then stops it and waits for its end."""
        failures = 0
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            code = await self._run_once()
            failures = 0 if loop.time() - started > STEADY else failures + 1
            pause = BACK_OFF[min(failures, len(BACK_OFF)) - 1] if failures else 0.0
            log.error("the engine ended; starting it again", exit_code=code, pause_seconds=pause)
            await asyncio.sleep(pause)

    async def _run_once(self) -> int:
        # Its standard input is a pipe of ours: it ends when that closes, even if we are killed. It has a group of its own,
        # so that Ctrl-C reaches it through us, once.
        process = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=ROOT,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        log.info("the engine is starting", pid=process.pid)
        try:
            if process.stdout is not None:
                async for line in _lines(process.stdout):
                    relay_line(line.decode(errors="replace").rstrip())
            return await process.wait()
        finally:
            await _stop(process)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_PATIENCE)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        try:
            line = await stream.readline()
        except ValueError:  # longer than the reader keeps; what it kept of it is gone
            line = b"(a line of the log that was too long to keep)"
        if not line:
            return
        yield line


def relay_line(line: str) -> None:
    """Logs a line of the engine's as one of ours, at its own level."""
    engine_log = structlog.get_logger("psqm.engine")
    try:
        entry = json.loads(line)
        level, event = entry.pop("level"), entry.pop("event")
    except (ValueError, TypeError, KeyError, AttributeError):
        if line.strip():
            engine_log.info(line)
        return
    getattr(engine_log, level if level in ("debug", "info", "warning", "error", "critical") else "info")(event, **entry)


async def serve_all(settings: Settings, ready: Callable[[], None]) -> None:
    """Serves everything until SIGINT or SIGTERM.

    Raises StartError, SettingsError, FactsError or TrainingError when it cannot start.
    """
    app = init_app(settings)
    engine = EngineProcess(settings)
    _make_sure_port_is_free(settings.engine_port)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, stop.set)
    site_up = asyncio.Event()
    tasks = {
        asyncio.create_task(serve_sites(app, settings, site_up.set), name="service"),
        asyncio.create_task(_after(site_up, engine.keep_running), name="engine"),
        asyncio.create_task(_tell_when_ready(settings, ready), name="ready"),
    }
    waiting = asyncio.create_task(stop.wait())
    try:
        pending = {waiting, *tasks}
        while waiting in pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {waiting}:
                task.result()  # a task that fails ends everything, with its own error
    finally:
        log.info("stopping")
        for task in (waiting, *tasks):
            task.cancel()
        await asyncio.gather(waiting, *tasks, return_exceptions=True)


def _make_sure_port_is_free(port: int) -> None:
    # Otherwise the engine would end again and again, and whoever has its port would be taken for it.
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        reason = error.strerror or error
        raise StartError(
            f"Port {port} on 127.0.0.1 cannot be used ({reason}): free it or set PSQM_ENGINE_PORT."
        ) from None


async def _after(event: asyncio.Event, work: Callable[[], Coroutine[None, None, None]]) -> None:
    await event.wait()
    await work()


async def _tell_when_ready(settings: Settings, ready: Callable[[], None]) -> None:
    # The engine opens its port once its model is loaded, so a connection is answer enough.
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", settings.engine_port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            ready()
            return
