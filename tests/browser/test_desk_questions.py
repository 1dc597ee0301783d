"""Questions, conversations, letters and figures at the desk in a real browser: with and without JavaScript, by keyboard, on a
phone, for a screen reader; and the answer in the widget of whoever asked."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from sqlalchemy import select, update

from bot.channels.keys import DATABASE
from bot.store.tables import CohortRow, ConversationRow, MessageRow
from tests.an_area import make_mailing, send_letter
from tests.at_the_desk import HAL, OFFICER, link_of, make_officer
from tests.browser.conftest import OpenVisit
from tests.browser.site import Site
from tests.browser.test_registration_page import DARK, OFF, PHONE, press_tab_until
from tests.browser.visit import Visit
from tests.put_down import make_hub
from tests.talked import hand_over, talk

NOW = datetime.now(UTC)
LONG = "Pneumono" + "ultramicroscopic" * 12


@dataclass(frozen=True)
class Waiting:
    """A hub's question with the conversation that was shared."""

    hub_id: str
    question_id: str
    conversation_id: str


@pytest_asyncio.fixture(loop_scope="session")
async def waiting(site: Site) -> Waiting:
    database = site.app[DATABASE]
    cohort_id = await make_hub(database)
    await make_officer(database)
    mailing = await make_mailing(database, cohort_id)
    await send_letter(database, cohort_id, mailing, "head@fairview.example", visited_at=NOW)
    async with database.writing() as session:
        hub_id = (await session.scalars(select(CohortRow.hub_id).where(CohortRow.id == cohort_id))).one()
        for weeks in range(12):
            at = NOW - timedelta(weeks=weeks)
            turns = [("Cost?", ["ask/cost"])] * (12 - weeks) + [
                ("When?", ["open/session_dates"]),
                ("Moon?", ["out_of_scope"]),
            ]
            await talk(session, at, *turns, hub_id=hub_id)
            await hand_over(session, at, hub_id, state="answered", answered_name="Hal Hubbard", answered_at=at)
        conversation_id = await talk(session, NOW, ("What does it cost?", ["ask/cost"]), (f"And {LONG}?", ["unsure"]))
        reading = {"certainty": "unsure", "topics": [], "alternatives": [{"topic": "ask/cost", "label": "the fee"}]}
        await session.execute(
            update(MessageRow)
            .where(MessageRow.conversation_id == conversation_id, MessageRow.sender == "you")
            .values(understood=reading)
        )
        question_id = await hand_over(
            session, NOW, hub_id, conversation_id=conversation_id, shares_from=1, shares_upto=4,
            due_at=NOW - timedelta(hours=1), text=f"Could somebody ring me about {LONG}?",
        )  # fmt: skip
        await session.commit()
    return Waiting(hub_id, question_id, conversation_id)


async def sign_in(page: Page, site: Site, email: str) -> None:
    await page.goto(site.url + await link_of(site.app[DATABASE], email))
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Good to see you")


async def test_without_javascript_a_leader_answers_and_takes_over(
    visit: OpenVisit, site: Site, waiting: Waiting
) -> None:
    visitor = await visit(**OFF)
    page = visitor.page
    await sign_in(page, site, HAL)
    await page.get_by_role("link", name="Questions", exact=True).click()
    await expect(page.get_by_text("Overdue")).to_be_visible()
    await visitor.shoot("desk-questions")
    await page.get_by_role("link", name="Could somebody ring me").click()
    await visitor.shoot("desk-question")
    await page.get_by_role("button", name="Send the answer").click()
    field = page.get_by_label("Your answer")
    await expect(field).to_have_accessible_description(re.compile("please write something"))
    await expect(page).to_have_title(re.compile("^Not done"))
    await page.get_by_role("link", name="Open the conversation").click()
    await page.get_by_role("button", name="Take over").click()
    await expect(page.get_by_role("status")).to_contain_text("You answer in this conversation now")
    await page.get_by_label("Write to them").fill("Hello, Hal here.")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("log")).to_contain_text("Hello, Hal here.")
    await visitor.shoot("desk-conversation")
    await page.get_by_role("button", name="Give it back").click()
    await expect(page.get_by_text("The assistant answers here.")).to_be_visible()
    await page.get_by_role("link", name="Their question").click()
    await expect(page.get_by_text("Answered by Hal Hubbard")).to_be_visible()


async def test_by_keyboard_alone(visit: OpenVisit, site: Site, waiting: Waiting) -> None:
    page = (await visit(**OFF)).page
    await sign_in(page, site, HAL)
    await page.goto(f"{site.url}/desk/questions/{waiting.question_id}")
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.id") == "text":
            break
    await page.keyboard.type("On Thursday.")
    await press_tab_until(page, "Send the answer")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Your answer is on its way")


async def test_an_answer_from_the_desk_appears_in_the_open_widget_and_the_next_word_at_the_desk(
    visit: OpenVisit, site: Site, waiting: Waiting
) -> None:
    asker = await visit()
    await asker.open()
    await asker.ask("What does it cost?")
    await expect(asker.log).to_contain_text("twelve acorns")
    async with site.app[DATABASE].writing() as session:
        row = ConversationRow
        newest = select(row.id).where(row.id != waiting.conversation_id, row.hub_id.is_(None))
        conversation_id = (await session.scalars(newest)).one()
        question_id = await hand_over(
            session, NOW, waiting.hub_id, conversation_id=conversation_id, shares_from=1, shares_upto=3
        )
        await session.commit()
    leader = (await visit()).page
    await sign_in(leader, site, HAL)
    await leader.goto(f"{site.url}/desk/questions/{question_id}")
    await leader.get_by_label("Your answer").fill("Hal says: <b>nothing</b> this year.")
    await leader.get_by_role("button", name="Send the answer").click()
    await expect(asker.log).to_contain_text("Hal says: <b>nothing</b> this year.")
    await expect(asker.log).to_contain_text("Hal Hubbard")
    await asker.shoot("widget-answer-of-a-leader")

    await leader.goto(f"{site.url}/desk/conversations/{conversation_id}")
    await leader.get_by_role("button", name="Take over").click()
    await expect(leader.get_by_role("button", name="Give it back")).to_be_visible()
    await leader.get_by_label("Write to them").fill("I am typing")
    await asker.ask("Is that so?")
    await expect(leader.get_by_role("log")).to_contain_text("Is that so?")  # without loading the page again
    await expect(leader.get_by_label("Write to them")).to_have_value("I am typing")
    await leader.get_by_role("button", name="Send", exact=True).click()
    await expect(asker.log).to_contain_text("I am typing")


async def test_the_letter_is_sent_from_the_desk(visit: OpenVisit, site: Site, waiting: Waiting) -> None:
    visitor = await visit(**OFF)
    page = visitor.page
    await sign_in(page, site, HAL)
    await page.get_by_role("link", name="Letters", exact=True).click()
    await page.get_by_label("Email address").fill("head at oak")
    await page.get_by_label("The head’s name").fill("Bo Field")
    await page.get_by_role("button", name="Send the letter").click()
    await expect(page.get_by_role("alert")).to_contain_text("no email address")
    await expect(page.get_by_label("The head’s name")).to_have_value("Bo Field")
    await visitor.shoot("desk-letters")


@pytest.mark.parametrize("device", [{}, PHONE, DARK], ids=["desk", "phone", "dark"])
async def test_every_page_is_accessible_and_fits(
    visit: OpenVisit, site: Site, waiting: Waiting, device: dict[str, object]
) -> None:
    visitor = await visit(**device)
    page = visitor.page
    await sign_in(page, site, OFFICER)
    for path in (
        "/desk/questions",
        "/desk/questions?state=answered",
        "/desk/questions?state=closed",
        f"/desk/questions/{waiting.question_id}",
        "/desk/conversations",
        f"/desk/conversations/{waiting.conversation_id}",
        "/desk/letters",
        "/desk/figures",
    ):
        await page.goto(site.url + path)
        await _check(visitor, path)
        await visitor.shoot(
            f"desk-{'-'.join(map(str, device)) or 'wide'}-{re.sub(r'[^a-z]+', '-', path[6:].split('/')[0])}"
        )
    await page.goto(f"{site.url}/desk/questions/{waiting.question_id}")
    await page.get_by_role("button", name="Send the answer").click()
    await _check(visitor, "a refused answer")


async def test_every_chart_is_drawn(visit: OpenVisit, site: Site, waiting: Waiting) -> None:
    for device in ({}, PHONE):
        visitor = await visit(**device)
        await sign_in(visitor.page, site, OFFICER)
        await visitor.page.goto(f"{site.url}/desk/figures")
        images = visitor.page.locator("picture img")
        assert await images.count() == 4  # nobody has registered yet
        for image in await images.all():
            await image.scroll_into_view_if_needed()
            await expect(image).to_have_js_property("complete", True)
            assert await image.evaluate("it => it.naturalWidth > 0 && it.alt.includes('table')")
            await image.screenshot(path="build/screenshots/chart.png")
        sizes = {request.url for request in visitor.requests if "narrow" in request.url}
        assert bool(sizes) is bool(device)
        assert all(request.url.startswith(site.url) for request in visitor.requests)
        await visitor.page.screenshot(
            path=f"build/screenshots/desk-figures-{'phone' if device else 'wide'}-all.png", full_page=True
        )


async def _check(visitor: Visit, path: str) -> None:
    assert await visitor.accessibility_problems() == [], path
    fits = await visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert fits, f"{path} does not fit"
