"""The pages of a registration in a real browser: without JavaScript, by keyboard, on a phone, for a screen reader."""

import re
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.channels.keys import DATABASE, LINKS
from bot.hubs import nearest
from bot.registrations.registration import Registration
from tests.browser.conftest import OpenVisit
from tests.browser.site import Site
from tests.put_down import ANN, CY, NOW, OAK, YEAR, make_hub, put_down

OFF = {"java_script_enabled": False}
PHONE = {"viewport": {"width": 360, "height": 740}}
DARK = {"color_scheme": "dark"}


def link(site: Site, registration: Registration) -> str:
    token = site.app[LINKS].token(registration.id, registration.contacts[0].person_id)
    return f"{site.url}/r/{token}"


@pytest_asyncio.fixture(loop_scope="session")
async def anns(site: Site) -> str:
    """The link of Ann, whose school holds the only place."""
    cohort = await make_hub(site.app[DATABASE], capacity=1)
    return link(site, await put_down(site.app[DATABASE], cohort))


@pytest_asyncio.fixture(loop_scope="session")
async def cys(site: Site, anns: str) -> str:
    """The link of Cy, whose school waits for Ann's place."""
    async with site.app[DATABASE].reading() as session:
        [place] = await nearest(session, None, None, YEAR, 40)
    later = NOW + timedelta(hours=1)
    return link(site, await put_down(site.app[DATABASE], place.place.cohort_id, OAK, CY, now=later))


async def withdraw(page: Page) -> None:
    await page.get_by_role("link", name="Withdraw your school").click()
    await page.get_by_role("button", name="Yes, withdraw").click()


async def press_tab_until(page: Page, name: str) -> None:
    for _ in range(30):
        if await page.evaluate("document.activeElement.textContent.trim()") == name:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {name}")


async def test_without_javascript_somebody_sees_corrects_and_withdraws(visit: OpenVisit, anns: str) -> None:
    visitor = await visit(anns, **OFF)
    page = visitor.page
    await expect(page.get_by_role("heading", name="A place is held for your school")).to_be_visible()
    await expect(page.get_by_text("Ann Lee, headteacher")).to_be_visible()
    await visitor.shoot("registration")

    await page.get_by_role("link", name="See or correct your details").click()
    await expect(page.get_by_label("Phone number")).to_have_value(ANN.phone)
    await page.get_by_label("Your name").fill("Anne Lee-Smith")
    await page.get_by_label("Your role").fill("Head of school")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("Thank you, that is done.")
    await expect(page.get_by_text("Anne Lee-Smith, Head of school")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("Contact details corrected.")).to_have_count(1)
    await visitor.shoot("registration-corrected")

    await page.get_by_role("link", name="Withdraw your school").click()
    await visitor.shoot("registration-withdraw")
    await page.get_by_role("link", name="No, leave things as they are").click()
    await expect(page.get_by_role("heading", name="A place is held for your school")).to_be_visible()
    await withdraw(page)
    await expect(page.get_by_role("heading", name="Your school is withdrawn")).to_be_visible()
    await visitor.shoot("registration-withdrawn")


async def test_a_place_is_offered_and_taken(visit: OpenVisit, anns: str, cys: str) -> None:
    visitor = await visit(cys, **OFF)
    page = visitor.page
    await expect(page.get_by_role("heading", name="Your school is on the waiting list")).to_be_visible()
    await page.goto(anns)
    await withdraw(page)
    await page.goto(cys)
    await expect(page.get_by_role("heading", name="A place has become free")).to_be_visible()
    await visitor.shoot("registration-offered")
    await page.get_by_role("button", name="Yes, take the place").click()
    await expect(page.get_by_role("heading", name="A place is held for your school")).to_be_visible()


async def test_by_keyboard_alone(visit: OpenVisit, anns: str) -> None:
    page = (await visit(anns, **OFF)).page
    await press_tab_until(page, "Withdraw your school")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Withdraw your school?")
    await press_tab_until(page, "Yes, withdraw")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Your school is withdrawn")).to_be_visible()


async def test_what_is_wrong_is_said_at_its_field(visit: OpenVisit, anns: str) -> None:
    visitor = await visit(f"{anns}/details", **OFF)
    page = visitor.page
    await page.get_by_label("Your name").fill("A1")
    await page.get_by_label("Phone number").fill("ring me")
    await page.get_by_role("button", name="Save").click()
    name = page.get_by_label("Your name")
    await expect(name).to_have_attribute("aria-invalid", "true")
    await expect(name).to_have_accessible_description(re.compile("for example Ann Lee"))
    await expect(page.get_by_label("Phone number")).to_have_value("ring me")
    await expect(page).to_have_title(re.compile("^Not saved"))
    await visitor.shoot("registration-details-wrong")
    await page.get_by_role("alert").get_by_role("link", name=re.compile("in digits")).click()
    await page.keyboard.type("!")
    await expect(page.get_by_label("Phone number")).to_be_focused()


async def test_a_link_that_does_not_work_leads_to_a_new_one(visit: OpenVisit, site: Site, anns: str) -> None:
    visitor = await visit(anns[:-3], **OFF)
    page = visitor.page
    await expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work")
    await visitor.shoot("registration-dead-link")
    await page.get_by_label("The email address").fill("nonsense")
    await page.get_by_role("button", name="Send me a new link").click()
    await expect(page.get_by_role("alert")).to_contain_text("for example ann@school.example")
    await page.get_by_label("The email address").fill(ANN.email)
    await page.get_by_role("button", name="Send me a new link").click()
    await expect(page.get_by_role("status")).to_contain_text("is on its way there")
    await expect(page.get_by_role("main").get_by_role("link", name=site.scheme.email)).to_be_visible()
    await visitor.shoot("registration-new-link")


PAGES = ["", "/details", "/withdraw"]


@pytest.mark.parametrize("device", [{}, PHONE, DARK], ids=["desk", "phone", "dark"])
async def test_every_page_is_accessible_and_fits(
    visit: OpenVisit, site: Site, anns: str, device: dict[str, object]
) -> None:
    visitor = await visit(**device)
    page = visitor.page
    for url in (*(anns + rest for rest in PAGES), f"{site.url}/r", f"{site.url}/r/forged", f"{site.url}/privacy"):
        await page.goto(url)
        assert await visitor.accessibility_problems() == [], url
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url
        assert await page.locator("script").count() == 0
        small = await page.locator(
            "main button, main a.button, main a.quiet, main input:not([type=hidden])"
        ).evaluate_all(
            "all => all.filter(node => node.getBoundingClientRect().height < 44).map(node => node.outerHTML)"
        )
        assert small == [], url
    await visitor.shoot(f"privacy-{'-'.join(map(str, device)) or 'desk'}")


async def test_on_a_phone(visit: OpenVisit, site: Site, anns: str) -> None:
    visitor = await visit(anns, **PHONE, **OFF)
    await visitor.shoot("registration-phone")
    await visitor.page.goto(f"{anns}/details")
    await visitor.shoot("registration-details-phone")
    await visitor.page.goto(f"{site.url}/privacy")
    await visitor.shoot("privacy-phone")
