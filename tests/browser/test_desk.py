"""The desk in a real browser: without JavaScript, by keyboard, on a phone, for a screen reader."""

import re
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect
from sqlalchemy import insert

from bot.channels.keys import DATABASE
from bot.staff.sign_in import issue
from bot.store.tables import ChatAccountRow
from tests.at_the_desk import HAL, OFFICER, link_of, make_officer, member
from tests.browser.conftest import OpenVisit
from tests.browser.site import Site
from tests.browser.test_registration_page import DARK, OFF, PHONE, press_tab_until
from tests.hubs_at_work import TwoHubs, another, two_hubs
from tests.put_down import ANN, CY, FAIRVIEW, OAK, put_down


@pytest_asyncio.fixture(loop_scope="session")
async def both(site: Site) -> TwoHubs:
    """Hal's hub with a school to confirm and one that waits, Ida's, and somebody of the office."""
    found = await two_hubs(site.app[DATABASE], capacity=1)
    await make_officer(site.app[DATABASE])
    return found


@pytest_asyncio.fixture(loop_scope="session")
async def anns(site: Site, both: TwoHubs) -> str:
    registration = await put_down(site.app[DATABASE], both.hals, FAIRVIEW, ANN)
    await put_down(site.app[DATABASE], both.hals, OAK, CY)
    return f"{site.url}/desk/registrations/{registration.id}"


async def sign_in(page: Page, site: Site, email: str) -> BrowserContext:
    await page.goto(site.url + await link_of(site.app[DATABASE], email))
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Good to see you")
    return page.context


async def test_without_javascript_a_leader_signs_in_confirms_and_signs_out(
    visit: OpenVisit, site: Site, anns: str
) -> None:
    visitor = await visit(anns, **OFF)
    page = visitor.page
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    await visitor.shoot("desk-sign-in")
    await page.get_by_label("Your email address").fill(HAL)
    await page.get_by_role("button", name="Mail me a link").click()
    await expect(page.get_by_role("status")).to_contain_text("If we know you by that address")
    await sign_in(page, site, HAL)
    await visitor.shoot("desk-today")
    await page.get_by_role("button", name="Confirm Fairview Primary School").click()
    await expect(page.get_by_role("status")).to_contain_text("The place is confirmed")
    await visitor.shoot("desk-registration")
    await page.get_by_role("link", name="Record").click()
    await expect(page.get_by_role("cell", name="confirmed", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("status")).to_have_text("You are signed out.")
    await page.goto(anns)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


async def test_a_leader_finds_moves_and_withdraws(visit: OpenVisit, site: Site, anns: str) -> None:
    visitor = await visit(**OFF)
    page = visitor.page
    await sign_in(page, site, HAL)
    await page.get_by_role("link", name="Registrations", exact=True).click()
    await page.get_by_label("School or person").fill("fairview")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("status")).to_contain_text("1 registration.")
    await visitor.shoot("desk-registrations")
    await page.get_by_role("link", name="Fairview Primary School").click()
    await page.get_by_label("Hub", exact=True).select_option(label="Mill hub (1 left)")
    await page.get_by_role("button", name="Move the school").click()
    await expect(page.get_by_role("status").first).to_contain_text("The school is moved.")
    await page.get_by_role("link", name="Oak Primary School").click()
    await expect(page.get_by_role("heading", name="A place is offered")).to_be_visible()
    await page.get_by_role("link", name="Withdraw the school").click()
    await visitor.shoot("desk-registration-withdraw")
    await page.get_by_role("button", name="Yes, withdraw").click()
    await expect(page.get_by_role("heading", name="Withdrawn")).to_be_visible()


async def test_what_is_wrong_with_a_session_is_said_at_its_field(visit: OpenVisit, site: Site, both: TwoHubs) -> None:
    visitor = await visit(**OFF)
    page = visitor.page
    await sign_in(page, site, HAL)
    await page.goto(f"{site.url}/desk/hubs/{both.hals}")
    await page.get_by_label("Date").fill("")
    await page.get_by_label("Venue").fill("The Barn")
    await page.get_by_role("button", name="Save the session").click()
    date = page.get_by_label("Date")
    await expect(date).to_have_attribute("aria-invalid", "true")
    await expect(date).to_have_accessible_description(re.compile("give the date too"))
    await expect(page.get_by_label("Venue")).to_have_value("The Barn")
    await expect(page).to_have_title(re.compile("^Not saved"))
    await visitor.shoot("desk-session-wrong")
    await date.fill("2027-02-03")
    await page.get_by_role("button", name="Save the session").click()
    await expect(page.get_by_role("status")).to_have_text("Saved.")


async def test_by_keyboard_alone(visit: OpenVisit, site: Site, anns: str) -> None:
    page = (await visit(**OFF)).page
    await sign_in(page, site, HAL)
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to the main part"
    await press_tab_until(page, "Fairview Primary School")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Fairview Primary School")
    await press_tab_until(page, "Confirm the place")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="The place is confirmed")).to_be_visible()


@pytest.mark.parametrize("device", [{}, PHONE, DARK], ids=["desk", "phone", "dark"])
async def test_every_page_is_accessible_and_fits(
    visit: OpenVisit, site: Site, anns: str, both: TwoHubs, device: dict[str, object]
) -> None:
    for number in range(53):  # two pages
        await put_down(site.app[DATABASE], both.hals, *another(number))
    visitor = await visit(**device)
    page = visitor.page
    name = "-".join(map(str, device)) or "wide"
    outside = [
        "/desk/sign-in",
        "/desk/sign-in?asked",
        "/desk/sign-in?out",
        "/desk/sign-in/guessed",
        "/desk/link/guessed",
    ]
    outside += [await link_of(site.app[DATABASE], HAL), await _link_of_account(site)]
    for path in outside:
        await _check(visitor.page, await _problems(visitor, site.url + path), path)
    await sign_in(page, site, OFFICER)
    inside = [
        "/desk",
        "/desk/hubs",
        f"/desk/hubs/{both.hals}",
        "/desk/registrations",
        "/desk/registrations?text=nobody",
    ]
    inside += ["/desk/record", "/desk/sessions", "/desk/nothing"]
    for path in (*(site.url + rest for rest in inside), anns, f"{anns}/withdraw"):
        await _check(page, await _problems(visitor, path), path)
        shot = re.sub(r"\W+", "-", path.removeprefix(site.url).replace(anns.rpartition("/")[2], "one")).strip("-")
        if both.hals not in path:
            await visitor.shoot(f"{shot}-{name}")
    await page.goto(f"{site.url}/desk/hubs/{both.hals}")
    await visitor.shoot(f"desk-hub-{name}")


async def _link_of_account(site: Site) -> str:
    now = datetime.now(UTC)
    row = {"id": "a1", "platform": "slack", "workspace": "T1", "user_id": "U1", "also_mail": False, "created_at": now}
    hal = await member(site.app[DATABASE], HAL)
    async with site.app[DATABASE].writing() as session:
        await session.execute(insert(ChatAccountRow).values(row))
        token = await issue(session, hal, now, "a1")
        await session.commit()
    return f"/desk/link/{token}"


async def _problems(visitor: object, url: str) -> list[str]:
    await visitor.page.goto(url)  # type: ignore[attr-defined]
    found: list[str] = await visitor.accessibility_problems()  # type: ignore[attr-defined]
    return found


async def _check(page: Page, problems: list[str], path: str) -> None:
    assert problems == [], path
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert await page.locator("script").count() == 0
    small = await page.locator(
        "button, a.button, a.quiet, nav a, select, input:not([type=hidden]):not([type=checkbox])"
    ).evaluate_all("all => all.filter(node => node.getBoundingClientRect().height < 43.5).map(node => node.outerHTML)")
    assert small == [], path
