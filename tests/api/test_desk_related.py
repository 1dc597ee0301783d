"""From a registration to its conversation and questions, and back; and never to what is another hub's."""

from datetime import UTC, datetime

import pytest

from bot.channels.keys import DATABASE
from tests.at_the_desk import HAL, OFFICER, make_officer, sign_in
from tests.conftest import Client, StartService
from tests.hubs_at_work import IDA, TwoHubs, two_hubs
from tests.put_down import ANN, FAIRVIEW, put_down
from tests.talked import hand_over, talk

NOW = datetime.now(UTC)


@pytest.fixture
async def desk(start_service: StartService, database_url: str) -> Client:
    return await start_service(database_url)


async def of_ann(desk: Client, hubs: TwoHubs, **more: object) -> tuple[str, str, str]:
    """Paths of the conversation, the question and the registration of Ann's school, in Hal's hub."""
    async with desk.app[DATABASE].writing() as session:
        conversation_id = await talk(session, NOW, ("What does it cost?", ["ask/cost"]))
        question_id = await hand_over(session, NOW, hubs.hals_hub, conversation_id=conversation_id, **more)
        await session.commit()
    found = await put_down(desk.app[DATABASE], hubs.hals, FAIRVIEW, ANN, conversation_id=conversation_id)
    return (
        f"/desk/conversations/{conversation_id}",
        f"/desk/questions/{question_id}",
        f"/desk/registrations/{found.id}",
    )


async def page(desk: Client, path: str) -> str:
    response = await desk.get(path)
    assert response.status == 200
    return await response.text()


async def test_the_pages_of_one_school_lead_to_each_other(desk: Client) -> None:
    hubs = await two_hubs(desk.app[DATABASE])
    conversation, question, registration = await of_ann(desk, hubs, shares_from=1, shares_upto=2)
    await sign_in(desk, HAL)
    shown = await page(desk, registration)
    assert f'href="{conversation}"' in shown and f'href="{question}"' in shown
    assert f'href="{registration}"' in await page(desk, question)
    assert f'href="{registration}"' in await page(desk, conversation)


async def test_nobody_is_led_to_a_conversation_that_was_not_shared_or_to_another_hubs_question(desk: Client) -> None:
    hubs = await two_hubs(desk.app[DATABASE])
    conversation, question, registration = await of_ann(desk, hubs)
    async with desk.app[DATABASE].writing() as session:
        others = await hand_over(session, NOW, hubs.idas_hub, email=ANN.email, text="Asked of Ida?")
        await session.commit()
    await sign_in(desk, HAL)
    shown = await page(desk, registration)
    assert question in shown and conversation not in shown and "Asked of Ida?" not in shown
    await sign_in(desk, IDA)
    assert registration not in await page(desk, f"/desk/questions/{others}")
    await make_officer(desk.app[DATABASE])
    await sign_in(desk, OFFICER)
    shown = await page(desk, registration)
    assert conversation in shown and "Asked of Ida?" in shown


async def test_the_list_says_what_a_conversation_is_about(desk: Client) -> None:
    hubs = await two_hubs(desk.app[DATABASE])
    await of_ann(desk, hubs, shares_from=1, shares_upto=2, text="May we pay later?")
    async with desk.app[DATABASE].writing() as session:
        await talk(session, NOW, ("Who mentors us?", ["ask/mentoring"]))
        await session.commit()
    await sign_in(desk, HAL)
    shown = await page(desk, "/desk/conversations")
    assert "May we pay later?" in shown and "Who mentors us?" not in shown
    await make_officer(desk.app[DATABASE])
    await sign_in(desk, OFFICER)
    assert "Who mentors us?" in await page(desk, "/desk/conversations")
