"""A headteacher asks in the corner of the page, and is answered."""

from playwright.async_api import expect

from tests.browser.conftest import OpenVisit
from tests.browser.scripted_engine import HTML, LONG_WORD, WELCOME
from tests.browser.site import Site

NAME_OF_FOCUSED = """panel => {
  const focused = panel.getRootNode().activeElement;
  return focused && (focused.ariaLabel || focused.textContent || focused.id);
}"""
SCRIPT_LINKS = "a[href^='javascript']"


async def test_a_question_is_asked_and_answered_by_keyboard_alone(visit: OpenVisit) -> None:
    visitor = await visit()
    page = visitor.page

    for _ in range(40):
        if await visitor.is_focused(visitor.launcher):
            break
        await page.keyboard.press("Tab")
    await expect(visitor.launcher).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(visitor.field).to_be_focused()
    await expect(visitor.log).to_contain_text("Hello!")
    await page.keyboard.type("What does it cost?")
    await page.keyboard.press("Enter")

    await expect(visitor.log).to_contain_text("twelve acorns")
    await expect(visitor.field).to_be_focused()
    await expect(visitor.field).to_have_value("")
    await visitor.shoot("asked-by-keyboard")
    await page.keyboard.press("Escape")
    await expect(visitor.panel).to_be_hidden()
    await expect(visitor.launcher).to_be_focused()


async def test_the_focus_moves_through_the_panel_as_it_is_read(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.panel.get_by_role("button", name="Start again").focus()

    order = []
    for _ in range(7):
        order.append(await visitor.panel.evaluate(NAME_OF_FOCUSED))
        await visitor.page.keyboard.press("Tab")

    assert order == ["Start again", "Close", "Conversation", "What does it cost?", "Who gets trained?", "field", "Send"]


async def test_a_choice_is_taken_by_keyboard_and_cannot_be_taken_twice(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    choice = visitor.log.get_by_role("button", name="Who gets trained?")

    await choice.focus()
    await visitor.page.keyboard.press("Enter")

    await expect(visitor.log).to_contain_text("A squirrel and an owl")
    await expect(visitor.log.get_by_role("button")).to_have_text(["How do we join?"])
    await expect(visitor.field).to_be_focused()
    assert (await visitor.said())[1] == "Who gets trained?"
    assert site.questions == ['/ask{"topic": "training"}']
    await visitor.shoot("choice-taken")


async def test_an_answer_shows_its_source_links_and_lines(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()

    await visitor.ask("links please")
    good = visitor.log.get_by_role("link", name="Good link (opens in a new tab)")
    await expect(good).to_have_attribute("rel", "noopener")
    in_text = visitor.log.get_by_role("link", name="https://scheme.example/a?b=c")
    await expect(in_text).to_have_attribute("target", "_blank")
    by_email = visitor.log.get_by_role("link", name="By email")
    await expect(by_email).to_have_attribute("href", "mailto:oak@scheme.example")
    assert await visitor.log.locator(SCRIPT_LINKS).count() == 0

    await visitor.ask("training?")
    await expect(visitor.log).to_contain_text("Source: a letter made up for tests, last checked 1\u00a0March\u00a02026")
    lines = visitor.log.get_by_text("A squirrel and an owl")
    assert "autumn.\nThe date" in await lines.inner_text()
    await visitor.shoot("source-and-links")


async def test_only_links_that_a_person_may_follow_are_links(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    hrefs = [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "data:text/html,x",
        "//[",
        "/relative",
        "https://good.example/",
    ]
    links = [{"label": f"Link {n}", "href": href} for n, href in enumerate(hrefs)]
    answer = {"n": 3, "from": "assistant", "text": "Links", "choices": [], "links": links, "expects": "text"}
    await visitor.page.route("**/api/messages", lambda route: route.fulfill(json={"messages": [answer]}), times=1)

    await visitor.ask("links")

    await expect(visitor.log).to_contain_text("Link 0")
    await expect(visitor.log.get_by_role("link")).to_have_text(["Link 5 (opens in a new tab)"])


async def test_who_said_what_is_told_to_those_who_do_not_see_it(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.ask("cost?")
    await expect(visitor.log).to_contain_text("twelve acorns")

    heard = await visitor.log.aria_snapshot()

    assert heard.index("Assistant:") < heard.index("Hello!") < heard.index("You:") < heard.index("cost?")
    assert heard.index("cost?") < heard.rindex("Assistant:") < heard.index("twelve acorns")
    await expect(visitor.log).to_have_attribute("aria-live", "polite")


async def test_html_in_a_message_is_shown_as_text(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    typed = f"html {HTML}"

    await visitor.ask(typed)
    await expect(visitor.log.locator(".assistant").last).to_contain_text("{{ 7 * 7 }}")

    assert await visitor.said() == [(await visitor.said())[0], typed, HTML]
    assert await visitor.log.locator("img, b").count() == 0
    assert "broken in" not in await visitor.page.title()
    await visitor.shoot("html-is-text")


async def test_a_very_long_word_stays_inside_the_panel(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.ask("a word, please")
    await expect(visitor.log).to_contain_text(LONG_WORD)

    assert await visitor.log.evaluate("log => log.scrollWidth <= log.clientWidth")
    await visitor.shoot("long-word")


async def test_shift_enter_makes_a_line_and_blanks_are_not_sent(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.ask("   ")
    await visitor.field.fill("cost")
    await visitor.field.press("Shift+Enter")
    await visitor.page.keyboard.type("or training?")
    await visitor.field.press("Enter")

    await expect(visitor.log).to_contain_text("twelve acorns")
    assert site.questions == ["cost\nor training?"]


async def test_the_field_asks_for_an_email_address_when_the_assistant_does(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    await expect(visitor.field).to_have_attribute("inputmode", "text")

    await visitor.ask("join")

    await expect(visitor.field).to_have_attribute("inputmode", "email")
    await expect(visitor.field).to_have_attribute("autocomplete", "email")


async def test_a_reload_resumes_the_conversation_and_the_draft(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.ask("cost?")
    await expect(visitor.log).to_contain_text("twelve acorns")
    before = await visitor.said()
    await visitor.field.fill("and then I wanted to")

    await visitor.page.reload()

    await expect(visitor.log).to_contain_text("twelve acorns")
    assert await visitor.said() == before
    await expect(visitor.field).to_have_value("and then I wanted to")
    assert len([turn for turn in site.engine.turns if turn.get("choice") == WELCOME]) == 1
    await visitor.shoot("resumed-after-reload")


async def test_a_reload_steals_no_focus(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.page.reload()
    await expect(visitor.log).to_contain_text("Hello!")
    assert await visitor.page.evaluate("document.activeElement === document.body")


async def test_two_tabs_show_the_same_conversation(visit: OpenVisit, site: Site) -> None:
    one = await visit()
    await one.open()
    two = await visit(context=one.page.context)
    await two.open()

    await one.ask("cost?")
    await expect(two.log).to_contain_text("twelve acorns")
    await two.ask("training?")
    await expect(one.log).to_contain_text("A squirrel")
    await expect(one.log.get_by_role("button", name="How do we join?")).to_be_visible()

    assert await one.said() == await two.said()
    assert len(await one.said()) == 6
    await two.shoot("second-tab")


async def test_two_tabs_that_ask_at_once_agree_on_the_order(visit: OpenVisit, site: Site) -> None:
    one = await visit()
    await one.open()
    two = await visit(context=one.page.context)
    await two.open()
    site.engine.hold()
    await one.ask("cost?")
    await two.ask("training?")
    site.engine.release()

    for visitor in (one, two):
        await expect(visitor.log.locator(".text")).to_have_count(6)
    assert await one.said() == await two.said()


async def test_two_tabs_that_open_at_once_share_one_conversation(visit: OpenVisit, site: Site) -> None:
    one = await visit()
    two = await visit(context=one.page.context)

    site.engine.hold()

    for visitor in (one, two):
        async with visitor.page.expect_response("**/api/config"):
            await visitor.launcher.click()
    site.engine.release()

    for visitor in (one, two):
        await expect(visitor.log).to_contain_text("Hello!")
    await one.ask("cost?")
    await expect(two.log).to_contain_text("twelve acorns")
    assert len([turn for turn in site.engine.turns if turn.get("choice") == WELCOME]) == 1


async def test_starting_again_in_one_tab_takes_the_other_along(visit: OpenVisit) -> None:
    one = await visit()
    await one.open()
    two = await visit(context=one.page.context)
    await two.open()
    await two.ask("cost?")
    await expect(one.log).to_contain_text("twelve acorns")

    await one.panel.get_by_role("button", name="Start again").click()
    await one.panel.get_by_role("group").get_by_role("button", name="Start again").click()

    for visitor in (one, two):
        await expect(visitor.log.locator(".text")).to_have_count(1)
    await one.ask("training?")
    await expect(two.log).to_contain_text("A squirrel")


async def test_start_again_asks_first_and_then_begins_anew(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.ask("cost?")
    await expect(visitor.log).to_contain_text("twelve acorns")
    again = visitor.panel.get_by_role("button", name="Start again")

    await again.click()
    await visitor.shoot("start-again")
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.log).to_contain_text("twelve acorns")
    await again.click()
    await visitor.panel.get_by_role("group").get_by_role("button", name="Start again").click()

    await expect(visitor.log.locator(".text")).to_have_count(1)
    await expect(visitor.log).to_contain_text("Hello!")
    await expect(visitor.field).to_be_focused()


async def test_a_link_of_the_page_opens_the_panel_and_asks(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    link = visitor.page.get_by_role("link", name="What does it cost?")

    await link.click()

    await expect(visitor.log).to_contain_text("twelve acorns")
    assert site.questions == ['/ask{"topic": "cost"}']  # these words are a choice's, so they are that choice
    await visitor.page.keyboard.press("Escape")
    await expect(link).to_be_focused()
