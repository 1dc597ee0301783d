"""The same conversation as a plain page, for those whose browser runs no scripts."""

from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.scripted_engine import HTML
from tests.browser.site import Site

OFF = {"java_script_enabled": False}


async def ask(page: Page, question: str) -> None:
    await page.get_by_label("Your question").fill(question)
    await page.get_by_role("button", name="Send").click()


async def test_without_javascript_a_question_is_asked_and_answered(visit: OpenVisit, site: Site) -> None:
    visitor = await visit(**OFF)
    page = visitor.page
    await page.get_by_role("link", name="on a page of its own").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("assistant")
    await expect(page.get_by_text("Hello!")).to_be_visible()

    await ask(page, "What would it cost us?")

    await expect(page.get_by_text("twelve acorns")).to_be_visible()
    await expect(page.get_by_text("last checked 1 March 2026")).to_be_visible()
    await expect(page.get_by_role("link", name="The scheme’s website")).to_be_visible()
    await page.reload()
    assert site.questions == ["What would it cost us?"]
    await visitor.shoot("chat-without-javascript")


async def test_without_javascript_by_keyboard_alone(visit: OpenVisit, site: Site) -> None:
    visitor = await visit(f"{site.url}/chat", **OFF)
    page = visitor.page
    choice = page.get_by_role("button", name="Who gets trained?")
    for _ in range(20):
        if await choice.evaluate("button => button === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("A squirrel and an owl")).to_be_visible()
    await expect(page.get_by_role("button", name="How do we join?")).to_be_visible()
    await expect(choice).to_have_count(0)


async def test_engine_down_keeps_what_was_typed_and_sends_it_once(visit: OpenVisit, site: Site) -> None:
    visitor = await visit(f"{site.url}/chat", **OFF)
    page = visitor.page
    site.engine.fail(True)
    await ask(page, "cost,\nplease?")
    await expect(page.get_by_role("alert")).to_contain_text(site.scheme.email)
    await expect(page.get_by_label("Your question")).to_have_value("cost,\nplease?")
    await visitor.shoot("chat-engine-down")
    site.engine.fail(False)

    await page.get_by_role("button", name="Send").click()

    await expect(page.get_by_text("twelve acorns")).to_be_visible()
    await expect(page.locator(".said-you")).to_have_count(1)


async def test_engine_down_at_the_start_shows_where_to_write(visit: OpenVisit, site: Site) -> None:
    site.engine.fail(True)
    visitor = await visit(f"{site.url}/chat", **OFF)
    await expect(visitor.page.get_by_role("alert")).to_contain_text(site.scheme.email)
    await visitor.shoot("chat-down-at-start")


async def test_html_is_shown_as_text(visit: OpenVisit, site: Site) -> None:
    visitor = await visit(f"{site.url}/chat", **OFF)
    await ask(visitor.page, f"html {HTML}")
    await expect(visitor.page.locator(".said .text").last).to_have_text(HTML)
    assert await visitor.page.locator(".said img, .said b").count() == 0
    await visitor.shoot("chat-html-is-text")


async def test_start_again_begins_anew(visit: OpenVisit, site: Site) -> None:
    visitor = await visit(f"{site.url}/chat", **OFF)
    await ask(visitor.page, "cost?")
    await expect(visitor.page.get_by_text("twelve acorns")).to_be_visible()
    await visitor.page.get_by_role("button", name="Start again").click()
    await expect(visitor.page.get_by_text("Hello!")).to_be_visible()
    await expect(visitor.page.locator(".said")).to_have_count(1)


async def test_it_needs_no_script_and_fits_a_phone(visit: OpenVisit, site: Site) -> None:
    visitor = await visit(f"{site.url}/chat", viewport={"width": 360, "height": 740}, **OFF)
    await ask(visitor.page, "training?")
    await expect(visitor.page.get_by_text("A squirrel")).to_be_in_viewport()
    assert await visitor.page.locator("script").count() == 0
    await visitor.shoot("chat-phone")
