"""A headteacher says whether an answer was right."""

from playwright.async_api import expect

from tests.browser.conftest import OpenVisit
from tests.browser.site import Site


async def test_only_the_last_answer_is_asked_about_and_a_click_is_kept(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    group = visitor.log.get_by_role("group", name="Was that right?")
    await expect(group).to_have_count(0)
    await visitor.ask("What does it cost?")
    await expect(group).to_have_count(1)
    await visitor.ask("And the cost for two?")
    await expect(visitor.log.get_by_text("twelve acorns")).to_have_count(2)
    await expect(group).to_have_count(1)

    await group.get_by_role("button", name="Yes").focus()
    await visitor.page.keyboard.press("Enter")

    await expect(group.get_by_role("status")).to_have_text("Thank you.")
    await expect(group.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")
    await visitor.shoot("rated")
    await visitor.page.reload()
    await expect(group.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")


async def test_a_no_brings_the_offer_of_a_person_under_the_focus(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.ask("What does it cost?")
    group = visitor.log.get_by_role("group", name="Was that right?")
    await group.get_by_role("button", name="No").focus()
    await visitor.page.keyboard.press("Enter")

    await expect(visitor.log.get_by_text("Shall I pass your question on to a person?")).to_have_count(1)
    await expect(visitor.log.get_by_text("That was not right.")).to_have_count(1)
    await expect(group).to_have_count(0)
    await expect(visitor.log.get_by_role("button", name="Yes, with this conversation")).to_be_focused()
    await visitor.shoot("rated-wrong")


async def test_a_rating_that_does_not_arrive_says_so(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.ask("What does it cost?")
    group = visitor.log.get_by_role("group", name="Was that right?")
    await visitor.page.route("**/api/ratings", lambda route: route.abort())
    await group.get_by_role("button", name="Yes").click()
    await expect(group.get_by_role("status")).to_have_text("That could not be kept: please try again.")


async def test_without_javascript_an_answer_is_rated(visit: OpenVisit, site: Site) -> None:
    visitor = await visit(f"{site.url}/chat", java_script_enabled=False)
    page = visitor.page
    await page.get_by_label("Your question").fill("What does it cost?")
    await page.get_by_role("button", name="Send").click()
    await page.get_by_role("button", name="No", exact=True).click()
    await expect(page.get_by_text("That was not right.")).to_be_visible()
    await expect(page.get_by_role("button", name="Yes, with this conversation")).to_be_visible()
    await visitor.shoot("chat-rated")
