"""A letter behind its link in a real browser: beside the assistant, on a phone, by keyboard, without JavaScript."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.channels.keys import DATABASE, LETTER_LINKS
from bot.letters.links import LetterLinks
from tests.browser.conftest import OpenVisit
from tests.browser.site import Site
from tests.browser.test_registering import answers, state_of
from tests.browser.visit import Visit
from tests.conversation.hubs_and_schools import NEAR, furnish
from tests.conversation.running import Assistant, running
from tests.conversation.test_letter_link import SECRET, token
from tests.invited import write_letter
from tests.put_down import make_hub

OFF = {"java_script_enabled": False}
PHONE = {"viewport": {"width": 360, "height": 740}}
TABLET = {"viewport": {"width": 820, "height": 1180}}
DARK = {"color_scheme": "dark"}
OPENED = "/open_letter"


@pytest_asyncio.fixture(loop_scope="session")
async def letter_id(site: Site) -> str:
    database = site.app[DATABASE]
    return await write_letter(database, await make_hub(database))


@pytest_asyncio.fixture(loop_scope="session")
async def link(site: Site, letter_id: str) -> str:
    return f"{site.url}/letters/{site.app[LETTER_LINKS].token(letter_id, date.today())}"


def openings(site: Site) -> int:
    """How many conversations began with the letter."""
    return sum(question.startswith(OPENED) for question in site.questions)


async def greeted(visitor: Visit) -> None:
    await expect(visitor.log).to_contain_text("Hello Ann Lee")


async def fits(visitor: Visit) -> bool:
    return bool(await visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def lie_apart(visitor: Visit) -> bool:
    """Whether the panel covers nothing of the letter."""
    letter = await visitor.page.locator("article.letter").bounding_box()
    panel = await visitor.panel.bounding_box()
    return bool(letter and panel and letter["x"] + letter["width"] <= panel["x"])


@pytest.mark.parametrize("device", [{}, DARK], ids=["light", "dark"])
async def test_the_letter_lies_beside_the_assistant_which_greets_by_name(
    visit: OpenVisit, link: str, device: dict[str, object]
) -> None:
    visitor = await visit(link, **device)
    await greeted(visitor)
    letter, panel = visitor.page.locator("article.letter"), visitor.panel
    await expect(letter).to_contain_text("Dear Ann Lee")
    assert await lie_apart(visitor)
    assert await fits(visitor)
    assert await visitor.accessibility_problems() == []
    await visitor.shoot(f"letter-{'dark' if device else 'desk'}")
    await visitor.page.keyboard.press("Tab")
    await panel.get_by_role("button", name="Close").click()
    await expect(panel).to_be_hidden()
    await visitor.shoot(f"letter-alone-{'dark' if device else 'desk'}")
    await letter.get_by_role("link", name="Ask your questions or register").click()
    await expect(panel).to_be_visible()


async def test_on_a_phone_the_assistant_comes_first_and_the_letter_is_behind_it(visit: OpenVisit, link: str) -> None:
    visitor = await visit(link, **PHONE)
    await greeted(visitor)
    assert await visitor.accessibility_problems() == []
    await visitor.shoot("letter-phone-chat")
    await visitor.panel.get_by_role("button", name="Close").click()
    await expect(visitor.page.locator("article.letter")).to_contain_text("Dear Ann Lee")
    assert await fits(visitor)
    assert await visitor.accessibility_problems() == []
    await visitor.shoot("letter-phone")
    small = await visitor.page.locator("main .button, main .papers a, main .note a").evaluate_all(
        "all => all.filter(node => node.getBoundingClientRect().height < 44).map(node => node.outerHTML)"
    )
    assert small == []


async def test_on_a_tablet(visit: OpenVisit, link: str) -> None:
    visitor = await visit(link, **TABLET)
    await greeted(visitor)
    assert await fits(visitor)
    assert await lie_apart(visitor)
    await visitor.shoot("letter-tablet")


async def test_each_visit_has_a_conversation_of_its_own_and_a_reload_keeps_it(
    visit: OpenVisit, site: Site, link: str
) -> None:
    visitor = await visit(site.url)
    await visitor.open()
    await visitor.ask("What is its cost?")
    await expect(visitor.log).to_contain_text("twelve acorns")

    first = await visit(link, context=visitor.page.context)
    await greeted(first)
    await first.ask("What is the training?")
    await expect(first.log).to_contain_text("A squirrel and an owl")
    await first.page.reload()
    await expect(first.log).to_contain_text("A squirrel and an owl")
    assert openings(site) == 1

    second = await visit(link, context=visitor.page.context)
    await greeted(second)
    assert len(await second.said()) == 1, "the earlier visit is not shown"
    assert openings(site) == 2

    await visitor.page.reload()
    await expect(visitor.log).to_contain_text("twelve acorns")
    assert len(await visitor.said()) == 3, "what was said without the letter is a conversation of its own"


async def test_starting_again_begins_with_the_letter_again(visit: OpenVisit, site: Site, link: str) -> None:
    visitor = await visit(link)
    await greeted(visitor)
    await visitor.ask("What is the training?")
    await expect(visitor.log).to_contain_text("A squirrel and an owl")
    await visitor.panel.get_by_role("button", name="Start again").click()
    await visitor.panel.get_by_role("group").get_by_role("button", name="Start again").click()
    await expect(visitor.log).not_to_contain_text("A squirrel")
    await greeted(visitor)
    assert openings(site) == 2


async def test_a_widget_whose_letter_is_gone_begins_like_any_other(visit: OpenVisit, site: Site, link: str) -> None:
    visitor = await visit(site.url, before=_WITH_DEAD_LETTER)
    await visitor.open()
    assert openings(site) == 0


_WITH_DEAD_LETTER = """
    addEventListener("DOMContentLoaded", () => document.querySelector("psqm-assistant").setAttribute("letter", "gone"));
"""


async def test_without_javascript_the_letter_leads_to_a_page_of_its_own(
    visit: OpenVisit, site: Site, link: str
) -> None:
    visitor = await visit(link, **OFF)
    page = visitor.page
    await visitor.shoot("letter-without-javascript")
    await page.get_by_role("link", name="Ask your questions or register").click()
    await expect(page.get_by_text("Hello Ann Lee")).to_be_visible()
    assert page.url == f"{site.url}/chat#latest", "the token does not stay in the address"
    await page.get_by_role("button", name="What does it cost?").click()
    await expect(page.get_by_text("twelve acorns")).to_be_visible()
    await visitor.shoot("letter-plain-chat")


async def test_stopping_by_keyboard_alone(visit: OpenVisit, link: str) -> None:
    visitor = await visit(link)
    page = visitor.page
    await greeted(visitor)
    await press_tab_until(visitor, "Stop further letters")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Stop further letters?")
    assert await visitor.accessibility_problems() == []
    await visitor.shoot("letter-stop")
    await press_tab_until(visitor, "Yes, stop further letters")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("No further letters")
    assert await visitor.accessibility_problems() == []
    await visitor.shoot("letter-stopped")


async def press_tab_until(visitor: Visit, name: str) -> None:
    for _ in range(30):
        if await visitor.page.evaluate("document.activeElement.textContent.trim()") == name:
            return
        await visitor.page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {name}")


@pytest.mark.parametrize("device", [{}, PHONE, DARK], ids=["desk", "phone", "dark"])
async def test_every_page_around_is_accessible_and_fits(
    visit: OpenVisit, site: Site, letter_id: str, link: str, device: dict[str, object]
) -> None:
    visitor = await visit(**device)
    old = site.app[LETTER_LINKS].token(letter_id, date.today() - timedelta(days=200))
    pages = {"stopping": f"{link}/stop", "gone": f"{link}x", "expired": f"{site.url}/letters/{old}"}
    for name, url in (pages | {"standard": f"{site.url}/letter"}).items():
        await visitor.page.goto(url)
        assert await visitor.accessibility_problems() == [], url
        assert await fits(visitor), url
        await visitor.shoot(f"letter-{name}-{'-'.join(map(str, device)) or 'desk'}")


async def test_the_letter_prints_without_the_page_around_it(visit: OpenVisit, link: str) -> None:
    visitor = await visit(link)
    await greeted(visitor)
    await visitor.page.emulate_media(media="print")
    await expect(visitor.panel).to_be_hidden()
    await expect(visitor.page.locator(".papers")).to_be_hidden()
    await expect(visitor.page.get_by_text("Dear Ann Lee")).to_be_visible()
    await visitor.shoot("letter-printed")


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The whole assistant with real schools and two hubs."""
    data: Path = tmp_path_factory.mktemp("letters")
    furnish(data)
    with running(data, secret_key=SECRET) as ready:
        yield ready


@pytest.mark.parametrize(
    ("device", "school"), [({}, "Cromer Road Primary School"), (PHONE, "Foulds School")], ids=["desk", "phone"]
)
async def test_a_school_is_registered_from_the_link_in_three_turns_by_keyboard_alone(
    assistant: Assistant, visit: OpenVisit, device: dict[str, object], school: str
) -> None:
    about = {"urn": None, "school_name": school, "email": f"head@{school.split()[0].lower()}.example"}
    letter = await asyncio.to_thread(lambda: token(assistant, **about))
    assert LetterLinks(SECRET, assistant.url, 180).read(letter, date.today())
    visitor = await visit(f"{assistant.url}/letters/{letter}", **device)
    await greeted(visitor)
    await answers(visitor, "put us down")
    await expect(visitor.log).to_contain_text("Which email address")
    await answers(visitor, f"ann@{school.split()[0].lower()}.barnet.sch.uk")
    await expect(visitor.log).to_contain_text("Shall I register you?")
    await expect(visitor.log).to_contain_text("Ann Lee, Headteacher")
    assert await visitor.accessibility_problems() == []
    await visitor.shoot(f"letter-registering-{'phone' if device else 'desk'}")
    await answers(visitor, "yes please")
    await expect(visitor.log).to_contain_text(f"has a place with {NEAR}")
    assert state_of(assistant.data_dir, school) == ["interested"]
