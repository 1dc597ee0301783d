"""Questions, conversations, letters and figures at the desk, over HTTP, on both databases."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from lxml import etree
from sqlalchemy import insert, select, update

from bot.channels.keys import CONVERSATIONS, DATABASE
from bot.store.tables import CohortRow, HubLetterRow, HubRow, LetterRow, MessageRow, QuestionRow
from tests.at_the_desk import HAL, OFFICER, csrf_of, make_officer, press, sign_in
from tests.conftest import Client, StartService
from tests.put_down import make_hub
from tests.talked import hand_over, message, talk

NOW = datetime.now(UTC)
NASTY = '<script>alert("1")</script> *bold* <@U1>'


@pytest.fixture
async def desk(start_service: StartService, database_url: str) -> Client:
    """The service on both databases, with Hal's hub, Olive of the office, and nobody signed in."""
    client = await start_service(database_url)
    await make_hub(client.app[DATABASE])
    await make_officer(client.app[DATABASE])
    return client


async def hub_of(desk: Client) -> str:
    async with desk.app[DATABASE].reading() as session:
        return (await session.scalars(select(HubRow.id))).one()


async def asked(desk: Client, hub_id: str | None, **more: object) -> str:
    async with desk.app[DATABASE].writing() as session:
        question_id = await hand_over(session, NOW, hub_id, **more)
        await session.commit()
    return question_id


async def text_of(desk: Client, path: str, status: int = 200) -> str:
    response = await desk.get(path)
    page = await response.text()
    assert response.status == status, page
    return page


async def kept(desk: Client, question_id: str) -> QuestionRow:
    async with desk.app[DATABASE].reading() as session:
        row = await session.get(QuestionRow, question_id)
    assert row is not None
    return row


async def shared_conversation(desk: Client, hub_id: str) -> tuple[str, str]:
    """A conversation whose first turn is shared with a question; their ids."""
    async with desk.app[DATABASE].writing() as session:
        turns = (("What does it cost?", ["ask/cost"]), (NASTY, ["out_of_scope"]))
        conversation_id = await talk(session, NOW, *turns)
        reading = {"certainty": "unsure", "topics": [], "alternatives": [{"topic": "ask/cost", "label": "the fee"}]}
        await session.execute(
            update(MessageRow).where(MessageRow.n == 1, MessageRow.conversation_id == conversation_id)
            .values(understood=reading)
        )  # fmt: skip
        question_id = await hand_over(
            session, NOW, hub_id, conversation_id=conversation_id, shares_from=1, shares_upto=2
        )
        await session.commit()
    return conversation_id, question_id


async def test_questions_are_listed_by_state_and_overdue_ones_are_marked(desk: Client) -> None:
    hub_id = await hub_of(desk)
    await asked(desk, hub_id, text=NASTY, due_at=NOW - timedelta(hours=1))
    await asked(desk, hub_id, text="Long ago?", state="answered", answered_name="Hal Hubbard", answered_at=NOW)
    await asked(desk, None, text="For the office?")
    await sign_in(desk, HAL)
    page = await text_of(desk, "/desk/questions")
    assert "<script>alert" not in page and NASTY in unescape(page)
    assert "Overdue" in page and "Long ago?" not in page and "For the office?" not in page
    assert "Long ago?" in await text_of(desk, "/desk/questions?state=answered")
    assert "There is none yet" in await text_of(desk, "/desk/questions?state=closed")
    assert "Overdue" in await text_of(desk, "/desk/questions?state=nonsense&page=x")


async def test_a_long_list_goes_on_over_pages(desk: Client) -> None:
    hub_id = await hub_of(desk)
    for n in range(27):
        await asked(desk, hub_id, text=f"Question {n}?")
    await sign_in(desk, HAL)
    first = await text_of(desk, "/desk/questions")
    second = await text_of(desk, "/desk/questions?page=2")
    assert (first.count('class="card'), second.count('class="card')) == (25, 2)
    assert 'rel="next"' in first and 'rel="next"' not in second and 'rel="prev"' in second


async def test_an_answer_is_given_once_and_the_second_keeps_what_was_typed(desk: Client) -> None:
    question_id = await asked(desk, await hub_of(desk))
    path = f"/desk/questions/{question_id}"
    await sign_in(desk, HAL)
    csrf = csrf_of(await text_of(desk, path))
    first = await desk.post(f"{path}/answer", data={"csrf": csrf, "text": "On Thursday."}, allow_redirects=False)
    assert (first.status, first.headers["Location"]) == (303, f"{path}?done=answered")
    second = await desk.post(f"{path}/answer", data={"csrf": csrf, "text": NASTY}, allow_redirects=False)
    page = await second.text()
    assert second.status == 409
    assert "Hal Hubbard answered it" in page and "On Thursday." in page
    assert NASTY in unescape(page) and "<script>alert" not in page
    assert (await kept(desk, question_id)).answer == "On Thursday."


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("  ", "please write something"),
        ("x" * 4001, "4,001 characters"),
        ("My card is 4111 1111 1111 1111", "take it out"),
    ],
)
async def test_what_cannot_be_said_stays_on_the_page(desk: Client, typed: str, told: str) -> None:
    path = f"/desk/questions/{await asked(desk, await hub_of(desk))}"
    await sign_in(desk, HAL)
    response = await press(desk, path, f"{path}/answer", text=typed)
    page = await response.text()
    assert response.status == 422 and told in page and typed.strip() in page


async def test_a_question_is_closed_and_says_by_whom(desk: Client) -> None:
    question_id = await asked(desk, await hub_of(desk))
    path = f"/desk/questions/{question_id}"
    await sign_in(desk, HAL)
    assert (await press(desk, path, f"{path}/close")).status == 303
    assert "Closed</span> by Hal Hubbard" in await text_of(desk, path)
    assert (await kept(desk, question_id)).state == "closed"


async def test_a_leader_passes_a_question_on_and_no_longer_sees_it(desk: Client) -> None:
    question_id = await asked(desk, await hub_of(desk))
    path = f"/desk/questions/{question_id}"
    await sign_in(desk, HAL)
    assert (await press(desk, path, f"{path}/reassign", hub="")).status == 422
    response = await press(desk, path, f"{path}/reassign", hub="office")
    assert (response.status, response.headers["Location"]) == (303, "/desk/questions?done=reassigned")
    await text_of(desk, path, 404)
    await sign_in(desk, OFFICER)
    assert "Passed to the office." in await text_of(desk, path)


async def test_what_is_anothers_or_nothing_at_all_is_the_same_page(desk: Client) -> None:
    of_office = await asked(desk, None)
    async with desk.app[DATABASE].writing() as session:
        private = await talk(session, NOW, ("Hello?", ["chat/greet"]))
        await session.commit()
    mine = await asked(desk, await hub_of(desk))
    await sign_in(desk, HAL)
    pages = [
        await text_of(desk, path, 404)
        for path in (
            f"/desk/questions/{of_office}",
            "/desk/questions/nothing",
            f"/desk/questions/{'x' * 900}",
            f"/desk/conversations/{private}",
            f"/desk/conversations/{private}/news",
            "/desk/figures/nothing.svg",
        )
    ]
    assert len({page.partition("<main")[2] for page in pages}) == 1
    for path in (f"/desk/questions/{of_office}/answer", f"/desk/conversations/{private}/say"):
        assert (await press(desk, f"/desk/questions/{mine}", path, text="Mine?")).status == 404


async def test_a_forged_form_changes_nothing(desk: Client) -> None:
    question_id = await asked(desk, await hub_of(desk))
    await sign_in(desk, HAL)
    path = f"/desk/questions/{question_id}/answer"
    assert (await desk.post(path, data={"csrf": "made up", "text": "No."})).status == 403
    csrf = csrf_of(await text_of(desk, f"/desk/questions/{question_id}"))
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert (await desk.post(path, data={"csrf": csrf, "text": "No."}, headers=elsewhere)).status == 403
    assert (await kept(desk, question_id)).state == "open"


async def test_a_leader_sees_what_was_shared_and_what_was_understood(desk: Client) -> None:
    conversation_id, question_id = await shared_conversation(desk, await hub_of(desk))
    await sign_in(desk, HAL)
    assert "What does it cost?" in await text_of(desk, f"/desk/questions/{question_id}")
    assert conversation_id in await text_of(desk, "/desk/conversations")
    page = await text_of(desk, f"/desk/conversations/{conversation_id}")
    assert "Not sure" in page and "Might also be: the fee" in page and "Answered with: What it costs" in page
    assert NASTY not in unescape(page)
    await sign_in(desk, OFFICER)
    page = await text_of(desk, f"/desk/conversations/{conversation_id}")
    assert NASTY in unescape(page) and "<script>alert" not in page


async def test_a_conversation_is_taken_spoken_in_and_given_back(desk: Client) -> None:
    conversation_id, _ = await shared_conversation(desk, await hub_of(desk))
    path = f"/desk/conversations/{conversation_id}"
    await sign_in(desk, HAL)
    assert (await press(desk, path, f"{path}/take")).status == 303
    csrf = csrf_of(await text_of(desk, path))
    for _ in range(2):  # a double click
        fields = {"csrf": csrf, "text": "Hello, Hal here.", "key": "k1"}
        assert (await desk.post(f"{path}/say", data=fields, allow_redirects=False)).status == 303
    said = await desk.app[CONVERSATIONS].history(conversation_id)
    assert [each.author for each in said if each.text == "Hello, Hal here."] == ["Hal Hubbard"]
    await sign_in(desk, OFFICER)
    response = await press(desk, path, f"{path}/say", text="I am here too.")
    page = await response.text()
    assert response.status == 409 and "Hal Hubbard has answered" in page and "I am here too.</textarea>" in page
    assert (await press(desk, path, f"{path}/give-back")).status == 303
    assert "The assistant answers here." in await text_of(desk, path)
    assert (await press(desk, path, f"{path}/say", text=" ")).status == 422


async def test_the_page_hears_at_once_of_what_is_said(desk: Client) -> None:
    conversation_id, _ = await shared_conversation(desk, await hub_of(desk))
    path = f"/desk/conversations/{conversation_id}"
    await sign_in(desk, HAL)
    page = await text_of(desk, path)
    newest = re.search(r'data-newest="(\d+)"', page)
    assert newest is not None
    async with desk.get(f"{path}/news?after={newest[1]}") as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        await press(desk, path, f"{path}/say", text="Hello, Hal here.")
        async with asyncio.timeout(10):
            event = await stream.content.readuntil(b"\r\n\r\n")
    assert b"event: news" in event


async def test_a_stream_ends_with_its_session(desk: Client) -> None:
    conversation_id, _ = await shared_conversation(desk, await hub_of(desk))
    path = f"/desk/conversations/{conversation_id}"
    await sign_in(desk, HAL)
    async with desk.get(f"{path}/news") as stream:
        await press(desk, path, "/desk/sign-out")
        async with desk.app[DATABASE].writing() as session:
            row = message(conversation_id, 5, "leader", "A secret.", NOW, author="Olive Office")
            await session.execute(insert(MessageRow).values(row))
            await session.commit()
        async with asyncio.timeout(10):
            assert b"event: news" not in await stream.content.read()


async def make_ready(desk: Client) -> str:
    """Hal's hub has everything that a letter needs; returns its id."""
    hub_id = await hub_of(desk)
    address = {"sender_address": "1 Mill Lane\nTestham", "wording": "", "report_name": "", "updated_at": NOW}
    async with desk.app[DATABASE].writing() as session:
        await session.execute(insert(HubLetterRow).values(address | {"hub_id": hub_id}))
        await session.execute(update(CohortRow).values(year=NOW.year if NOW.month > 8 else NOW.year - 1))
        await session.commit()
    return hub_id


async def test_the_letter_is_sent_to_a_school_once_and_shows_in_the_funnel(desk: Client) -> None:
    hub_id = await make_ready(desk)
    await sign_in(desk, HAL)
    assert "No letter has been sent yet" in await text_of(desk, "/desk/letters")
    fields = {"hub": hub_id, "email": "head@fairview.sch.uk", "name": "Ann Lee", "school": NASTY, "urn": ""}
    response = await press(desk, "/desk/letters", "/desk/letters", **fields)
    assert (response.status, response.headers["Location"]) == (303, "/desk/letters?done=sent")
    again = await press(desk, "/desk/letters", "/desk/letters", **fields)
    assert again.status == 409 and "Hal Hubbard sent this year" in await again.text()
    page = await text_of(desk, "/desk/letters")
    assert "Sent one at a time" in page
    async with desk.app[DATABASE].reading() as session:
        assert [letter.name for letter in await session.scalars(select(LetterRow))] == ["Ann Lee"]
    drawing = await text_of(desk, "/desk/letters/funnel.svg")
    assert etree.fromstring(drawing.encode()).tag.endswith("svg")


async def test_a_letter_that_cannot_go_is_refused_and_what_was_typed_is_kept(desk: Client) -> None:
    hub_id = await make_ready(desk)
    await sign_in(desk, HAL)
    for fields, told in (
        ({"email": "head at fairview"}, "no email address"),
        ({"email": "head@fairview.sch.uk", "urn": "12"}, "six digits"),
        ({"email": "head@fairview.sch.uk", "urn": "999999"}, "no school with the URN"),
    ):
        given = {"hub": hub_id, "name": "Ann Lee"} | fields
        response = await press(desk, "/desk/letters", "/desk/letters", **given)
        page = await response.text()
        assert response.status == 422 and told in page and 'value="Ann Lee"' in page
    other = await press(desk, "/desk/letters", "/desk/letters", hub="another", email="head@fairview.sch.uk")
    assert other.status == 404


async def test_each_chart_stands_beside_its_table_and_loads_nothing(desk: Client) -> None:
    async with desk.app[DATABASE].writing() as session:
        await talk(session, NOW, ("cost?", ["ask/cost"]), ("dates?", ["open/dates"]), ("moon?", ["out_of_scope"]))
        await session.commit()
    await asked(desk, await hub_of(desk))
    await sign_in(desk, OFFICER)
    page = await text_of(desk, "/desk/figures")
    assert "33%" in page and "Dates (the letter leaves it open)" in page
    charts = re.findall(r'(?:src|srcset)="(/desk/figures/[^"]+)"', page)
    assert len(charts) == 8 and page.count("<table") == 4  # nobody has registered
    for address in charts:
        response = await desk.get(address)
        drawing = await response.read()
        assert response.headers["Content-Type"].startswith("image/svg+xml")
        assert "script" not in response.headers["Content-Security-Policy"]
        assert b"<script" not in drawing and b"url(" not in drawing and b"@import" not in drawing
        assert etree.fromstring(drawing).tag == "{http://www.w3.org/2000/svg}svg"


async def test_a_leader_without_anything_yet_sees_pages_that_say_so(desk: Client) -> None:
    await sign_in(desk, HAL)
    for path in ("/desk/questions", "/desk/conversations", "/desk/letters", "/desk/figures"):
        page = await text_of(desk, path)
        assert f'href="{path}" class="is-here" aria-current="page"' in page
    for name in ("topics", "topics-by-week", "answered", "questions", "registrations"):
        drawing = await text_of(desk, f"/desk/figures/{name}.svg")
        assert etree.fromstring(drawing.encode()).tag.endswith("svg")
    assert "<svg" in await text_of(desk, "/desk/letters/funnel.svg")
