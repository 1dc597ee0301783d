"""The office reviews questions and writes topics at the desk; a leader finds nothing of it there."""

import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from bot.channels.desk import own_topics as pages
from bot.channels.keys import DATABASE
from bot.learning import reviewing
from bot.store.tables import OwnTopicRow, ReviewRow
from tests.at_the_desk import HAL, OFFICER, make_officer, press, sign_in
from tests.conftest import Client, StartService
from tests.put_down import make_hub
from tests.unit.test_learning import ask, waiting

PATHS = ("/desk/learning", "/desk/learning/topics", "/desk/learning/topics/new")
EXAMPLES = (
    "newsletter\r\nis there a newsletter?\r\ndo you send a bulletin\r\nhow do we get your news\r\nnews by email please"
)
NEWS = {"label": "Our newsletter", "answer": "Ask {email}.", "examples": EXAMPLES}


@pytest.fixture
async def desk(start_service: StartService, database_url: str) -> Client:
    """The service on both databases, with Olive of the office signed in."""
    client = await start_service(database_url)
    await make_hub(client.app[DATABASE])
    await make_officer(client.app[DATABASE])
    await sign_in(client, OFFICER)
    return client


@pytest.fixture
def nlu(desk: Client, tmp_path: Path) -> Path:
    """The examples of a project of its own."""
    folder = tmp_path / "project" / "data" / "nlu"
    shutil.copytree("data/nlu", folder, ignore=shutil.ignore_patterns("own"))
    workshop = desk.app[pages.WORKSHOP]
    # An application does not take new things once it has started.
    object.__setattr__(workshop, "root", tmp_path / "project")
    assert replace(workshop).root == tmp_path / "project"
    return folder


async def page(client: Client, path: str, status: int = 200) -> str:
    response = await client.get(path)
    text = unescape(await response.text())
    assert response.status == status, text
    return text


async def test_a_leader_finds_nothing_of_it(desk: Client) -> None:
    await ask(desk.app[DATABASE], "what about parking?", "out_of_scope")
    desk.session.cookie_jar.clear()
    await sign_in(desk, HAL)
    assert "/desk/learning" not in await page(desk, "/desk")
    for path in PATHS:
        await page(desk, path, 404)
    assert (await press(desk, "/desk/sessions", "/desk/learning/topics/new", **NEWS)).status == 404


async def test_a_question_is_reviewed_and_approved(desk: Client) -> None:
    database = desk.app[DATABASE]
    await ask(database, "<b>Mrs Patel</b> asks: parking at LS1 4AB?", "out_of_scope")
    listed = await (await desk.get("/desk/learning")).text()
    assert "&lt;b&gt;Mrs Patel&lt;/b&gt; asks" in listed and "<b>Mrs" not in listed
    [question] = await waiting(database, await make_officer(database))
    path = f"/desk/learning/{question.message_id}"
    shown = await page(desk, path)
    assert "parking at our postcode?" in shown
    assert "Names of people and schools were not looked for" in shown  # the engine of tests knows no names
    refused = await press(desk, path, path, topic="ask/nothing", text="x")
    assert refused.status == 400 and "Please choose the topic" in await refused.text()
    refused = await press(desk, path, path, topic="open/venue", text="ann@fairview.example", approved="yes")
    assert "ann@fairview.example" in await refused.text(), "what was typed is kept"
    done = await press(desk, path, path, topic="open/venue", text="is there parking", approved="yes")
    assert (done.status, done.headers["Location"]) == (303, "/desk/learning?done=reviewed")
    listed = await page(desk, "/desk/learning")
    assert "To review: 0" in listed and "is there parking" in listed
    again = await press(desk, path, path, topic="not_ours", text="x")
    assert again.status == 409 and "Olive Office has reviewed this already" in await again.text()
    assert (await press(desk, path, f"{path}/back")).status == 303
    async with database.reading() as session:
        assert await reviewing.approved_examples(session) == []
        assert await session.get(ReviewRow, question.message_id) is None


async def test_a_forged_review_does_nothing(desk: Client) -> None:
    database = desk.app[DATABASE]
    await ask(database, "what about parking?", "out_of_scope")
    [question] = await waiting(database, await make_officer(database))
    path = f"/desk/learning/{question.message_id}"
    assert (await desk.post(path, data={"topic": "not_ours", "csrf": "forged"})).status == 403
    assert (await press(desk, path, "/desk/learning/guessed", topic="not_ours")).status == 404
    assert await waiting(database, await make_officer(database))


async def test_a_topic_is_written_tried_and_kept(desk: Client, nlu: Path) -> None:
    refused = await press(desk, PATHS[2], PATHS[2], **NEWS | {"answer": "It costs {acorns}."})
    text = unescape(await refused.text())
    assert refused.status == 400 and "names no fact" in text and "It costs {acorns}." in text
    done = await press(desk, PATHS[2], PATHS[2], **NEWS)
    path = "/desk/learning/topics/our_newsletter"
    assert (done.status, done.headers["Location"]) == (303, f"{path}?done=saved")
    assert "do you send a bulletin" in await page(desk, path)
    assert "Our newsletter" in await page(desk, PATHS[1])
    twice = await press(desk, PATHS[2], PATHS[2], **NEWS)
    assert twice.status == 400 and "already" in await twice.text()
    tried = await press(desk, path, f"{path}/test")
    assert "The engine" in await tried.text()  # the engine of tests has no such door


async def test_training_goes_on_in_the_background_and_its_end_shows(desk: Client, nlu: Path) -> None:
    await press(desk, PATHS[2], PATHS[2], **NEWS)
    path = "/desk/learning/topics/our_newsletter"

    def train(_model: Path) -> None:
        return None

    object.__setattr__(desk.app[pages.WORKSHOP], "train", train)
    begun = await press(desk, path, f"{path}/live")
    assert begun.headers["Location"] == f"{path}?done=training"
    for training in tuple(desk.app[pages.TRAININGS]):
        await training
    assert "The assistant answers with it" in await page(desk, path)
    assert (nlu / "own" / "our_newsletter.yml").is_file()
    async with desk.app[DATABASE].reading() as session:
        row = await session.get(OwnTopicRow, "our_newsletter")
        assert row and row.state == "live"
