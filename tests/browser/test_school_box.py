"""Asked for the school, a person types a few letters and picks it, by whatever means, or just writes it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.browser.conftest import OpenSite, OpenVisit
from tests.browser.register import LONG_NAME, SCHOOLS, Register, fill_register
from tests.browser.scripted_engine import SUMMARY
from tests.browser.site import HostSite, Site
from tests.browser.test_fitting import PHONE
from tests.browser.visit import Visit

type AskedForSchool = Callable[..., Awaitable[Visit]]

FIRST = "Fairmead Primary School, Lower Acorn, QX5 1AB (100123)"
THIRD = "Fairview Primary School, QX1 1AA (100125)"
POINTED_AT = "box => box.getRootNode().getElementById(box.getAttribute('aria-activedescendant'))?.textContent ?? null"
TYPE_AT_ONCE = """(box, text) => {
  for (let end = 1; end <= text.length; end++) {
    box.value = text.slice(0, end);
    box.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
}"""


@pytest.fixture
def register() -> Register:
    return Register()


@pytest_asyncio.fixture(loop_scope="session")
async def asked_for_school(visit: OpenVisit, register: Register) -> AskedForSchool:
    """Somebody who said "put us down" and was asked for the school."""

    async def begin(**device: Any) -> Visit:
        visitor = await visit(**device)
        await register.stand_in(visitor.page)
        await visitor.open()
        await visitor.ask("Please put us down for it")
        await expect(box(visitor)).to_be_visible()
        return visitor

    return begin


def box(visitor: Visit) -> Locator:
    return visitor.panel.get_by_role("combobox", name="Your school’s name, town or postcode")


def schools(visitor: Visit) -> Locator:
    return visitor.panel.get_by_role("listbox", name="Schools")


def options(visitor: Visit) -> Locator:
    return schools(visitor).get_by_role("option")


def told(visitor: Visit) -> Locator:
    return visitor.panel.locator(".found")


async def pointed_at(visitor: Visit) -> str | None:
    name: str | None = await box(visitor).evaluate(POINTED_AT)
    return name


async def test_a_school_is_found_and_picked_by_keyboard_alone(asked_for_school: AskedForSchool, site: Site) -> None:
    visitor = await asked_for_school()
    keyboard = visitor.page.keyboard
    await expect(box(visitor)).to_be_focused()
    await keyboard.type("fairmead")
    await expect(options(visitor)).to_have_count(2)
    await expect(options(visitor).first).to_have_text("Fairmead Primary School Lower Acorn, QX5 1AB")

    await keyboard.press("ArrowDown")
    await visitor.shoot("school-picked-by-keyboard")
    await keyboard.press("Enter")

    await expect(visitor.log).to_contain_text("What is your name?")
    assert (await visitor.said())[-2] == FIRST
    assert site.questions[-1] == FIRST
    await expect(schools(visitor)).to_be_hidden()
    await expect(visitor.field).to_be_focused()
    await expect(visitor.field).to_have_js_property("tagName", "TEXTAREA")
    await keyboard.type("Rowan")
    await expect(visitor.field).to_have_value("Rowan")


async def test_arrows_go_round_and_pass_the_field(asked_for_school: AskedForSchool) -> None:
    visitor = await asked_for_school()
    await box(visitor).fill("primary")
    await expect(options(visitor)).to_have_count(3)

    names = [(await pointed_at(visitor))]
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"):
        await visitor.page.keyboard.press(key)
        names.append(((await pointed_at(visitor)) or "the field").split(" ")[0])

    assert names == [None, "Fairmead", "Fairview", "St", "the", "St", "Fairview"]
    await expect(box(visitor)).to_have_value("primary")


@pytest.mark.parametrize(("key", "value"), [("Home", "St fair"), ("End", "fairSt "), ("ArrowLeft", "faiSt r")])
async def test_home_end_and_sideways_go_back_into_the_text(
    asked_for_school: AskedForSchool, key: str, value: str
) -> None:
    visitor = await asked_for_school()
    await box(visitor).fill("fair")
    await expect(options(visitor)).to_have_count(4)
    await visitor.page.keyboard.press("ArrowDown")
    assert await pointed_at(visitor)

    await visitor.page.keyboard.press(key)

    assert await pointed_at(visitor) is None
    await visitor.page.keyboard.type("St ")
    await expect(box(visitor)).to_have_value(value)


async def test_escape_closes_the_list_first_and_the_panel_second(asked_for_school: AskedForSchool) -> None:
    visitor = await asked_for_school()
    await box(visitor).fill("fair")
    await expect(schools(visitor)).to_be_visible()

    await visitor.page.keyboard.press("Escape")
    await expect(schools(visitor)).to_be_hidden()
    await expect(visitor.panel).to_be_visible()
    await expect(box(visitor)).to_have_value("fair")
    await visitor.page.keyboard.press("ArrowDown")
    assert await pointed_at(visitor) == "Fairmead Primary School Lower Acorn, QX5 1AB"

    await visitor.page.keyboard.press("Escape")
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.panel).to_be_hidden()


async def test_enter_sends_what_was_typed_if_nothing_is_picked(
    asked_for_school: AskedForSchool, site: Site, register: Register
) -> None:
    visitor = await asked_for_school()
    await box(visitor).fill("fairmead primary")
    await expect(options(visitor)).to_have_count(1)
    await visitor.page.keyboard.press("Enter")

    await expect(visitor.log).to_contain_text("What is your name?")
    assert site.questions[-1] == "fairmead primary"
    assert register.asked == ["fairmead primary"]


async def test_a_screen_reader_is_told_what_it_is_and_where_one_is(asked_for_school: AskedForSchool) -> None:
    visitor = await asked_for_school()
    await expect(box(visitor)).to_have_attribute("aria-autocomplete", "list")
    await expect(box(visitor)).to_have_attribute("aria-expanded", "false")
    await expect(box(visitor)).to_have_attribute("autocomplete", "off")
    await box(visitor).fill("fairmead")
    await expect(box(visitor)).to_have_attribute("aria-expanded", "true")
    await expect(schools(visitor)).to_have_id(await box(visitor).get_attribute("aria-controls") or "")
    await expect(told(visitor)).to_contain_text("2 schools found")
    await expect(told(visitor)).to_have_role("status")
    await expect(schools(visitor).locator("[aria-selected=true]")).to_have_count(0)

    await visitor.page.keyboard.press("ArrowDown")
    await visitor.page.keyboard.press("ArrowDown")

    await expect(box(visitor)).to_be_focused()
    active = await box(visitor).get_attribute("aria-activedescendant") or ""
    await expect(schools(visitor).locator("[aria-selected=true]")).to_have_id(active)
    await expect(options(visitor).last).to_have_accessible_name(f"{LONG_NAME} Great Acorn under Wychwood, QX7 9ZZ")
    await visitor.page.keyboard.press("Escape")
    await expect(box(visitor)).to_have_attribute("aria-expanded", "false")
    await expect(box(visitor)).not_to_have_attribute("aria-activedescendant", active)
    await box(visitor).fill("fairmead p")
    await expect(told(visitor)).to_contain_text("1 school found")


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_axe_finds_nothing_with_the_list_open(asked_for_school: AskedForSchool, colours: str) -> None:
    visitor = await asked_for_school(color_scheme=colours)
    assert await visitor.accessibility_problems() == []
    await box(visitor).fill("fair")
    await expect(options(visitor)).to_have_count(4)
    await visitor.page.keyboard.press("ArrowDown")

    assert await visitor.accessibility_problems() == []
    await visitor.shoot(f"school-list-{colours}")


async def test_the_choice_is_seen_where_colours_are_forced(asked_for_school: AskedForSchool) -> None:
    visitor = await asked_for_school(forced_colors="active")
    await box(visitor).fill("fair")
    await expect(options(visitor)).to_have_count(4)
    await visitor.page.keyboard.press("ArrowDown")

    await expect(options(visitor).first).to_have_css("outline-style", "solid")
    await expect(options(visitor).last).to_have_css("outline-style", "none")
    await visitor.shoot("school-list-forced-colours")


async def test_a_school_is_picked_with_the_mouse(asked_for_school: AskedForSchool, site: Site) -> None:
    visitor = await asked_for_school()
    await box(visitor).fill("fair")
    await options(visitor).filter(has_text="closed").click()

    await expect(visitor.log).to_contain_text("What is your name?")
    assert site.questions[-1] == THIRD
    await expect(visitor.field).to_be_focused()


async def test_on_a_phone_a_school_is_picked_by_touch(asked_for_school: AskedForSchool, site: Site) -> None:
    visitor = await asked_for_school(**PHONE)
    await box(visitor).tap()
    await box(visitor).fill("fair")
    await expect(options(visitor)).to_have_count(4)
    await visitor.shoot("school-list-phone")
    for option in await options(visitor).all():
        size = await option.bounding_box()
        assert size and size["height"] >= 44 and size["x"] >= 0 and size["x"] + size["width"] <= 360
    await expect(box(visitor)).to_be_in_viewport()

    await options(visitor).first.tap()

    await expect(visitor.log).to_contain_text("What is your name?")
    assert site.questions[-1] == FIRST


@pytest.mark.parametrize(("width", "height"), [(360, 380), (640, 400), (320, 256)])
async def test_above_a_keyboard_or_zoomed_in_the_list_leaves_the_field_in_sight(
    asked_for_school: AskedForSchool, width: int, height: int
) -> None:
    visitor = await asked_for_school(viewport={"width": width, "height": height})
    await box(visitor).press_sequentially("fair")
    await expect(options(visitor)).to_have_count(4)
    await visitor.page.keyboard.press("ArrowDown")

    await visitor.shoot(f"school-list-{width}x{height}")
    await expect(box(visitor)).to_be_in_viewport(ratio=0.95)
    await expect(options(visitor).first).to_be_in_viewport(ratio=0.9)
    await visitor.page.keyboard.press("ArrowUp")
    await visitor.page.keyboard.press("ArrowUp")
    await expect(options(visitor).last).to_be_in_viewport(ratio=0.9)
    assert await visitor.panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")


async def test_only_a_pause_in_typing_is_looked_up(asked_for_school: AskedForSchool, register: Register) -> None:
    visitor = await asked_for_school()
    await box(visitor).evaluate(TYPE_AT_ONCE, "fairmead")
    await expect(options(visitor)).to_have_count(2)
    assert register.asked == ["fairmead"]


async def test_a_letter_or_a_question_is_not_looked_up(asked_for_school: AskedForSchool, register: Register) -> None:
    visitor = await asked_for_school()
    await visitor.page.clock.install()
    for text in ("f", "fair, but what does it cost?", "fair " * 30, "fairmead"):
        await box(visitor).fill(text)
        await visitor.page.clock.fast_forward(1_000)
    await expect(options(visitor)).to_have_count(2)
    await box(visitor).fill("f")
    await expect(schools(visitor)).to_be_hidden()
    assert register.asked == ["fairmead"]


async def test_an_answer_that_comes_too_late_is_dropped(asked_for_school: AskedForSchool, register: Register) -> None:
    visitor = await asked_for_school()
    register.hold()
    async with visitor.page.expect_request("**/api/schools?q=fair"):
        await box(visitor).fill("fair")

    async with visitor.page.expect_event("requestfailed", lambda call: call.url.endswith("q=fair")):
        await box(visitor).fill("fairmead")
    register.release()

    await expect(options(visitor)).to_have_count(2)
    assert register.asked == ["fair", "fairmead"]


async def test_the_list_does_not_change_under_the_hand(asked_for_school: AskedForSchool, register: Register) -> None:
    visitor = await asked_for_school()
    await box(visitor).fill("fair")
    await expect(options(visitor)).to_have_count(4)
    register.hold()
    async with visitor.page.expect_request("**/api/schools?q=fairv*"):
        await box(visitor).fill("fairv")

    async with visitor.page.expect_event("requestfailed", lambda call: call.url.endswith("q=fairv")):
        await visitor.page.keyboard.press("ArrowDown")
    register.release()

    assert await pointed_at(visitor) == "Fairmead Primary School Lower Acorn, QX5 1AB"
    await expect(options(visitor)).to_have_count(4)


async def test_a_slow_search_keeps_nobody_waiting(
    asked_for_school: AskedForSchool, register: Register, site: Site
) -> None:
    visitor = await asked_for_school()
    register.hold()
    async with visitor.page.expect_request("**/api/schools?*"):
        await box(visitor).fill("fairmead primary")

    async with visitor.page.expect_event("requestfailed", lambda call: "/api/schools" in call.url):
        await visitor.page.keyboard.press("Enter")
    register.release()

    await expect(visitor.log).to_contain_text("What is your name?")
    await expect(schools(visitor)).to_be_hidden()
    assert site.questions[-1] == "fairmead primary"


async def test_a_search_that_never_ends_is_given_up(asked_for_school: AskedForSchool, register: Register) -> None:
    visitor = await asked_for_school()
    await visitor.page.clock.install()
    register.hold()
    async with visitor.page.expect_request("**/api/schools?*"):
        await box(visitor).fill("fairmead")
    await visitor.page.clock.fast_forward(5_000)

    await expect(told(visitor)).to_contain_text("cannot be looked up just now")
    register.release()


@pytest.mark.parametrize(
    "trouble",
    [
        {"status": 503, "json": {"detail": "The database is being mended."}},
        {"status": 502, "body": "<h1>Bad gateway</h1>"},
        {"status": 200, "json": {"schools": None}},
        {"status": 429, "headers": {"Retry-After": "5"}, "json": {"detail": "Too many requests."}},
    ],
    ids=["unavailable", "no JSON", "no list", "too many"],
)
async def test_a_search_that_fails_leaves_the_person_free_to_write(
    asked_for_school: AskedForSchool, register: Register, site: Site, trouble: dict[str, Any]
) -> None:
    visitor = await asked_for_school()
    await box(visitor).fill("fair")
    await expect(options(visitor)).to_have_count(4)
    register.trouble = trouble

    await box(visitor).fill("fairmead primary")
    await expect(told(visitor)).to_contain_text("cannot be looked up just now")
    await expect(schools(visitor)).to_be_hidden()
    await visitor.page.keyboard.press("Enter")

    await expect(visitor.log).to_contain_text("What is your name?")
    await expect(told(visitor)).to_be_empty()
    assert site.questions[-1] == "fairmead primary"


async def test_nothing_found_is_told_and_can_be_sent(asked_for_school: AskedForSchool, site: Site) -> None:
    visitor = await asked_for_school()
    await box(visitor).fill("Hollow Tree Primary")
    await expect(told(visitor)).to_contain_text("No school found")
    await expect(box(visitor)).to_have_attribute("aria-expanded", "false")
    await visitor.shoot("school-not-found")
    await visitor.panel.get_by_role("button", name="Send").click()

    await expect(visitor.log).to_contain_text("What is your name?")
    assert site.questions[-1] == "Hollow Tree Primary"


async def test_leaving_the_field_closes_the_list(asked_for_school: AskedForSchool) -> None:
    visitor = await asked_for_school()
    await box(visitor).fill("fair")
    await expect(schools(visitor)).to_be_visible()
    await visitor.page.keyboard.press("Tab")

    await expect(schools(visitor)).to_be_hidden()
    await expect(visitor.panel.get_by_role("button", name="Send")).to_be_focused()
    await expect(box(visitor)).to_have_value("fair")


async def test_what_is_typed_stays_when_the_field_becomes_another(asked_for_school: AskedForSchool, site: Site) -> None:
    visitor = await asked_for_school()
    site.engine.hold()
    await visitor.ask("What does it cost?")
    await box(visitor).fill("fairmead in")
    site.engine.release()
    await expect(visitor.log).to_contain_text("twelve acorns")

    await expect(visitor.field).to_have_js_property("tagName", "TEXTAREA")
    await expect(visitor.field).to_have_value("fairmead in")
    await expect(visitor.field).to_be_focused()


async def test_lines_that_are_typed_are_not_glued_together(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    site.engine.hold()
    await visitor.ask("put us down")
    await visitor.field.fill("Fairmead Primary\nLower Acorn")
    site.engine.release()

    await expect(box(visitor)).to_have_value("Fairmead Primary Lower Acorn")


async def test_a_reload_comes_back_to_the_school_and_what_was_typed(asked_for_school: AskedForSchool) -> None:
    visitor = await asked_for_school()
    await box(visitor).fill("fairmead")
    await visitor.page.reload()

    await expect(box(visitor)).to_have_value("fairmead")
    await box(visitor).press("End")
    await visitor.page.keyboard.type(" p")
    await expect(options(visitor)).to_have_count(1)


async def test_a_school_that_may_not_be_meant_says_so(asked_for_school: AskedForSchool) -> None:
    visitor = await asked_for_school()
    await box(visitor).fill("school")
    await expect(options(visitor).locator("span")).to_have_text(
        [
            "Lower Acorn, QX5 1AB",
            "Great Acorn under Wychwood, QX7 9ZZ",
            "QX1 1AA (closed)",
            "Owlsbury (proposed)",
            "Owlsbury, QX2 2AA (not primary)",
        ]
    )


async def test_on_another_site_s_page_a_school_is_found_in_the_service_s_own_register(
    visit: OpenVisit, open_site: OpenSite, host_site: HostSite
) -> None:
    site = await open_site(allowed_origins=(host_site.url,))
    await fill_register(site)
    host_site.embed(site)
    visitor = await visit(host_site.url)
    await visitor.open()
    await visitor.ask("put us down")
    await box(visitor).fill("farmead qx5")
    await expect(options(visitor)).not_to_have_count(0)
    await visitor.shoot("school-list-on-another-site")

    await visitor.page.keyboard.press("ArrowDown")
    await visitor.page.keyboard.press("Enter")

    await expect(visitor.log).to_contain_text("What is your name?")
    assert site.questions[-1] == FIRST


async def test_without_javascript_the_link_leads_to_the_search(visit: OpenVisit, site: Site) -> None:
    await fill_register(site)
    visitor = await visit(f"{site.url}/chat", java_script_enabled=False)
    await visitor.page.get_by_label("Your question").fill("put us down")
    await visitor.page.get_by_role("button", name="Send").click()
    async with visitor.page.expect_popup() as popup:
        await visitor.page.get_by_role("link", name="Look it up").click()
    search = await popup.value

    await search.get_by_role("searchbox").fill("fairmead")
    await search.get_by_role("button", name="Search").click()
    await expect(search.get_by_role("heading", name="Fairmead Primary School")).to_be_visible()
    await expect(visitor.page.get_by_label("Your school")).to_be_visible()


async def test_html_in_a_school_s_name_is_shown_as_text(asked_for_school: AskedForSchool, register: Register) -> None:
    visitor = await asked_for_school()
    wicked = SCHOOLS[0] | {"name": "<img src=x onerror=alert(1)>"}
    register.trouble = {"json": {"schools": [wicked]}}
    await box(visitor).fill("fair")
    await expect(options(visitor)).to_contain_text(["<img src=x onerror=alert(1)>"])


async def test_an_email_address_is_typed_with_the_keyboard_for_it(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.ask("join")
    email = visitor.panel.get_by_role("textbox", name="Your email address")
    await expect(email).to_have_attribute("type", "email")
    await expect(email).to_have_attribute("inputmode", "email")
    await expect(email).to_have_attribute("autocomplete", "email")

    await visitor.page.keyboard.type("why do you need that, and what does it cost?")
    await expect(email).to_have_attribute("aria-invalid", "false")
    await visitor.page.keyboard.press("Enter")

    await expect(visitor.log).to_contain_text("twelve acorns")


async def test_a_summary_keeps_its_lines_on_a_phone(visit: OpenVisit) -> None:
    visitor = await visit(**PHONE)
    await visitor.open()
    await visitor.ask("summary")
    await expect(visitor.log.get_by_role("button", name="Yes, register us")).to_be_in_viewport()

    said = visitor.log.locator(".text").last
    assert (await said.inner_text()).splitlines() == SUMMARY.splitlines()
    assert await visitor.log.evaluate("log => log.scrollWidth <= log.clientWidth")
    await visitor.shoot("summary-phone")
