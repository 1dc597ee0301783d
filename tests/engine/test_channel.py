"""The engine's only way in: who may use it, what it takes, and that typed words never become commands."""

import asyncio
import json
import logging
from types import SimpleNamespace
from typing import Any, Awaitable, Callable, Dict, List, Optional, Tuple

import pytest
from rasa.core.actions.action import create_bot_utterance
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message

from bot.engine.channel import CollectedMessages, ServiceChannel, as_words

SECRET = "a secret of sixteen or more"
RIGHT = {"Authorization": f"Bearer {SECRET}"}
OnMessage = Callable[[UserMessage], Awaitable[Any]]


class Agent:
    """A model that is ready, or not."""

    model_id = "the-model"

    def __init__(self, ready: bool) -> None:
        self._ready = ready

    def is_ready(self) -> bool:
        return self._ready


def call(
    method: str,
    path: str,
    body: Any = None,
    headers: Optional[Dict[str, str]] = None,
    on_message: Optional[OnMessage] = None,
    agent: Optional[Agent] = None,
) -> Tuple[int, Dict[str, Any]]:
    """Asks the channel's own handlers, without a network."""

    async def nothing(_message: UserMessage) -> None:
        return None

    blueprint = ServiceChannel(SECRET).blueprint(on_message or nothing)
    handlers = {route.uri: route.handler for route in blueprint._future_routes}
    request = Request(
        body, {name.lower(): value for name, value in (RIGHT if headers is None else headers).items()}, agent
    )
    response = asyncio.run(handlers[path](request))
    return response.status, json.loads(response.body)


class Request:
    """What a handler reads of Sanic's request."""

    def __init__(self, body: Any, headers: Dict[str, str], agent: Optional[Agent]) -> None:
        self._body = body
        self.headers = headers
        self.app = SimpleNamespace(ctx=SimpleNamespace(agent=agent))

    @property
    def json(self) -> Any:
        if isinstance(self._body, str):
            return json.loads(self._body)
        return self._body


def turn(**fields: Any) -> Dict[str, Any]:
    return {"conversation": "c-1", "message": "m-1", **fields}


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": SECRET}, {"Authorization": "Bearer ünï"}]
)
@pytest.mark.parametrize("path", ["/message", "/health"])
def test_nobody_gets_in_without_the_secret(path: str, headers: Dict[str, str]) -> None:
    status, answer = call("POST", path, turn(text="hello"), headers)
    assert (status, answer) == (401, {"error": "unauthorised"})


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "not json",
        "{",
        {},
        turn(),
        turn(text="a", choice="/ask"),
        turn(text=5),
        turn(text=None),
        turn(choice={"a": 1}),
        {"message": "m", "text": "a"},
        {"conversation": "", "message": "m", "text": "a"},
        {"conversation": 7, "message": "m", "text": "a"},
    ],
)
def test_malformed_bodies_are_refused(body: Any) -> None:
    assert call("POST", "/message", body) == (400, {"error": "malformed"})


def test_a_message_reaches_rasa_and_what_is_said_comes_back() -> None:
    received: List[UserMessage] = []

    async def answer(message: UserMessage) -> None:
        received.append(message)
        await message.output_channel.send_response(message.sender_id, {"text": "Hello!"})

    status, body = call("POST", "/message", turn(text="  hello  "), on_message=answer)
    assert (status, body) == (200, {"messages": [{"text": "Hello!"}]})
    assert (received[0].text, received[0].sender_id, received[0].message_id) == ("hello", "c-1", "m-1")
    assert received[0].input_channel == "psqm"


class Remembering(Agent):
    """An agent whose tracker store holds these events of the conversation."""

    def __init__(self, *events: Event) -> None:
        super().__init__(ready=True)
        self._events = list(events)
        self.tracker_store = self

    async def retrieve(self, _sender_id: str) -> DialogueStateTracker:
        return DialogueStateTracker.from_events("c-1", self._events)


def test_a_message_that_was_answered_before_gets_the_same_answer_and_is_not_asked_again() -> None:
    asked: List[UserMessage] = []

    async def answer(message: UserMessage) -> None:
        asked.append(message)

    spoken = {
        "text": "Done.",
        "buttons": [{"title": "More", "payload": "/ask"}],
        "topics": ["form/done"],
        "expects": "text",
    }
    agent = Remembering(
        UserUttered("before", message_id="m-0"),
        BotUttered("Earlier."),
        UserUttered("yes", message_id="m-1"),
        create_bot_utterance(dict(spoken)),
    )
    expected = {
        "text": "Done.",
        "choices": [{"label": "More", "payload": "/ask"}],
        "topics": ["form/done"],
        "expects": "text",
    }
    body = turn(text="yes", again=True)
    assert call("POST", "/message", body, on_message=answer, agent=agent) == (200, {"messages": [expected]})
    assert asked == []


READING = {"certainty": "sure", "topics": ["ask/cost"], "alternatives": []}


class AtHand(Remembering):
    """One whose tracker store has the conversation in memory, wrapped as Rasa wraps it."""

    def __init__(self, *events: Event) -> None:
        super().__init__(*events)
        tracker = DialogueStateTracker.from_events("c-1", list(events))
        self.tracker_store = SimpleNamespace(_tracker_store=SimpleNamespace(at_hand=lambda _sender: tracker))


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (UserUttered("yes", message_id="m-1", parse_data={"understanding": READING}), {"understood": READING}),
        (UserUttered("yes", message_id="m-0", parse_data={"understanding": READING}), {}),
        (UserUttered("/ask", message_id="m-1", parse_data={}), {}),
    ],
)
def test_what_was_understood_comes_beside_the_answer_to_that_message(last: Event, expected: Dict[str, Any]) -> None:
    assert call("POST", "/message", turn(text="yes"), agent=AtHand(last)) == (200, {"messages": [], **expected})


def test_an_answer_given_once_more_says_what_was_understood_then() -> None:
    agent = Remembering(
        UserUttered("yes", message_id="m-1", parse_data={"understanding": READING}), BotUttered("Done.")
    )
    body = turn(text="yes", again=True)
    assert call("POST", "/message", body, agent=agent)[1] == {"messages": [{"text": "Done."}], "understood": READING}


@pytest.mark.parametrize(
    "events", [(), (UserUttered("x", message_id="m-0"), BotUttered("Hi.")), (UserUttered("yes", message_id="m-1"),)]
)
def test_a_message_that_never_got_so_far_is_asked_again(events: Tuple[Event, ...]) -> None:
    asked: List[UserMessage] = []

    async def answer(message: UserMessage) -> None:
        asked.append(message)

    call("POST", "/message", turn(text="yes", again=True), on_message=answer, agent=Remembering(*events))
    assert len(asked) == 1


def test_a_choice_keeps_its_payload() -> None:
    received: List[UserMessage] = []

    async def keep(message: UserMessage) -> None:
        received.append(message)

    call("POST", "/message", turn(choice='/ask{"topic": "cost"}'), on_message=keep)
    assert received[0].text == '/ask{"topic": "cost"}'


def test_a_failing_turn_is_an_error_without_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_message: UserMessage) -> None:
        raise RuntimeError("secret reason")

    with caplog.at_level(logging.ERROR):
        assert call("POST", "/message", turn(text="a"), on_message=fail) == (500, {"error": "failed"})
    assert "c-1" in caplog.text


def test_a_turn_that_is_cancelled_stays_cancelled() -> None:
    async def cancelled(_message: UserMessage) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        call("POST", "/message", turn(text="a"), on_message=cancelled)


def test_health_tells_the_model_once_it_is_there() -> None:
    assert call("GET", "/health", agent=Agent(True)) == (200, {"status": "ok", "model": "the-model"})
    assert call("GET", "/health", agent=Agent(False)) == (503, {"status": "no model"})
    assert call("GET", "/health") == (503, {"status": "no model"})


@pytest.mark.parametrize("secret", [None, "", "short", "${PSQM_ENGINE_SECRET}"])
def test_an_engine_without_a_real_secret_does_not_start(secret: Optional[str]) -> None:
    with pytest.raises(ValueError, match="PSQM_ENGINE_SECRET"):
        ServiceChannel.from_credentials({"secret": secret})
    with pytest.raises(ValueError, match="PSQM_ENGINE_SECRET"):
        ServiceChannel.from_credentials(None)


@pytest.mark.parametrize(
    "start", ["/", " /", "//", "/ /", "\n/", "/\u00a0/", "/\u2003/", "\u00a0/", "/\x1c/", "\x1f\x85/", "/\u3000 /"]
)
@pytest.mark.parametrize(
    "command", ["restart", "session_start", 'register{"school":"x"}', 'ask{"topic": "cost"}', "ask"]
)
def test_no_typed_text_is_a_command_to_rasa(start: str, command: str) -> None:
    words = as_words(start + command)
    assert words == command
    assert not is_command(words)
    assert is_command("/" + command), "the same with a slash would have been one"


@pytest.mark.parametrize(
    "text", ["\x00/restart", "\u200b/restart", "\ufeff/restart", "／restart", "\x1b/restart", "a /restart", "⁄restart"]
)
def test_what_rasa_takes_for_words_anyway_stays_as_it_is(text: str) -> None:
    assert not is_command(as_words(text))
    assert "restart" in as_words(text)


@pytest.mark.parametrize(
    ("text", "words"), [("", "?"), ("/", "?"), (" / / ", "?"), ("cost/fee", "cost/fee"), (" and/or ", "and/or")]
)
def test_words_are_left_of_any_text(text: str, words: str) -> None:
    assert as_words(text) == words


def is_command(text: str) -> bool:
    """Whether Rasa would take this text for one of its commands."""
    return bool(YAMLStoryReader.unpack_regex_message(Message({"text": text})).get("intent"))


def test_what_the_assistant_says_is_collected_as_the_service_shows_it() -> None:
    output = CollectedMessages()
    said = {
        "text": " Which one? ",
        "buttons": [{"title": "Cost", "payload": "/ask", "type": "postback"}],
        "links": [{"label": "a", "href": "b"}],
        "source": {"title": "t"},
        "topics": ["ask/cost"],
        "expects": "text",
        "values": "not shown",
    }
    asyncio.run(output.send_response("c-1", said))
    asyncio.run(output.send_response("c-1", {"text": None, "buttons": None, "links": []}))
    assert output.messages == [
        {
            "text": "Which one?",
            "choices": [{"label": "Cost", "payload": "/ask"}],
            "links": [{"label": "a", "href": "b"}],
            "source": {"title": "t"},
            "topics": ["ask/cost"],
            "expects": "text",
        },
        {"text": ""},
    ]
