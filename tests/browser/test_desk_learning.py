"""The office reviews a question and writes a topic in a real browser, without JavaScript too; axe finds nothing."""

import pytest
from playwright.async_api import expect

from bot.channels.keys import DATABASE
from tests.at_the_desk import OFFICER, link_of, make_officer
from tests.browser.conftest import OpenVisit
from tests.browser.site import Site
from tests.browser.test_registration_page import PHONE, press_tab_until
from tests.unit.test_learning import ask


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
async def test_a_question_is_reviewed(visit: OpenVisit, site: Site, script: bool) -> None:
    database = site.app[DATABASE]
    await make_officer(database)
    await ask(database, "is there parking at LS1 4AB?", "out_of_scope", conversation=f"browser {script}")
    visitor = await visit(site.url + await link_of(database, OFFICER), java_script_enabled=script)
    page = visitor.page
    await page.get_by_role("button").last.click()
    await page.goto(f"{site.url}/desk/learning")
    if script:
        assert await visitor.accessibility_problems() == []
    await page.get_by_role("link", name="is there parking").first.click()
    await expect(page.get_by_label("The example that is learned from")).to_have_value(
        "is there parking at our postcode?"
    )
    if script:
        assert await visitor.accessibility_problems() == []
    await page.get_by_label("It asks about").select_option("open/venue")
    await page.get_by_label("I have looked").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("Thank you")
    await expect(page.get_by_text("is there parking at our postcode?")).to_be_visible()
    for path in ("/desk/learning/topics", "/desk/learning/topics/new"):
        await page.goto(site.url + path)
        if script:
            assert await visitor.accessibility_problems() == []
    await visitor.shoot("desk-own-topic")


async def test_on_a_phone_and_by_keyboard_a_question_is_left_out(visit: OpenVisit, site: Site) -> None:
    database = site.app[DATABASE]
    await make_officer(database)
    await ask(database, "Pneumono" + "ultramicroscopic" * 12, "out_of_scope", conversation="phone")
    visitor = await visit(site.url + await link_of(database, OFFICER), **PHONE)
    page = visitor.page
    await page.get_by_role("button").last.click()
    for path in ("/desk/learning/topics", "/desk/learning/topics/new", "/desk/learning"):
        await page.goto(site.url + path)
        assert await visitor.accessibility_problems() == [], path
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    await page.get_by_role("link", name="Pneumono").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("What was asked?")
    assert await visitor.accessibility_problems() == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.get_by_label("It asks about").focus()
    await page.keyboard.type("Leave it out")
    await press_tab_until(page, "Save")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Nothing waits.")).to_be_visible()
