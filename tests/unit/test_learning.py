"""Questions that were not understood are reviewed and become examples, without personal data."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import delete, update

from bot.learning import exporting, queue, reviewing
from bot.learning.examples import added, topics
from bot.learning.personal_data import without_personal_data
from bot.learning.reviewing import ReviewRefused
from bot.learning.teaching import Name
from bot.staff.member import Doing, Member, NotAllowed
from bot.store.database import Database
from bot.store.message import Message
from bot.store.tables import ConversationRow, MessageRow, ReviewRow
from bot.store.transcript import Transcript
from tests.at_the_desk import make_officer
from tests.put_down import NOW

NLU = Path("data/nlu")


async def ask(
    database: Database,
    text: str,
    topic: str,
    *,
    conversation: str = "c1",
    wrong: bool = False,
    member: str | None = None,
) -> None:
    async with database.writing() as session:
        transcript = Transcript(session, conversation)
        if not await transcript.exists():
            await transcript.open("web", NOW, member)
        received = await transcript.receive(text, None, None, NOW)
        [answer] = await transcript.answer(received, [Message(0, "assistant", "Well.", topics=(topic,))], NOW)
        if wrong:
            assert await transcript.rate(answer.n, "wrong")
        await session.commit()


async def waiting(database: Database, member: Member) -> list[queue.Unclear]:
    async with database.reading() as session:
        return await queue.waiting(session, member)


async def assign(database: Database, member: Member, message_id: str, *args: object, **more: object) -> object:
    async with database.writing() as session:
        done = await reviewing.assign(session, Doing(member, "desk"), message_id, *args, NOW, **more)  # type: ignore[arg-type]
        await session.commit()
    return done


async def test_what_was_not_understood_and_what_was_rated_wrong_waits(database: Database) -> None:
    officer = await make_officer(database)
    await ask(database, "what about parking?", "out_of_scope")
    await ask(database, "and the thing?", "unsure")
    await ask(database, "what does it cost?", "ask/cost")
    await ask(database, "is it dear?", "ask/cost", wrong=True)
    await ask(database, "who has registered?", "out_of_scope", conversation="c2", member="leader:1")
    found = {question.text: (question.why, question.topics) for question in await waiting(database, officer)}
    assert found == {
        "what about parking?": ("unanswered", ("out_of_scope",)),
        "and the thing?": ("unanswered", ("unsure",)),
        "is it dear?": ("rated_wrong", ("ask/cost",)),
    }


async def test_a_leader_sees_and_reviews_none_of_it(database: Database) -> None:
    leader = Member("leader", "1", "Hal", "hal@hub.example", frozenset({"h"}))
    await ask(database, "what about parking?", "out_of_scope")
    with pytest.raises(NotAllowed):
        await waiting(database, leader)
    [question] = await waiting(database, await make_officer(database))
    with pytest.raises(NotAllowed):
        await assign(database, leader, question.message_id, "not_ours")


async def test_of_two_reviews_the_second_sees_the_first(database: Database) -> None:
    officer = await make_officer(database)
    other = await make_officer(database, "pat@tqm.example")
    await ask(database, "what about parking?", "out_of_scope")
    [question] = await waiting(database, officer)
    first = await assign(
        database, officer, question.message_id, "topic", topic="open/venue", text="parking", approved=True
    )
    second = await assign(database, other, question.message_id, "not_ours", text="parking")
    assert first.is_new and not second.is_new  # type: ignore[attr-defined]
    assert second.result.topic == "open/venue" and second.by.name == "Olive Office"  # type: ignore[attr-defined]
    assert await waiting(database, officer) == []


@pytest.mark.parametrize(
    "text", ["", "x" * 301, "ann@fairview.example asks", "/restart", "[a](b)", "card 4111 1111 1111 1111"]
)
async def test_what_cannot_be_an_example_is_refused_in_a_sentence(sqlite_url: str, text: str) -> None:
    database = Database(sqlite_url)
    officer = await make_officer(database)
    await ask(database, "what about parking?", "out_of_scope")
    [question] = await waiting(database, officer)
    with pytest.raises(ReviewRefused, match=r"\w.*[.:]"):
        await assign(database, officer, question.message_id, "topic", topic="open/venue", text=text, approved=True)
    await database.close()


async def test_a_review_can_be_taken_back_until_it_is_exported(database: Database) -> None:
    officer = await make_officer(database)
    await ask(database, "what about parking?", "out_of_scope")
    [question] = await waiting(database, officer)
    for _ in range(2):
        await assign(database, officer, question.message_id, "not_ours", text="parking", approved=True)
        async with database.writing() as session:
            await reviewing.take_back(session, Doing(officer, "desk"), question.message_id, NOW)
            await session.commit()
        assert await waiting(database, officer)
    await assign(database, officer, question.message_id, "not_ours", text="parking", approved=True)
    async with database.writing() as session:
        await reviewing.mark_exported(session, [question.message_id], NOW)
        with pytest.raises(ReviewRefused):
            await reviewing.take_back(session, Doing(officer, "desk"), question.message_id, NOW)
        await session.commit()


async def test_a_review_goes_with_its_conversation(database: Database) -> None:
    officer = await make_officer(database)
    await ask(database, "what about parking?", "out_of_scope")
    [question] = await waiting(database, officer)
    await assign(database, officer, question.message_id, "not_ours", text="parking", approved=True)
    async with database.writing() as session:
        await session.execute(delete(ConversationRow))
        await session.commit()
        assert await session.get(ReviewRow, question.message_id) is None
    async with database.reading() as session:
        assert await reviewing.approved(session, officer) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("write to ann.lee@fairview.sch.uk please", "write to my email address please"),
        ("ring 01632 960 123 or +44 1632 960123", "ring my phone number or my phone number"),
        ("we are in LS1 4AB, is there a hub", "we are in our postcode, is there a hub"),
        ("Is Fairview C of E Primary School in a hub?", "Is our school in a hub?"),
        ("see https://fairview.example/about", "see a web page"),
        ("our URN is 123456", "our URN is a number"),
        ("Mrs Patel wants to know the cost", "a colleague wants to know the cost"),
        ("what does it cost?\nRegards, Jo Smith", "what does it cost? Regards, a colleague"),
        ("is it for Year 5 with 30 children?", "is it for Year 5 with 30 children?"),
        ("does the PSQM help with Ofsted", "does the PSQM help with Ofsted"),
    ],
)
def test_personal_data_is_taken_out(typed: str, kept: str) -> None:
    assert without_personal_data(typed) == kept


def test_names_that_the_engine_found_are_taken_out_and_the_schemes_are_not() -> None:
    text = "Jane asks if PSQM works in Leeds"
    names = [
        Name(start=0, end=4, kind="PERSON"),
        Name(start=13, end=17, kind="ORG"),
        Name(start=27, end=32, kind="GPE"),
    ]
    assert without_personal_data(text, names) == "a colleague asks if PSQM works in our town"


def review(text: str, topic: str | None = "open/venue") -> reviewing.Review:
    return reviewing.Review(f"m-{text}", "topic" if topic else "not_ours", topic, text, True, "officer:1", NOW, None)


@pytest.fixture
def nlu(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "nlu"
    folder.mkdir(parents=True)
    for name in ("venue", "out_of_scope", "cost", "follow_ups", "several", "lookalikes"):
        shutil.copy(NLU / f"{name}.yml", folder)
    return folder


def test_approved_questions_become_examples_of_their_topic_once(nlu: Path) -> None:
    before = {path.name: path.read_text(encoding="utf-8") for path in nlu.iterdir()}
    reviews = [
        review("can I leave the minibus there"),
        review("Can I leave the minibus there?"),
        review("will it snow in Ayr", None),
    ]
    planned = exporting.plan(reviews, nlu)
    assert [left.why for left in planned.left] == ["it is an example already"]
    exporting.write(planned)
    venue = (nlu / "venue.yml").read_text(encoding="utf-8")
    assert venue == before["venue.yml"].rstrip("\n") + "\n    - can I leave the minibus there\n"
    assert (nlu / "out_of_scope.yml").read_text(encoding="utf-8").count("- will it snow in Ayr\n") == 1
    changed = {path.name for path in nlu.iterdir() if path.read_text(encoding="utf-8") != before[path.name]}
    assert changed == {"venue.yml", "out_of_scope.yml"}
    assert "can I leave the minibus there" in topics(nlu)["open/venue"].examples
    assert exporting.plan(reviews, nlu).new == {}


def test_what_judges_the_understanding_never_teaches_it(nlu: Path) -> None:
    practice = exporting.kept_apart(Path.cwd())[0]
    planned = exporting.plan(
        [review(practice.upper()), review("gone", "ask/gone")], nlu, exporting.kept_apart(Path.cwd())
    )
    assert planned.new == {}
    assert [left.why for left in planned.left] == [
        "it is one of the questions that judge the assistant",
        "there is no topic ask/gone any more",
    ]


def test_an_example_lands_in_its_own_block_of_a_file_with_several() -> None:
    text = 'version: "3.1"\nnlu:\n- intent: a\n  examples: |\n    - one\n\n# of b\n- intent: b\n  examples: |\n   - two'
    both = added(added(text, "a", ["one more"]), "b", ["three"])
    assert [entry["examples"].split("\n")[:2] for entry in yaml.safe_load(both)["nlu"]] == [
        ["- one", "- one more"],
        ["- two", "- three"],
    ]
    with pytest.raises(ValueError, match="no examples of c"):
        added(text, "c", ["x"])


async def test_the_queue_is_newest_first_and_in_pages(database: Database) -> None:
    officer = await make_officer(database)
    for number in range(5):
        await ask(database, f"question {number}", "out_of_scope", conversation=f"c{number}")
        async with database.writing() as session:
            await session.execute(
                update(MessageRow)
                .where(MessageRow.text == f"question {number}")
                .values(created_at=NOW + timedelta(number))
            )
            await session.commit()
    async with database.reading() as session:
        assert [q.text for q in await queue.waiting(session, officer, limit=2, offset=1)] == [
            "question 3",
            "question 2",
        ]
        assert await queue.count_waiting(session, officer) == 5
