"""Whatever a person, a second tab and an unreliable engine do in whatever order, the conversation stays whole."""

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.app import init_app
from bot.settings import Settings
from tests.api.conftest import Person, arrive
from tests.conftest import SCHEME
from tests.fake_engine import SECRET, FakeEngine

IDS = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(["What does it cost?", "offer", "2", "first", "thanks"])


class AnyOrder(RuleBasedStateMachine):
    """Two services on one database; ``answered`` and ``failed`` are what the person knows, by the message's id."""

    migrated: Path

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.engine = FakeEngine()
        self.answered: dict[str, list[dict[str, Any]]] = {}
        self.failed: set[str] = set()

    def wait(self, coroutine: Any) -> Any:
        return self.loop.run_until_complete(coroutine)

    @initialize()
    def begin(self) -> None:
        self.wait(self._begin())

    async def _begin(self) -> None:
        database = shutil.copy(self.migrated, Path(self.folder.name) / "psqm.db")
        self.engine_server = TestServer(self.engine.app())
        await self.engine_server.start_server()
        chosen = Settings(
            data_dir=Path(self.folder.name),
            database_url=f"sqlite:///{database}",
            engine_url=str(self.engine_server.make_url("")).rstrip("/"),
            engine_secret=SECRET,
            secret_key="a secret key for tests, long enough",
            rate_limit="off",
        )
        self.clients = [TestClient(TestServer(init_app(chosen, SCHEME))) for _ in range(2)]
        for client in self.clients:
            await client.start_server()
        first = await arrive(self.clients[0])
        self.tabs = [Person(client, first.session, first.greeting) for client in self.clients]

    @rule(tab=st.integers(0, 1), id_=IDS, text=TEXTS)
    def say(self, tab: int, id_: str, text: str) -> None:
        response = self.wait(self.tabs[tab].post(text=text, id=id_))
        self._note(id_, response.status, self.wait(response.json()))

    @rule(id_=IDS, text=TEXTS)
    def say_in_both_tabs_at_once(self, id_: str, text: str) -> None:
        async def both() -> list[tuple[int, Any]]:
            responses = await asyncio.gather(*(tab.post(text=text, id=id_) for tab in self.tabs))
            return [(response.status, await response.json()) for response in responses]

        for status, body in self.wait(both()):
            self._note(id_, status, body)

    @rule(tab=st.integers(0, 1), place=st.integers(0, 1))
    def choose_something_that_was_offered_some_time(self, tab: int, place: int) -> None:
        history = self.wait(self.tabs[tab].history())
        assistant = [message for message in history if message["from"] == "assistant"]
        offering = [message for message in assistant if message["choices"]]
        choice = offering[-1]["choices"][place]["id"]
        response = self.wait(self.tabs[tab].post(choice=choice))
        if offering[-1] is not assistant[-1]:
            assert response.status == 400
        else:
            assert response.status == (200 if self.engine.status == 200 else 503)

    @precondition(lambda self: self.engine.status == 200)
    @rule()
    def break_the_engine(self) -> None:
        self.engine.status = 500

    @precondition(lambda self: self.engine.status != 200)
    @rule()
    def mend_the_engine(self) -> None:
        self.engine.status = 200

    @invariant()
    def the_conversation_is_whole(self) -> None:
        if not hasattr(self, "tabs"):
            return
        one, other = (self.wait(tab.history()) for tab in self.tabs)
        assert one == other
        assert [message["n"] for message in one] == list(range(1, len(one) + 1))
        assert self.engine.most_at_once <= 1
        for answer in self.answered.values():
            assert all(message in one for message in answer)

    def _note(self, id_: str, status: int, body: Any) -> None:
        if id_ in self.answered:
            assert (status, body["messages"]) == (200, self.answered[id_])
        elif self.engine.status == 200:
            assert status == 200
            self.answered[id_] = body["messages"]
            self.failed.discard(id_)
        else:
            assert status == 503
            self.failed.add(id_)

    def teardown(self) -> None:
        if hasattr(self, "tabs"):
            for client in self.clients:
                self.wait(client.close())
            self.wait(self.engine_server.close())
        self.loop.close()
        self.folder.cleanup()


def test_any_order(migrated_sqlite: Path) -> None:
    machine = type("Machine", (AnyOrder,), {"migrated": migrated_sqlite})
    limits = settings(max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=limits)
