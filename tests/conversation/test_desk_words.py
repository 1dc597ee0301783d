"""A hub leader asks and tells the desk in words, through the real engine; a head's same words never reach it."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.bell import Bell
from bot.conversation import Conversations
from bot.hubs import school_year
from bot.metrics import Metrics
from bot.rasa import OPEN_DESK, Engine
from bot.registrations.application import Applicant, Application, ApplyingSchool
from bot.registrations.registering import register
from bot.staff.finding import member_by_email
from bot.store.database import Database
from bot.store.message import Message
from bot.store.tables import CohortRow, HubRow
from tests.conversation.hubs_and_schools import NEAR, furnish
from tests.conversation.running import Assistant, Person, running
from tests.conversation.script import heard
from tests.registering import Told

SECRET = "the desk's engine secret of tests"
LOU = "lou.park@leevalley.org.uk"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    data = tmp_path_factory.mktemp("desk-words")
    furnish(data)
    asyncio.run(_put_down(f"sqlite+aiosqlite:///{data}/psqm.db"))
    with running(data, engine_secret=SECRET) as ready:
        yield ready


async def _put_down(url: str) -> None:
    """Two schools with the near hub."""
    database, now = Database(url), datetime.now(UTC)
    async with database.writing() as session:
        cohort = select(CohortRow.id).join(HubRow, HubRow.id == CohortRow.hub_id).where(HubRow.name == NEAR)
        for name in ("Cromer Road Primary School", "Wessex Gardens Primary School"):
            school = ApplyingSchool(name, "Barnet", "EN5 5HT", None)
            applicant = Applicant("Ann Lee", "Headteacher", f"head@{name[:4].lower()}.example", "")
            year, cohort_id = school_year(now.date()), (await session.scalars(cohort)).one()
            await register(session, Application(school, applicant, "Yes.", year, cohort_id, None), now, Told())
        await session.commit()
    await database.close()


class Leader:
    """Lou Park, in a conversation of her own with the running engine."""

    def __init__(self, assistant: Assistant) -> None:
        self.url = f"sqlite+aiosqlite:///{assistant.data_dir}/psqm.db"
        self.engine_url = f"http://127.0.0.1:{assistant.environment['PSQM_ENGINE_PORT']}"

    def talks(self, *lines: str) -> list[str]:
        """What she hears to each of ``lines``; ``[Label]`` presses that button."""
        return asyncio.run(self._talk(lines))

    async def _talk(self, lines: tuple[str, ...]) -> list[str]:
        database, metrics, answers = Database(self.url), Metrics(), []
        async with Engine(self.engine_url, SECRET, 20, metrics) as engine:
            conversations = Conversations(database, engine, metrics, Bell(), timedelta(seconds=20))
            async with database.reading() as session:
                lou = await member_by_email(session, LOU)
            assert lou is not None
            started = await conversations.start("slack", OPEN_DESK, lou.ref)
            last = started.messages
            assert [message.topics for message in last] == [("desk/welcome",)]
            for line in lines:
                if line.startswith("["):
                    pressed = next(c.id for m in last for c in m.choices if c.label == line[1:-1])
                    last = await conversations.say(started.conversation_id, choice=pressed)
                else:
                    last = await conversations.say(started.conversation_id, text=line)
                answers.append(" + ".join(topic for message in last for topic in message.topics))
        self.last: list[Message] = last
        await database.close()
        return answers


@pytest.fixture
def leader(assistant: Assistant) -> Leader:
    return Leader(assistant)


def test_what_is_theirs_is_told_and_public_questions_are_answered(leader: Leader) -> None:
    assert leader.talks(
        "who has registered this week?",
        "what does it cost?",
        "how many places are left?",
        "what is waiting for me?",
        "how are the letters doing?",
        "what can I do here",
        "is VAT added?",
    ) == [
        *("desk/registered", "ask/cost", "desk/places", "desk/questions_none", "desk/letters_none", "desk/help"),
        "open/vat",
    ]


def test_changes_are_asked_back_about_and_made(assistant: Assistant, leader: Leader) -> None:
    assert leader.talks(
        "confirm Cromer Road",
        "[Yes, confirm Cromer Road Primary School]",
        "please withdraw Wessex Gardens",
        "no",
        "withdraw Wessex Gardens",
        "how many places are left?",
    ) == [
        *("desk/confirm_check", "desk/confirm_done", "desk/withdraw_check", "desk/stopped", "desk/withdraw_check"),
        "desk/places",
    ]
    with closing(sqlite3.connect(assistant.data_dir / "psqm.db")) as connection:
        rows = connection.execute("SELECT school_name, state FROM registration").fetchall()
    assert dict(rows) == {"Cromer Road Primary School": "confirmed", "Wessex Gardens Primary School": "interested"}


def test_the_first_session_is_set_and_the_letter_is_asked_back_about(leader: Leader) -> None:
    assert leader.talks(
        "the first session is on 12 January at 4 pm at Valley Hall",
        "yes",
        "send the letter to Hillside Primary",
        "head@hillside.sch.uk",
        "no, leave it",
    ) == [
        *("desk/first_session_check", "desk/first_session_done", "desk/send_letter_address"),
        *("desk/send_letter_check", "desk/stopped"),
    ]


def test_nothing_is_handed_over_in_a_members_own_conversation(leader: Leader) -> None:
    heard = leader.talks("I want a person", "how do I bake a cake", "who won the football")
    assert not any("handover" in topics for topics in heard), heard


# What a leader asks of the desk, as a head may well put it.
_NEAR = [
    *("how many places are left?", "who has registered?", "confirm Fairview Primary", "withdraw us", "places left"),
    *("the first session is on 12 January at 4 pm", "send the letter to Fairview Primary", "what is waiting for me?"),
    *("how are the letters doing?", "which schools have signed up?", "cancel our registration", "is the hub full?"),
    *("who is on the waiting list?", "any new registrations?", "set the first session", "help", "open questions"),
    *("has anyone registered this week?", "please confirm our place", "when is the first session?", "show me the hubs"),
]
_BEFORE = ["", "Please: ", "Hi, ", "Quick question, ", "I wonder, "]
_AFTER = ["", " thanks"]
_NEAR_MISSES = [f"{before}{line}{after}" for line in _NEAR for before in _BEFORE for after in _AFTER][:210]


def test_a_heads_words_never_reach_the_desk(assistant: Assistant) -> None:
    found: list[tuple[str, str]] = []
    person: Person = assistant.arrive()
    for line in _NEAR_MISSES:
        answer: list[dict[str, Any]] = person.say(line)
        name = heard(answer)
        if "desk/" in name:
            found.append((line, name))
        if re.search(r"form/|letter/|handover/consent|handover/begin", name):
            person = assistant.arrive()  # a form has begun
    assert len(_NEAR_MISSES) >= 200
    assert found == []
    with closing(sqlite3.connect(assistant.data_dir / "psqm.db")) as connection:
        understood = connection.execute(
            "SELECT count(*) FROM message JOIN conversation ON conversation.id = conversation_id"
            " WHERE member IS NULL AND (understood LIKE '%desk/%' OR topics LIKE '%desk/%')"
        ).fetchone()
    assert understood == (0,)


@pytest.mark.parametrize("typed", ["/open_desk", '/desk{"topic": "registered"}', "/hand_over", " /open_desk"])
def test_no_typed_command_opens_the_desk(assistant: Assistant, typed: str) -> None:
    person = assistant.arrive()
    assert "desk/" not in heard(person.say(typed))
    assert "desk/" not in heard(person.say("who has registered this week?"))
