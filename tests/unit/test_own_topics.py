"""Topics without code: checked, written as a file, trained one at a time, live or put back as it was."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from bot.answers import Answers, CurrentAnswers
from bot.facts import load_facts
from bot.learning import going_live, own_topics
from bot.learning.comparing import Comparison, PracticeQuestion, compared
from bot.learning.examples import topics
from bot.learning.going_live import GIVEN_UP, Workshop
from bot.learning.own_topics import OwnTopic, TopicRefused, as_file, check, from_file, overlaps, slug_of
from bot.learning.teaching import NotTaught, Reading, Teaching
from bot.staff.member import Doing, Member, NotAllowed
from bot.store.database import Database
from bot.training import TrainingError, candidate_of
from tests.at_the_desk import make_officer
from tests.put_down import NOW

EXAMPLES = (
    "newsletter",
    "is there a newsletter?",
    "do you send a bulletin",
    "how do we get your news",
    "news by email please",
)
NEWS = OwnTopic("newsletter", "Our newsletter", 'It comes each term: "Sparks". Ask {email}.', EXAMPLES)
FACTS = load_facts(Path("facts.yml"))


@pytest.fixture(scope="module")
def known() -> object:
    return topics(Path("data/nlu"))


def test_a_topic_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    tricky = replace(NEWS, label="News: #1 & more", answer='Line one: "x" # no\nLine two {email}')
    path = tmp_path / "newsletter.yml"
    path.write_text(as_file(tricky), encoding="utf-8")
    assert from_file(path) == tricky
    content = yaml.safe_load(as_file(NEWS))
    assert content["nlu"][0]["metadata"] == {"label": "Our newsletter", "subject": "our newsletter"}
    assert content["responses"] == {"utter_ask/newsletter": [{"text": NEWS.answer}]}


def test_a_good_topic_passes(known: dict) -> None:  # type: ignore[type-arg]
    check(NEWS, known, FACTS)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"label": ""}, "a name"),
        ({"label": "x" * 41}, "at most 40"),
        ({"slug": "cost"}, "already"),
        ({"slug": "a"}, "three letters"),
        ({"label": "The cost"}, "this name already"),
        ({"answer": " "}, "write the answer"),
        ({"answer": "x" * 1001}, "1001 characters"),
        ({"answer": "It costs {acorns}."}, "names no fact"),
        ({"answer": "{"}, "names no fact"),
        ({"answer": "{email.x}"}, "names no fact"),
        ({"answer": "Pay to card 4111 1111 1111 1111"}, "bank card number"),
        ({"examples": EXAMPLES[:4]}, "5 to 200"),
        ({"examples": (*EXAMPLES[:4], "NEWSLETTER!")}, "differ"),
        ({"examples": (*EXAMPLES, "parking?")}, "already"),
        ({"examples": (*EXAMPLES, "/restart")}, "slash"),
        ({"examples": (*EXAMPLES, "[a](b)")}, "brackets"),
        ({"examples": (*EXAMPLES, "x" * 301)}, "longer than 300"),
        ({"examples": (*EXAMPLES, "mail ann@fairview.example")}, "tells of somebody"),
    ],
)
def test_what_is_wrong_with_a_topic_is_said(changes: dict, says: str, known: dict) -> None:  # type: ignore[type-arg]
    topic = replace(NEWS, **changes)
    if changes.get("label") == "The cost":
        topic = replace(NEWS, label=known["ask/cost"].label)
    if "parking?" in topic.examples:
        topic = replace(NEWS, examples=(*EXAMPLES, known["open/venue"].examples[0].upper()))
    with pytest.raises(TopicRefused, match=says):
        check(topic, known, FACTS)


def test_names_are_made_from_labels() -> None:
    assert [slug_of(label) for label in ("Our newsletter!", "2026 dates", "Über")] == [
        "our_newsletter",
        "topic_2026_dates",
        "ber",
    ]


def test_examples_near_another_topic_are_named() -> None:
    sure = Reading(certainty="sure", topics=["ask/cost"])
    unsure = Reading(certainty="unsure", topics=["ask/cost"])
    nothing = Reading(certainty="sure", topics=["out_of_scope"])
    found = overlaps(NEWS, [sure, unsure, nothing, nothing, nothing], {"ask/cost": "What it costs"})
    assert found == ["“newsletter” is answered with “What it costs” today."]


def test_the_service_answers_with_a_topic_as_soon_as_its_file_is_there(tmp_path: Path) -> None:
    domain = tmp_path / "domain.yml"
    domain.write_text("responses:\n  utter_ask/cost:\n  - text: Twelve.\n", encoding="utf-8")
    answers = CurrentAnswers(FACTS, domain)
    assert answers.now().on("ask/newsletter") is None
    path = tmp_path / "data/nlu/own/newsletter.yml"
    path.parent.mkdir(parents=True)
    path.write_text(as_file(NEWS), encoding="utf-8")
    assert FACTS.scheme_email in answers.now().wording("ask/newsletter")
    assert Answers.load(FACTS, domain).on("ask/newsletter")
    path.write_text("responses: {utter_ask/newsletter: [{text: '{nothing}'}]}", encoding="utf-8")
    assert FACTS.scheme_email in answers.now().wording("ask/newsletter"), "a broken file changes nothing"


class Bench(Teaching):
    """Stands for the engine."""

    def __init__(self, trouble: str = "") -> None:
        self.trouble, self.loaded = trouble, 0

    async def load_model(self) -> str:
        if self.trouble:
            raise NotTaught(self.trouble)
        self.loaded += 1
        return "new"


def no_worse(*_what: object) -> Comparison:
    return Comparison(0, (0, 0), {}, [])


def workshop(
    database: Database, tmp_path: Path, *, error: str = "", stolen: bool = False, trouble: str = ""
) -> Workshop:
    model = tmp_path / "models" / "psqm.tar.gz"
    model.parent.mkdir(exist_ok=True)
    model.write_text("old")
    (tmp_path / "data" / "nlu").mkdir(parents=True, exist_ok=True)

    def train(path: Path) -> Path:
        if error:
            raise TrainingError(error)
        candidate = candidate_of(path)
        candidate.write_text("new")
        candidate.with_name("psqm-candidate.fingerprint.json").write_text("{}")
        return candidate

    async def compare(_old: Path, _new: Path, _questions: Sequence[PracticeQuestion]) -> Comparison:
        question = PracticeQuestion(text="any news?", topics=("ask/launch",))
        after = "ask/newsletter" if stolen else "ask/launch"
        was, now = (Reading(certainty="sure", topics=[topic]) for topic in ("ask/launch", after))
        return compared([question], [was], [now])

    return Workshop(database, Bench(trouble), model, tmp_path, train, compare)


async def written(database: Database, topic: OwnTopic = NEWS) -> Doing:
    doing = Doing(await make_officer(database), "desk")
    async with database.writing() as session:
        await own_topics.save(session, doing, topic, NOW)
        await session.commit()
    return doing


async def now_of(database: Database, doing: Doing, slug: str = "newsletter") -> OwnTopic:
    async with database.reading() as session:
        return await own_topics.own_topic(session, doing.member, slug)


async def test_a_topic_goes_live(database: Database, tmp_path: Path) -> None:
    doing, shop = await written(database), workshop(database, tmp_path)
    topic = await going_live.begin(shop, doing, "newsletter", NOW)
    assert (await now_of(database, doing)).state == "training"
    assert await going_live.go_live(shop, topic) == "live"
    kept = await now_of(database, doing)
    assert (kept.state, kept.problem) == ("live", "") and kept.live_at
    assert from_file(shop.folder / "newsletter.yml").examples == EXAMPLES
    assert shop.model.read_text() == "new"
    assert shop.teaching.loaded == 1  # type: ignore[attr-defined]


async def test_one_is_trained_at_a_time_until_it_is_given_up(database: Database, tmp_path: Path) -> None:
    doing, shop = await written(database), workshop(database, tmp_path)
    await written(database, replace(NEWS, slug="bulletin", label="Bulletin"))
    begun = await asyncio.gather(
        *(going_live.begin(shop, doing, slug, NOW) for slug in ("newsletter", "bulletin")), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in begun) == ["OwnTopic", "TopicRefused"]
    later: datetime = NOW + GIVEN_UP + timedelta(minutes=1)
    assert await going_live.begin(shop, doing, "bulletin", later)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"error": "the domain is wrong"}, "the domain is wrong"),
        ({"stolen": True}, "“any news\\?” \\(about ask/launch\\)"),
    ],
)
async def test_what_fails_is_put_back_and_said(database: Database, tmp_path: Path, how: dict, says: str) -> None:  # type: ignore[type-arg]
    doing, shop = await written(database), workshop(database, tmp_path, **how)
    topic = await going_live.begin(shop, doing, "newsletter", NOW)
    assert await going_live.go_live(shop, topic) == "failed"
    kept = await now_of(database, doing)
    assert kept.state == "failed"
    assert re.search(says, kept.problem)
    assert not (shop.folder / "newsletter.yml").exists()
    assert shop.model.read_text() == "old"


async def test_whoever_wants_it_anyway_gets_it(database: Database, tmp_path: Path) -> None:
    doing, shop = await written(database), workshop(database, tmp_path, stolen=True)
    topic = await going_live.begin(shop, doing, "newsletter", NOW)
    assert await going_live.go_live(shop, topic, anyway=True) == "live"


async def test_without_a_running_engine_it_is_live_from_the_next_start(database: Database, tmp_path: Path) -> None:
    doing, shop = await written(database), workshop(database, tmp_path, trouble="The engine cannot be reached.")
    topic = await going_live.begin(shop, doing, "newsletter", NOW)
    assert await going_live.go_live(shop, topic) == "live"
    assert "next start" in (await now_of(database, doing)).problem


async def test_a_leader_writes_and_trains_nothing(database: Database, tmp_path: Path) -> None:
    await written(database)
    leader = Doing(Member("leader", "1", "Hal", "hal@hub.example", frozenset({"h"})), "desk")
    async with database.writing() as session:
        with pytest.raises(NotAllowed):
            await own_topics.save(session, leader, NEWS, NOW)
    with pytest.raises(NotAllowed):
        await going_live.begin(workshop(database, tmp_path), leader, "newsletter", NOW)


async def test_where_nothing_can_be_written_it_says_so(database: Database, tmp_path: Path) -> None:
    doing = await written(database)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "nlu").write_text("a file where the folder should be")
    shop = Workshop(database, Bench(), tmp_path / "psqm.tar.gz", tmp_path)
    with pytest.raises(TopicRefused, match="cannot be written"):
        await going_live.begin(shop, doing, "newsletter", NOW)
    assert (await now_of(database, doing)).state == "draft"
