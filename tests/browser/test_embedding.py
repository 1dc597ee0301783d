"""The widget on somebody else's page, whatever that page does; and what our own pages allow."""

from playwright.async_api import expect

from tests.browser.conftest import OpenSite, OpenVisit
from tests.browser.site import HostSite, Site

STYLE = "log => { const s = getComputedStyle(log); return [s.fontSize, s.color, s.display]; }"
THEME = """<style>
  psqm-assistant { --psqm-accent: rgb(60, 20, 90); }
  psqm-assistant::part(launcher) { letter-spacing: 2px; }
</style>"""
HOSTILE = """<style>
  html { font-size: 62.5%; }
  * { all: unset !important; color: red !important; font: 40px fantasy !important; display: inline !important; }
  psqm-assistant { opacity: 0 !important; visibility: hidden !important; transform: rotate(9deg) !important; }
  button, textarea, dialog { display: none !important; }
  ::part(launcher) { outline: none; }
</style>"""


async def test_it_works_on_an_allowed_site_of_another_origin(
    visit: OpenVisit, open_site: OpenSite, host_site: HostSite
) -> None:
    site = await open_site(allowed_origins=(host_site.url,))
    host_site.embed(site)
    visitor = await visit(host_site.url)
    await visitor.open()
    await visitor.ask("cost?")
    await expect(visitor.log).to_contain_text("twelve acorns")
    await visitor.shoot("embedded-on-another-site")

    other = await visit(host_site.url, context=visitor.page.context)
    await other.open()
    await expect(other.log).to_contain_text("twelve acorns")
    await other.ask("training?")
    await expect(visitor.log).to_contain_text("A squirrel")
    assert await visitor.page.context.cookies() == []


async def test_a_site_that_is_not_allowed_is_told_politely(
    visit: OpenVisit, open_site: OpenSite, host_site: HostSite
) -> None:
    site = await open_site(allowed_origins=("https://another.example",))
    host_site.embed(site)
    visitor = await visit(host_site.url)

    await visitor.launcher.click()
    await expect(visitor.log).to_contain_text("cannot be reached just now")
    await visitor.ask("cost?")

    await expect(visitor.log).to_contain_text("cost?")
    await visitor.shoot("site-not-allowed")
    assert site.engine.turns == []
    assert visitor.complaints and all("blocked by CORS policy" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()


async def test_a_page_with_hostile_styles_cannot_break_it(
    visit: OpenVisit, open_site: OpenSite, host_site: HostSite
) -> None:
    site = await open_site(allowed_origins=(host_site.url,))
    host_site.embed(site, head=HOSTILE)
    visitor = await visit(host_site.url)
    await visitor.open()
    await visitor.ask("cost?")
    await expect(visitor.log).to_contain_text("twelve acorns")
    await visitor.shoot("hostile-page")

    style = await visitor.log.evaluate(STYLE)
    assert style == ["16px", "rgb(28, 42, 40)", "flex"]
    box = await visitor.panel.bounding_box()
    assert box and box["x"] + box["width"] <= 1280 and box["width"] > 350


async def test_a_page_with_the_strictest_policy_can_hold_it(
    visit: OpenVisit, open_site: OpenSite, host_site: HostSite
) -> None:
    site = await open_site(allowed_origins=(host_site.url,))
    host_site.embed(site)
    host_site.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {site.url}; connect-src {site.url}; style-src 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    visitor = await visit(host_site.url)
    await visitor.open()
    await visitor.ask("cost?")
    await expect(visitor.log).to_contain_text("twelve acorns")


async def test_its_words_and_colours_can_be_chosen(visit: OpenVisit, open_site: OpenSite, host_site: HostSite) -> None:
    site = await open_site(allowed_origins=(host_site.url,))
    host_site.embed(site, head=THEME, attributes='label="Ask the owl" open')
    visitor = await visit(host_site.url)
    await expect(visitor.log).to_contain_text("Hello!")
    await visitor.panel.get_by_role("button", name="Close").click()

    await expect(visitor.launcher).to_have_text("Ask the owl")
    await expect(visitor.launcher).to_have_css("background-color", "rgb(60, 20, 90)")
    await expect(visitor.launcher).to_have_css("letter-spacing", "2px")
    await visitor.shoot("themed")


async def test_our_pages_block_inline_scripts_and_report_nothing_else(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.ask("cost?")
    await expect(visitor.log).to_contain_text("twelve acorns")
    assert visitor.complaints == []

    async with visitor.page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        await visitor.page.evaluate(
            "const script = document.createElement('script'); script.textContent = 'window.broken = true';"
            "document.body.append(script);"
        )

    assert await visitor.page.evaluate("window.broken") is None
    visitor.complaints.clear()


async def test_nothing_is_asked_of_anybody_else(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.ask("links please")
    await expect(visitor.log).to_contain_text("Good link")
    await visitor.page.goto(f"{site.url}/chat")

    assert [call.url for call in visitor.requests if not call.url.startswith(f"{site.url}/")] == []
