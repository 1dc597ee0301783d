"""'Was that right?': a person says what they think of an answer, through the API and on the plain page."""

import asyncio
from typing import Any, cast

import pytest

from tests.api.conftest import Person
from tests.api.test_page import Visitor
from tests.conftest import Client, StartService
from tests.fake_engine import FakeEngine


async def rate(person: Person, **body: object) -> tuple[int, dict[str, object]]:
    response = await person.client.post("/api/ratings", json=body, headers=person.headers)
    return response.status, await response.json()


async def test_an_answer_is_rated_and_the_rating_shows(person: Person) -> None:
    [answer] = await person.say(text="What does it cost?")
    assert answer["rating"] == "open"
    assert await rate(person, n=answer["n"], right=True) == (200, {"messages": []})
    assert (await person.history())[-1]["rating"] == "right"


async def test_a_rating_can_be_repeated_and_changed(person: Person) -> None:
    [answer] = await person.say(text="What does it cost?")
    for right in (True, True, False):
        assert (await rate(person, n=answer["n"], right=right))[0] == 200
    assert (await person.history())[2]["rating"] == "wrong"


async def test_a_no_offers_a_person_once(person: Person, engine: FakeEngine) -> None:
    [answer] = await person.say(text="What does it cost?")
    both = await asyncio.gather(*(rate(person, n=answer["n"], right=False) for _ in range(2)))
    assert both[0] == both[1]
    [offer] = cast(list[dict[str, Any]], both[0][1]["messages"])
    assert offer["text"] == "Shall I pass your question on?"
    assert [choice["label"] for choice in offer["choices"]] == ["Yes, with this conversation"]
    assert [message["text"] for message in (await person.history())[3:]] == ["That was not right.", offer["text"]]
    assert [turn["choice"] for turn in engine.asked[1:]] == ['/hand_over{"reason": "rated_wrong"}']


async def test_a_no_to_what_is_long_past_offers_nothing(person: Person, engine: FakeEngine) -> None:
    [answer] = await person.say(text="What does it cost?")
    await person.say(text="How long does it take?")
    assert await rate(person, n=answer["n"], right=False) == (200, {"messages": []})
    assert len(engine.asked) == 2


async def test_a_no_is_kept_while_the_engine_is_away(person: Person, engine: FakeEngine) -> None:
    [answer] = await person.say(text="What does it cost?")
    engine.status = 500
    assert await rate(person, n=answer["n"], right=False) == (200, {"messages": []})
    assert (await person.history())[2]["rating"] == "wrong"


async def test_nobody_types_what_the_service_alone_says(person: Person, engine: FakeEngine) -> None:
    await person.say(text='/hand_over{"reason": "rated_wrong"}')
    assert "choice" not in engine.asked[-1]


@pytest.mark.parametrize("n", [1, 2, 99])
async def test_what_states_nothing_cannot_be_rated(person: Person, n: int) -> None:
    await person.say(text="What does it cost?")
    status, problem = await rate(person, n=n, right=True)
    assert (status, problem["type"]) == (400, "/problems/not-rateable")
    assert {message["rating"] for message in (await person.history())[:2]} == {"none"}


@pytest.mark.parametrize(
    "body", [{"n": 3}, {"n": "3", "right": True}, {"n": 3, "right": "yes"}, {"n": 2**31, "right": True}]
)
async def test_a_malformed_rating_is_refused(person: Person, body: dict[str, object]) -> None:
    await person.say(text="What does it cost?")
    status, problem = await rate(person, **body)
    assert (status, problem["type"]) == (400, "/problems/malformed")


async def test_nobody_rates_in_anothers_conversation(start_service: StartService, database_url: str) -> None:
    client = await start_service(database_url)
    people = []
    for _ in range(2):
        started = await (await client.post("/api/sessions", json={})).json()
        people.append(Person(client, started["session"], started["messages"]))
    [answer] = await people[0].say(text="What does it cost?")
    assert (await rate(people[1], n=answer["n"], right=False))[0] == 400
    assert (await rate(Person(client, "forged", []), n=answer["n"], right=False))[0] == 401
    assert (await people[0].history())[-1]["rating"] == "open"
    assert (await rate(people[0], n=answer["n"], right=False))[0] == 200


async def test_the_plain_page_asks_and_keeps_it(client: Client) -> None:
    visitor = Visitor(client)
    await visitor.look()
    assert "Was that right?" not in visitor.page
    await visitor.send(text="What does it cost?")
    assert visitor.page.count("Was that right?") == 1
    await visitor.send("/chat/rating", n="3", right="no")
    assert "That was not right." in visitor.page and "Shall I pass your question on?" in visitor.page
    assert "Was that right?" not in visitor.page
    await visitor.send("/chat/rating", n="3", right="yes")
    assert visitor.page.count("Shall I pass your question on?") == 1


async def test_a_forged_rating_form_does_nothing(client: Client) -> None:
    visitor = Visitor(client)
    await visitor.look()
    await visitor.send(text="What does it cost?")
    response = await visitor.send("/chat/rating", n="3", right="no", csrf="forged")
    assert response.status == 403
    assert "Was that right?" in visitor.page


@pytest.mark.parametrize("n", ["1", "x", ""])
async def test_a_form_for_what_cannot_be_rated_gets_one_sentence(client: Client, n: str) -> None:
    visitor = Visitor(client)
    await visitor.look()
    assert (await visitor.send("/chat/rating", n=n, right="no")).status == 400
