"""The whole assistant as a process of its own: `psqm serve` on free ports, asked over its chat API."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil

ROOT = Path(__file__).resolve().parents[2]
PSQM = Path(sys.executable).with_name("psqm")
START_SECONDS = 90.0


def environment(data_dir: Path, **settings: object) -> dict[str, str]:
    """An environment with these settings (``rate_limit="off"``), none of this machine's, and free ports."""
    ports = dict(zip(("port", "engine_port", "actions_port"), free_ports(3), strict=True))
    chosen = {
        "data_dir": data_dir,
        "rate_limit": "off",
        "log_format": "json",
        "example_data": "no",
        **ports,
        **settings,
    }
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PSQM_")}
    return {**clean, **{f"PSQM_{name.upper()}": str(value) for name, value in chosen.items()}}


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [taken.getsockname()[1] for taken in sockets]
    for taken in sockets:
        taken.close()
    return ports


def eventually(true: Callable[[], Any], seconds: float, what: str) -> Any:
    """Asks again and again until the answer is true, and returns it; fails saying ``what`` did not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := true():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds:g} seconds: {what}")


@dataclass(frozen=True)
class Response:
    """What the service answered; ``seconds`` is how long it took."""

    status: int
    body: dict[str, Any]
    seconds: float

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages of an answer that has to be one."""
        assert self.status in (200, 201), self
        messages: list[dict[str, Any]] = self.body["messages"]
        return messages


class Assistant:
    """A running `psqm serve`; everything that it logs goes to ``log``."""

    def __init__(self, data_dir: Path, **settings: object) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self.data_dir = data_dir
        self.environment = environment(data_dir, **settings)
        self.url = f"http://127.0.0.1:{self.environment['PSQM_PORT']}"
        self.log = data_dir / "serve.log"
        with self.log.open("wb") as log:
            command = [str(PSQM), "serve"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def wait_until_ready(self) -> Self:
        """Waits for the line "Ready: …"; fails with the log when the process ends before."""
        eventually(lambda: self.says_ready or self.process.poll() is not None, START_SECONDS, "ready")
        assert self.says_ready, f"ended with {self.process.poll()}: {self.log.read_text()}"
        return self

    @property
    def says_ready(self) -> bool:
        return any(line.startswith("Ready: ") for line in self.log.read_text().splitlines())

    @property
    def engine(self) -> psutil.Process | None:
        """The engine's process, if it runs."""
        try:
            children = psutil.Process(self.process.pid).children(recursive=True)
            return next((child for child in children if "bot.engine.run" in child.cmdline()), None)
        except psutil.NoSuchProcess:
            return None

    def request(self, method: str, path: str, body: object = None, session: str | None = None) -> Response:
        """Asks the service; any status is an answer."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {session}"} if session else {})
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Response(answer.status, json.loads(answer.read()), time.monotonic() - began)
        except urllib.error.HTTPError as error:
            return Response(error.code, json.loads(error.read()), time.monotonic() - began)

    def is_answering(self) -> bool:
        """Whether the engine is up, and with it everything else."""
        return self.request("GET", "/readyz").status == 200

    def arrive(self) -> "Person":
        """A person with a new session."""
        started = self.request("POST", "/api/sessions", {})
        return Person(self, started.messages, started.body["session"])

    def stop(self, told: signal.Signals = signal.SIGTERM, seconds: float = 15) -> int:
        """Tells the process to end; returns its exit code. Nothing of it is left, whatever it does."""
        family = [self.process.pid, *(child.pid for child in psutil.Process(self.process.pid).children(recursive=True))]
        self.process.send_signal(told)
        try:
            return self.process.wait(seconds)
        finally:
            for pid in filter(psutil.pid_exists, family):
                os.kill(pid, signal.SIGKILL)


@dataclass
class Person:
    """Somebody with a session; ``last`` is what the assistant said last."""

    assistant: Assistant
    last: list[dict[str, Any]]
    session: str

    def post(self, **body: object) -> Response:
        """Posts a message, whatever comes of it."""
        response = self.assistant.request("POST", "/api/messages", body, self.session)
        if response.status == 200:
            self.last = response.messages
        return response

    def say(self, text: str) -> list[dict[str, Any]]:
        """Says something that has to be answered."""
        return self.post(text=text).messages

    def choose(self, label: str) -> list[dict[str, Any]]:
        """Presses the button with this label."""
        choices = {choice["label"]: choice["id"] for message in self.last for choice in message.get("choices", [])}
        assert label in choices, f"{label!r} is not offered, but {list(choices)}"
        return self.post(choice=choices[label]).messages

    def history(self) -> list[dict[str, Any]]:
        """Everything said so far."""
        return self.assistant.request("GET", "/api/messages?after=0", session=self.session).messages


@contextmanager
def running(data_dir: Path, **settings: object) -> Iterator[Assistant]:
    """A ready assistant, ended afterwards."""
    assistant = Assistant(data_dir, **settings)
    try:
        yield assistant.wait_until_ready()
    finally:
        if assistant.process.poll() is None:
            assistant.stop()
