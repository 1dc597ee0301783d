"""Registering on the plain page, for those whose browser runs no scripts."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenVisit
from tests.browser.scripted_engine import SUMMARY
from tests.browser.site import Site
from tests.browser.test_fitting import NO_SIDEWAYS
from tests.browser.test_plain_page import OFF, ask

PHONE = {"viewport": {"width": 360, "height": 740}} | OFF


async def test_without_javascript_the_school_is_written_and_can_be_looked_up(visit: OpenVisit, site: Site) -> None:
    visitor = await visit(f"{site.url}/chat", **PHONE)
    page = visitor.page
    await ask(page, "put us down")

    school = page.get_by_role("textbox", name="Your school")
    await expect(school).to_have_accessible_description(re.compile("^Its name, town or postcode will do"))
    look_up = page.get_by_role("link", name="Look it up in the list of schools (opens in a new tab)")
    await expect(look_up).to_have_attribute("href", "/schools")
    await expect(look_up).to_have_attribute("target", "_blank")
    await expect(look_up).to_have_attribute("rel", "noopener")
    assert await page.evaluate(NO_SIDEWAYS)
    assert await page.locator("script").count() == 0
    await visitor.shoot("chat-school")
    await school.fill("Fairmead Primary, Lower Acorn")
    await school.press("Enter")

    await expect(page.get_by_text("What is your name?")).to_be_visible()
    await expect(look_up).to_have_count(0)
    assert site.questions[-1] == "Fairmead Primary, Lower Acorn"


async def test_without_javascript_an_email_address_is_asked_for_as_one(visit: OpenVisit, site: Site) -> None:
    visitor = await visit(f"{site.url}/chat", **PHONE)
    await ask(visitor.page, "join")

    email = visitor.page.get_by_role("textbox", name="Your email address")
    await expect(email).to_have_attribute("inputmode", "email")
    await expect(email).to_have_attribute("autocomplete", "email")
    await visitor.shoot("chat-email")
    await email.fill("what does it cost?")
    await email.press("Enter")
    await expect(visitor.page.get_by_text("twelve acorns")).to_be_visible()


@pytest.mark.parametrize(("question", "label"), [("put us down", "Your school"), ("join", "Your email address")])
async def test_what_could_not_be_sent_stays_in_its_field(
    visit: OpenVisit, site: Site, question: str, label: str
) -> None:
    visitor = await visit(f"{site.url}/chat", **OFF)
    await ask(visitor.page, question)
    site.engine.fail(True)
    await visitor.page.get_by_label(label).fill('Fair & "mead"')
    await visitor.page.get_by_role("button", name="Send").click()

    await expect(visitor.page.get_by_role("alert")).to_contain_text(site.scheme.email)
    await expect(visitor.page.get_by_label(label)).to_have_value('Fair & "mead"')
    await expect(visitor.page.get_by_label(label)).to_have_attribute("aria-invalid", "true")
    await visitor.shoot(f"chat-{label.split()[1]}-not-sent")


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_axe_finds_nothing_on_the_plain_form(visit: OpenVisit, site: Site, colours: str) -> None:
    visitor = await visit(f"{site.url}/chat", color_scheme=colours)
    for question in ("put us down", "join", "put us down"):
        await visitor.page.get_by_role("textbox").fill(question)
        await visitor.page.get_by_role("button", name="Send").click()
        await expect(visitor.page.get_by_role("textbox")).to_have_value("")
        assert await visitor.accessibility_problems() == []
    await visitor.shoot(f"chat-school-{colours}")


async def test_a_summary_keeps_its_lines_and_is_seen_whole_on_a_phone(visit: OpenVisit, site: Site) -> None:
    visitor = await visit(f"{site.url}/chat", **PHONE)
    page = visitor.page
    await ask(page, "summary")
    await expect(page.get_by_role("button", name="Yes, register us")).to_be_visible()

    said = page.locator(".said .text").last
    await expect(said).to_be_in_viewport(ratio=0.9)
    assert (await said.inner_text()).splitlines() == SUMMARY.splitlines()
    assert await page.locator(".conversation-box").evaluate("box => box.scrollHeight <= box.clientHeight")
    assert await page.evaluate(NO_SIDEWAYS)
    await visitor.shoot("summary-chat")
