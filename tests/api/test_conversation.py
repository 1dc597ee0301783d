"""The main job through the chat API: a session, questions, choices, repeats, the way back."""

import asyncio

from tests.api.conftest import Person, arrive, problem
from tests.conftest import Client, StartService
from tests.fake_engine import OFFER, SOURCE, FakeEngine


async def test_a_session_begins_with_a_greeting(client: Client) -> None:
    response = await client.post("/api/sessions", json={})
    assert response.status == 201
    body = await response.json()
    assert sorted(body) == ["messages", "session"]
    [greeting] = body["messages"]
    assert greeting["n"] == 1
    assert greeting["from"] == "assistant"
    assert [choice["label"] for choice in greeting["choices"]] == [choice["label"] for choice in OFFER]


async def test_a_question_is_answered(person: Person) -> None:
    assert await person.say(text="What does it cost?") == [
        {
            "n": 3,
            "from": "assistant",
            "text": "You said: What does it cost?",
            "choices": [],
            "links": [{"label": "Website", "href": "https://www.example.org"}],
            "source": SOURCE,
            "expects": "text",
            "rating": "open",
        }
    ]


async def test_a_choice_is_made_without_its_payload_ever_leaving_the_service(person: Person) -> None:
    choice = person.greeting[0]["choices"][0]
    assert sorted(choice) == ["id", "label"]
    [answer] = await person.say(choice=choice["id"])
    assert answer["text"] == f"You chose {OFFER[0]['payload']}"
    assert "payload" not in str(await person.history())
    assert (await person.lines())[1] == "2 you What it costs"


async def test_the_way_back_after_a_reload(person: Person) -> None:
    await person.say(text="one")
    await person.say(text="two")
    history = await person.history()
    assert [message["n"] for message in history] == [1, 2, 3, 4, 5]
    assert await person.history(after=3) == history[3:]
    assert await person.history(after=2**31 - 1) == []


async def test_a_repeated_id_gets_the_same_answer(person: Person, engine: FakeEngine) -> None:
    first = await person.say(text="cost?", id="a-1")
    assert await person.say(text="cost?", id="a-1") == first
    assert len(engine.asked) == 1
    assert len(await person.history()) == 3


async def test_a_repeated_choice_gets_the_same_answer_though_it_is_on_offer_no_longer(person: Person) -> None:
    choice = person.greeting[0]["choices"][0]["id"]
    first = await person.say(choice=choice, id="a")
    await person.say(text="next")
    assert await person.say(choice=choice, id="a") == first
    await problem(await person.post(choice=choice), 400, "choice-not-offered")


async def test_two_services_on_one_database_answer_once(
    start_service: StartService, database_url: str, engine: FakeEngine
) -> None:
    one = await arrive(await start_service(database_url))
    other = Person(await start_service(database_url), one.session, one.greeting)
    engine.delay = 0.05
    answers = await asyncio.gather(*((one, other)[i % 2].say(text="cost?", id="same") for i in range(6)))
    assert all(answer == answers[0] for answer in answers)
    assert len(engine.asked) == 1

    await asyncio.gather(*((one, other)[i % 2].say(text=f"question {i}") for i in range(6)))
    assert engine.most_at_once == 1
    history = await other.history()
    assert [message["n"] for message in history] == list(range(1, len(history) + 1))
    senders = [message["from"] for message in history]
    assert senders == ["assistant"] + ["you", "assistant"] * 7


async def test_emoji_other_scripts_and_markup_are_words(person: Person) -> None:
    for said in ("👩‍🔬🎉", "¿cuánto?", "<script>alert(1)</script>", "{{7*7}} ${x} %s", "'; DROP TABLE message; --"):
        [answer] = await person.say(text=said)
        assert answer["text"] == f"You said: {said}"


async def test_controls_and_turning_marks_are_taken_out(person: Person) -> None:
    await person.say(text="a\u0000b\u202ec\r\nd")
    assert (await person.lines())[1] == "2 you abc\nd"


async def test_typed_commands_are_words(person: Person, engine: FakeEngine) -> None:
    for said in ("/restart", ' /register{"school":"x"}', "/session_start"):
        await person.say(text=said)
        assert engine.asked[-1]["text"] == said.strip()


async def test_a_private_number_is_not_kept(person: Person, engine: FakeEngine) -> None:
    [answer] = await person.say(text="take it from 4111 1111 1111 1111 please")
    assert "not kept" in answer["text"]
    assert (await person.lines())[1] == "2 you [number removed]"
    assert engine.asked == []


async def test_messages_are_counted_by_what_came_of_them(person: Person, engine: FakeEngine) -> None:
    await person.say(text="cost?", id="a")
    await person.say(text="cost?", id="a")
    await person.say(text="AB 12 34 56 C")
    engine.status = 500
    await person.post(text="cost?")
    metrics = await (await person.client.get("/metrics")).text()
    for outcome in ("answered", "repeated", "refused", "unavailable"):
        assert f'psqm_messages_total{{channel="web",outcome="{outcome}"}} 1.0' in metrics
    assert 'psqm_topics_total{topic="ask/cost"} 1.0' in metrics
    assert "psqm_turn_seconds_count 3.0" in metrics
    assert "psqm_engine_up 0.0" in metrics
