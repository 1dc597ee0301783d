"""A school is registered in the real browser, through the real service and engine, by keyboard alone; then its page is opened."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.visit import Visit
from tests.conversation.hubs_and_schools import NEAR, furnish
from tests.conversation.mailbox import mails_to, text_of
from tests.conversation.running import Assistant, eventually, running

MOST_TABS = 20
PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The whole assistant with real schools and two hubs."""
    data = tmp_path_factory.mktemp("browser")
    furnish(data)
    with running(data) as ready:
        yield ready


def link_of(assistant: Assistant, address: str) -> str:
    """The link in the confirmation that went to ``address``."""

    (mail,) = eventually(lambda: mails_to(assistant.data_dir, address), 10, "the confirmation is written")
    (link,) = re.findall(rf"{re.escape(assistant.url)}/r/\S+", text_of(mail))
    return str(link)


def state_of(data_dir: Path, school: str) -> list[str]:
    with closing(sqlite3.connect(data_dir / "psqm.db")) as connection:
        rows = connection.execute("SELECT state FROM registration WHERE school_name = ?", (school,))
        return [state for (state,) in rows]


async def answers(visitor: Visit, words: str) -> None:
    """Goes to the field, if the focus is not there already, and writes: with the keyboard alone."""
    for _ in range(MOST_TABS):
        if await visitor.is_focused(visitor.field):
            break
        await visitor.page.keyboard.press("Tab")
    await visitor.page.keyboard.type(words)
    await visitor.page.keyboard.press("Enter")


@pytest.mark.parametrize(("device", "school"), [({}, "Cromer Road Primary School"), (PHONE, "Foulds School")])
async def test_a_school_is_registered_by_keyboard_alone(
    assistant: Assistant, visit: OpenVisit, device: dict[str, object], school: str
) -> None:
    visitor = await visit(assistant.url, **device)
    await visitor.launcher.focus()
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.log).to_contain_text("Hello!")
    await answers(visitor, "put us down for it")
    await expect(visitor.page.get_by_role("combobox")).to_be_focused()
    await visitor.page.keyboard.type(school[:9])
    await expect(visitor.page.get_by_role("option").first).to_contain_text(school)
    await visitor.page.keyboard.press("ArrowDown")
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.log).to_contain_text("What is your name")
    await answers(visitor, "Ann Lee, headteacher")
    await expect(visitor.log).to_contain_text("Which email address")
    email = f"ann@{school.split()[0].lower()}.barnet.sch.uk"
    await answers(visitor, email)
    await expect(visitor.log).to_contain_text("Shall I register you?")
    assert await visitor.accessibility_problems() == []
    await visitor.shoot(f"registering-{'phone' if device else 'desktop'}")
    assert state_of(assistant.data_dir, school) == [], "nothing is registered before the yes"
    await answers(visitor, "yes please")
    await expect(visitor.log).to_contain_text(f"has a place with {NEAR}")
    assert state_of(assistant.data_dir, school) == ["interested"]
    await withdraws(visitor.page, link_of(assistant, email))
    assert state_of(assistant.data_dir, school) == ["withdrawn"]


async def withdraws(page: Page, link: str) -> None:
    """Opens the link of the confirmation, and withdraws there."""
    await page.goto(link)
    await expect(page.get_by_role("heading", name="Your registration")).to_be_visible()
    await page.get_by_role("link", name=re.compile("Withdraw")).click()
    await page.get_by_role("button", name=re.compile("withdraw", re.IGNORECASE)).click()
    await expect(page.get_by_text(re.compile("withdrawn", re.IGNORECASE)).first).to_be_visible()
