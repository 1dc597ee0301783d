"""Every screen, every zoom, every way of seeing."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenVisit
from tests.browser.site import Site
from tests.browser.visit import Visit

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
HAS_RING = """node => {
  const style = getComputedStyle(node);
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 3;
}"""
NO_SIDEWAYS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


async def converse(visitor: Visit) -> None:
    await visitor.open()
    await visitor.ask("What does it cost?")
    await expect(visitor.log).to_contain_text("twelve acorns")
    await visitor.ask("Who gets training?")
    await expect(visitor.log.get_by_role("button", name="How do we join?")).to_be_visible()


async def test_on_a_phone_it_fills_the_screen_and_gives_it_back(visit: OpenVisit) -> None:
    visitor = await visit(**PHONE)
    await visitor.shoot("phone-home")
    await visitor.launcher.tap()
    await expect(visitor.log).to_contain_text("Hello!")
    await visitor.log.get_by_role("button", name="What does it cost?").tap()
    await expect(visitor.log).to_contain_text("twelve acorns")
    await visitor.field.tap()
    await visitor.ask("Who gets training?")
    await expect(visitor.log.get_by_role("button", name="How do we join?")).to_be_in_viewport()
    await visitor.shoot("phone-conversation")

    box = await visitor.panel.bounding_box()
    assert box == {"x": 0, "y": 0, "width": 360, "height": 740}
    assert await visitor.log.evaluate("log => log.scrollWidth <= log.clientWidth")
    await visitor.panel.get_by_role("button", name="Close").tap()
    await expect(visitor.panel).to_be_hidden()
    await expect(visitor.launcher).to_be_focused()


async def test_on_a_phone_the_focus_stays_in_the_sheet(visit: OpenVisit) -> None:
    visitor = await visit(**PHONE)
    await visitor.open()
    for _ in range(14):
        await visitor.page.keyboard.press("Tab")
        assert await visitor.page.evaluate("['PSQM-ASSISTANT', 'BODY'].includes(document.activeElement.tagName)")


async def test_turning_the_device_keeps_the_panel_open_and_its_draft(visit: OpenVisit) -> None:
    visitor = await visit(viewport={"width": 900, "height": 700})
    await visitor.open()
    await visitor.field.fill("half a question")

    await visitor.page.set_viewport_size({"width": 420, "height": 900})
    await expect(visitor.panel).to_have_js_property("offsetWidth", 420)
    await expect(visitor.field).to_be_focused()
    await visitor.page.set_viewport_size({"width": 900, "height": 700})

    await expect(visitor.panel).not_to_have_js_property("offsetWidth", 420)
    await expect(visitor.field).to_have_value("half a question")
    await expect(visitor.field).to_be_focused()


@pytest.mark.parametrize(("zoom", "width", "height"), [(200, 640, 400), (400, 320, 256)])
async def test_zoomed_in_everything_is_in_reach(visit: OpenVisit, zoom: int, width: int, height: int) -> None:
    visitor = await visit(viewport={"width": width, "height": height})
    assert await visitor.page.evaluate(NO_SIDEWAYS)
    await visitor.shoot(f"zoom-{zoom}-home")
    await converse(visitor)

    await visitor.field.scroll_into_view_if_needed()
    await expect(visitor.field).to_be_in_viewport()
    await visitor.shoot(f"zoom-{zoom}-conversation")
    await visitor.panel.get_by_role("button", name="Close").scroll_into_view_if_needed()
    await expect(visitor.panel.get_by_role("button", name="Close")).to_be_in_viewport()
    assert await visitor.panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")


@pytest.mark.parametrize("path", ["/", "/chat"])
async def test_nothing_scrolls_sideways_at_320_pixels(visit: OpenVisit, site: Site, path: str) -> None:
    visitor = await visit(site.url + path, viewport={"width": 320, "height": 640})
    assert await visitor.page.evaluate(NO_SIDEWAYS)
    await visitor.shoot(f"320-pixels-{path.strip('/') or 'home'}")


async def test_the_focus_is_visible_on_everything(visit: OpenVisit) -> None:
    visitor = await visit()
    await converse(visitor)
    await visitor.panel.get_by_role("button", name="Start again").focus()
    seen = []
    for _ in range(6):
        focused = await visitor.panel.evaluate_handle("panel => panel.getRootNode().activeElement")
        seen.append(await focused.evaluate(HAS_RING))
        await visitor.page.keyboard.press("Tab")
    await visitor.shoot("focus-visible")
    assert seen == [True] * 6


async def test_dark_and_forced_colours_keep_it_readable(visit: OpenVisit) -> None:
    visitor = await visit(color_scheme="dark")
    await visitor.shoot("dark-home")
    await converse(visitor)
    await visitor.shoot("dark-conversation")
    await expect(visitor.panel).to_have_css("background-color", "rgb(22, 33, 31)")

    forced = await visit(forced_colors="active")
    await converse(forced)
    await forced.shoot("forced-colours")
    await expect(forced.log.locator(".text").first).to_have_css("border-top-style", "solid")


async def test_nothing_moves_for_those_who_asked_for_that(visit: OpenVisit, site: Site) -> None:
    visitor = await visit(reduced_motion="reduce")
    await visitor.open()
    site.engine.hold()
    await visitor.ask("cost?")
    await expect(visitor.panel.locator(".typing i").first).to_have_css("animation-name", "none")
    await visitor.shoot("no-motion")
    site.engine.release()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(visit: OpenVisit, site: Site, scheme: str) -> None:
    visitor = await visit(color_scheme=scheme)
    assert await visitor.accessibility_problems() == []
    await visitor.shoot(f"home-{scheme}")

    await converse(visitor)
    site.engine.fail(True)
    await visitor.ask("Who are you?")
    await expect(visitor.retry).to_be_visible()
    site.engine.fail(False)
    assert await visitor.accessibility_problems() == []
    await visitor.shoot(f"conversation-{scheme}")

    plain = await visit(f"{site.url}/chat", context=visitor.page.context)
    await plain.page.get_by_label("Your question").fill("training?")
    await plain.page.get_by_role("button", name="Send").click()
    await expect(plain.page.get_by_text("A squirrel")).to_be_visible()
    assert await plain.accessibility_problems() == []
    await plain.shoot(f"chat-{scheme}")


async def test_axe_finds_nothing_on_a_phone(visit: OpenVisit) -> None:
    visitor = await visit(**PHONE)
    await converse(visitor)
    assert await visitor.accessibility_problems() == []
