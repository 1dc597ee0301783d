"""What members of staff ask and tell in words: they see what is theirs, and nothing changes before they said yes."""

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select

from bot.desk.letter_terms import LetterTerms
from bot.desk.words.changing import Deeds
from bot.desk.words.form import DeskForm, NoMember
from bot.desk.words.moments import SessionSaid, period, session_said
from bot.desk.words.request import DeskRequest, Turn
from bot.desk.words.school_words import school_in
from bot.hubs import add_leader
from bot.registration_form.draft import Said
from bot.staff.finding import member_by_email
from bot.store.database import Database
from bot.store.tables import CohortRow, LetterRow, RegistrationRow
from bot.store.transcript import Transcript
from tests.mailings import ALWAYS, SUPPRESSION, FewWords, ready_hub
from tests.registering import NOW, Told, application, new_hub, register

ROSA, OTHER = "rosa@hubs.example", "ida@hubs.example"


class Leader:
    """A leader in their own conversation with the assistant; ``told`` are those whom the changes were told to."""

    def __init__(self, database: Database) -> None:
        self.told = Told()
        terms = LetterTerms(FewWords(), SUPPRESSION, ALWAYS, 60, reaches_people=True)
        self.form = DeskForm(database, Deeds(self.told, 7, terms), clock=lambda: NOW)
        self.turn = Turn()

    async def says(self, text: str, topic: str = "", *, intent: str = "", choice: str | None = None) -> str:
        """What they hear; a full stop: nothing waits for an answer."""
        said = Said(text, intent, choice, (f"desk/{topic}",) if topic else (), True)
        if self.turn.request is None:
            self.turn = await self.form.begin("c", topic, said)
        else:
            kept = DeskRequest.from_slot(json.loads(json.dumps(self.turn.request.as_slot())))
            self.turn = await self.form.hear("c", kept, said)
        heard = " + ".join([*self.turn.topics, *(say.response.removeprefix("desk/") for say in self.turn.say)])
        return heard + ("" if self.turn.request else ".")

    async def presses(self, label: str) -> str:
        choices = {shown: choice for say in self.turn.say for shown, choice in say.choices}
        assert label in choices, list(choices)
        return await self.says("", choice=choices[label])

    @property
    def value(self) -> dict[str, str]:
        return dict(self.turn.say[-1].values)


@pytest.fixture
async def leader(database: Database) -> Leader:
    """Rosa, whose hub Northfield has two schools; Ida's has one."""
    async with database.writing() as session:
        cohort = await ready_hub(session, capacity=3)
        await session.commit()
    for school in ("Fairview Primary School", "Oakfield Primary School"):
        await register(database, application(school, cohort, email=f"{school[:4].lower()}@x.example"))
    async with database.writing() as session:
        rosa = await member_by_email(session, ROSA)
        assert rosa is not None
        await Transcript(session, "c").open("slack", NOW, rosa.ref)
        await Transcript(session, "head").open("web", NOW)
        await session.commit()
    return Leader(database)


async def states(database: Database) -> dict[str, str]:
    async with database.reading() as session:
        rows = await session.execute(select(RegistrationRow.school_name, RegistrationRow.state))
        return {row.school_name.split()[0]: row.state for row in rows}


async def another_hub(database: Database) -> str:
    """Southfield, led by somebody else, with a registration of Hillside."""
    async with database.writing() as session:
        await add_leader(session, "Ida Moss", OTHER)
        cohort = await new_hub(session, "Southfield", leader_email=OTHER)
        await session.commit()
    await register(database, application("Hillside Primary School", cohort, email="hill@x.example"))
    return cohort


async def test_who_registered_is_told_and_of_other_hubs_nobody(database: Database, leader: Leader) -> None:
    await another_hub(database)
    assert await leader.says("who has registered this week?", "registered") == "registered."
    assert leader.value["your_count"] == "2"
    assert "Fairview Primary School" in leader.value["your_list"] and "Hillside" not in leader.value["your_list"]
    assert await leader.says("did Hillside register?", "registered") == "registered."
    assert "Hillside" not in leader.value["your_list"]
    assert await leader.says("who withdrew", "registered") == "registered_none."


async def test_places_questions_and_letters_are_told(leader: Leader) -> None:
    assert await leader.says("how many places are left?", "places") == "places."
    assert leader.value["your_list"] == "- Northfield: 1 of 3 left, 0 confirmed, 2 to be confirmed, 0 waiting"
    assert await leader.says("what is waiting for me?", "questions") == "questions_none."
    assert await leader.says("how are the letters doing?", "letters") == "letters_none."
    assert await leader.says("help", "help") == "help."


@pytest.mark.parametrize(
    ("topic", "state", "told"), [("confirm", "confirmed", "confirmed"), ("withdraw", "withdrawn", "withdrawn")]
)
async def test_a_school_is_named_asked_back_about_and_only_then_changed(
    database: Database, leader: Leader, topic: str, state: str, told: str
) -> None:
    assert await leader.says(f"{topic} Fairview", topic) == f"{topic}_check"
    assert await states(database) == {"Fairview": "interested", "Oakfield": "interested"}
    assert await leader.presses(f"Yes, {topic} Fairview Primary School") == f"{topic}_done."
    assert await states(database) == {"Fairview": state, "Oakfield": "interested"}
    assert (told, "Fairview Primary School") in leader.told.notes
    assert await leader.says(f"{topic} Fairview", topic) == f"{topic}_check"
    assert await leader.says("yes", intent="affirm") == f"{topic}_before."
    assert leader.value["your_by"].startswith("Rosa Lind, ")


@pytest.mark.parametrize("words", [("no", "deny"), ("stop", ""), ("never mind", "")])
async def test_a_no_changes_nothing(database: Database, leader: Leader, words: tuple[str, str]) -> None:
    await leader.says("withdraw Oakfield", "withdraw")
    assert await leader.says(words[0], intent=words[1]) == "stopped."
    assert set((await states(database)).values()) == {"interested"}


async def test_which_school_is_asked_and_another_hubs_is_as_if_it_were_not_there(
    database: Database, leader: Leader
) -> None:
    await another_hub(database)
    assert await leader.says("confirm a registration", "confirm") == "confirm"
    assert await leader.says("Hillside Primary School") == "none_fits"
    assert await leader.says("Oakfield") == "confirm_check"
    await leader.says("yes", intent="affirm")
    assert (await states(database))["Hillside"] == "interested"


async def test_a_forged_button_for_another_hubs_registration_is_refused(database: Database, leader: Leader) -> None:
    await another_hub(database)
    async with database.reading() as session:
        wanted = select(RegistrationRow.id).where(RegistrationRow.school_name.startswith("Hillside"))
        theirs = (await session.scalars(wanted)).one()
    await leader.says("confirm", "confirm")
    assert await leader.says("", choice=f"desk:id:{theirs}") == "refused."
    assert (await states(database))["Hillside"] == "interested"


async def test_the_letter_goes_to_the_address_after_a_yes(database: Database, leader: Leader) -> None:
    assert await leader.says("send the letter to Hillside Primary", "send_letter") == "send_letter_address"
    assert await leader.says("head@hillside.example") == "send_letter_check"
    assert leader.value == {
        "your_hub": "Northfield",
        "your_school": "Hillside Primary",
        "your_email": "head@hillside.example",
    }
    assert await leader.presses("Yes, send it") == "send_letter_done."
    async with database.reading() as session:
        assert (await session.scalars(select(LetterRow.email))).all() == ["head@hillside.example"]


async def test_the_first_session_is_told_asked_for_and_set(database: Database, leader: Leader) -> None:
    assert await leader.says("when is my first session?", "first_session") == "first_session."
    assert await leader.says("the first session is on 12 January", "first_session") == "first_session_missing"
    assert leader.value == {"your_missing": "the time and the place"}
    assert await leader.says("at 4 pm at the town hall") == "first_session_check"
    assert await leader.presses("Yes, set it") == "first_session_done."
    async with database.reading() as session:
        row = (await session.scalars(select(CohortRow))).one()
        assert (row.session_on, row.session_at, row.session_venue) == (date(2027, 1, 12), time(16), "the town hall")


async def test_two_useless_answers_end_it_with_nothing_changed(database: Database, leader: Leader) -> None:
    await leader.says("confirm Fairview", "confirm")
    assert await leader.says("purple") == "again + confirm_check"
    assert await leader.says("green") == "stopped."
    assert set((await states(database)).values()) == {"interested"}


async def test_a_heads_conversation_gets_nothing_of_the_desks(leader: Leader) -> None:
    for conversation in ("head", "unknown"):
        with pytest.raises(NoMember):
            await leader.form.begin(conversation, "registered", Said("who has registered?"))


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("who has registered this week?", date(2026, 11, 23)),
        ("since Friday", date(2026, 11, 20)),
        ("today", date(2026, 11, 24)),
        ("since yesterday", date(2026, 11, 23)),
        ("last week", date(2026, 11, 16)),
        ("in the last three days", date(2026, 11, 21)),
        ("since 12 November", date(2026, 11, 12)),
        ("since 30 November", date(2025, 11, 30)),
        ("this month", date(2026, 11, 1)),
        ("all of them", None),
    ],
)
def test_since_when(text: str, since: date | None) -> None:
    found = period(text, datetime(2026, 11, 24, 12, tzinfo=UTC)).since
    assert (found.date() if found else None) == since


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the first session is on 12 January at 4 pm at Valley Hall", (date(2027, 1, 12), time(16), "Valley Hall")),
        ("first session 12 January 4pm Fairview Primary", (date(2027, 1, 12), time(16), "Fairview Primary")),
        ("set it to 20 November at half past one", (date(2027, 11, 20), time(13, 30), "")),
        ("Tuesday 3 February, 13:30, in the Science Centre", (date(2027, 2, 3), time(13, 30), "the Science Centre")),
        ("tomorrow at 4 pm at the Grove", (date(2026, 11, 25), time(16), "the Grove")),
        ("it has moved to Thursday", (date(2026, 11, 26), None, "")),
        ("the venue of the first session is Barford Town Hall", (None, None, "Barford Town Hall")),
        ("12 January at 4 at the town hall", (date(2027, 1, 12), time(16), "the town hall")),
        ("8/2/2027 from 9.30 at St Anne's", (date(2027, 2, 8), time(9, 30), "St Anne's")),
        ("31 February at 25:00", (None, None, "")),
        ("when is my first session?", (None, None, "")),
    ],
)
def test_when_and_where(text: str, expected: tuple[Any, ...]) -> None:
    assert session_said(text, datetime(2026, 11, 24, 12, tzinfo=UTC)) == SessionSaid(*expected)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("send the letter to Fairview Primary", "Fairview Primary"),
        ("send the letter to Fairview Primary, head@fairview.sch.uk", "Fairview Primary"),
        ("please let Wessex Gardens have the letter", "Wessex Gardens"),
        ("invite St Anne's to the hub", "St Anne's"),
        ("Could you post the recruitment letter to St John's CE Primary?", "St John's CE Primary"),
        ("mail our letter to office@stannes.sch.uk", ""),
        ("send a letter", ""),
    ],
)
def test_the_schools_name(text: str, name: str) -> None:
    assert school_in(text) == name
