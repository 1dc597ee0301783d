"""Whatever goes wrong: what was typed is not lost, is said once, and the person knows what to do."""

import json

from playwright.async_api import Route, expect

from tests.browser.conftest import OpenSite, OpenVisit
from tests.browser.site import Site
from tests.browser.visit import Visit

NO_STORAGE = """
for (const area of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, area, {get() { throw new DOMException("denied", "SecurityError"); }});
"""


def sent(visitor: Visit) -> list[dict[str, str]]:
    posted = [
        call.post_data for call in visitor.requests if call.method == "POST" and call.url.endswith("/api/messages")
    ]
    return [json.loads(body) for body in posted if body]


async def lose(route: Route) -> None:
    """Lets the service answer, but not the browser hear it."""
    await route.fetch()
    await route.abort()


async def test_engine_down_is_told_politely_and_a_retry_answers_once(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    site.engine.fail(True)
    await visitor.ask("cost?")

    await expect(visitor.log.get_by_role("link", name=site.scheme.email)).to_be_visible()
    await expect(visitor.log).to_contain_text("cost?")
    await visitor.shoot("engine-down")
    site.engine.fail(False)
    await visitor.retry.click()

    await expect(visitor.log).to_contain_text("twelve acorns")
    await expect(visitor.retry).to_have_count(0)
    first, second = sent(visitor)
    assert first == second
    await visitor.page.reload()
    await expect(visitor.log).to_contain_text("twelve acorns")
    assert [text for text in await visitor.said() if text == "cost?"] == ["cost?"]
    assert len(await visitor.said()) == 3


async def test_engine_down_at_the_start_is_told_and_mended(visit: OpenVisit, site: Site) -> None:
    site.engine.fail(True)
    visitor = await visit()
    await visitor.launcher.click()
    await expect(visitor.log).to_contain_text(site.scheme.email)
    await visitor.field.fill("my question")
    site.engine.fail(False)

    await visitor.retry.click()

    await expect(visitor.log).to_contain_text("Hello!")
    await expect(visitor.retry).to_have_count(0)
    await expect(visitor.field).to_have_value("my question")


async def test_an_answer_lost_on_its_way_is_fetched_again_and_not_made_again(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()

    await visitor.page.route("**/api/messages", lose, times=1)
    await visitor.ask("cost?")
    await expect(visitor.log).to_contain_text("cannot be reached")
    await visitor.retry.click()

    await expect(visitor.log.locator(".problem")).to_have_count(0)
    await expect(visitor.log.locator(".text")).to_have_count(3)
    assert (await visitor.said())[1:] == ["cost?", "Taking part costs twelve acorns for each school."]
    assert site.questions == ["cost?"]


async def test_a_reload_in_the_middle_of_a_turn_loses_nothing(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    site.engine.hold()
    await visitor.ask("cost?")
    await expect(visitor.panel.get_by_text("The assistant is writing")).to_be_attached()
    await visitor.shoot("writing")

    await visitor.page.reload()
    await expect(visitor.log).to_contain_text("cost?")
    site.engine.release()

    await expect(visitor.log).to_contain_text("twelve acorns")
    assert len(await visitor.said()) == 3
    assert len({entry["id"] for entry in sent(visitor)}) == 1


async def test_a_message_that_never_arrived_is_sent_after_a_reload(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.page.route("**/api/messages", lambda route: route.abort(), times=1)
    await visitor.ask("cost?")
    await expect(visitor.retry).to_be_visible()

    await visitor.page.reload()

    await expect(visitor.log).to_contain_text("twelve acorns")
    assert len(await visitor.said()) == 3
    assert site.questions == ["cost?"]


async def test_offline_keeps_the_message_and_sends_it_when_back(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.page.context.set_offline(True)
    await visitor.ask("cost?")
    await expect(visitor.log).to_contain_text("You seem to be offline")
    await visitor.shoot("offline")

    await visitor.page.context.set_offline(False)

    await expect(visitor.log).to_contain_text("twelve acorns")
    assert site.questions == ["cost?"]


async def test_an_expired_session_is_renewed_and_the_question_goes_to_the_new_one(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.ask("training?")
    await expect(visitor.log).to_contain_text("A squirrel")
    await site.forget_conversations()

    await visitor.ask("cost?")

    await expect(visitor.log).to_contain_text("twelve acorns")
    await expect(visitor.log).to_contain_text("has expired")
    assert len(await visitor.said()) == 3
    await visitor.shoot("session-expired")


async def test_a_session_that_expired_while_away_is_renewed_at_the_reload(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.field.fill("half a question")
    await site.forget_conversations()

    await visitor.page.reload()

    await expect(visitor.log).to_contain_text("has expired")
    await expect(visitor.log).to_contain_text("Hello!")
    await expect(visitor.field).to_have_value("half a question")


async def test_an_answer_that_makes_no_sense_is_told_in_words(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.page.route(
        "**/api/messages", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"), times=1
    )
    await visitor.ask("cost?")
    await expect(visitor.log).to_contain_text("Something went wrong on our side.")
    await visitor.retry.click()
    await expect(visitor.log).to_contain_text("twelve acorns")


async def test_too_many_messages_wait_for_as_long_as_the_service_says(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    answers = [{"status": 429, "headers": {"Retry-After": "1"}, "json": {"detail": "Too many messages."}}]
    await visitor.page.route("**/api/messages", lambda route: route.fulfill(**answers.pop()), times=1)

    await visitor.ask("cost?")

    await expect(visitor.log).to_contain_text("Too many messages.")
    await expect(visitor.log).to_contain_text("It goes by itself in a second.")
    await expect(visitor.log).to_contain_text("twelve acorns")
    assert site.questions == ["cost?"]


async def test_the_service_s_own_limit_is_told(visit: OpenVisit, open_site: OpenSite) -> None:
    limited = await open_site(rate_limit=1)
    visitor = await visit(limited.url)
    await visitor.open()
    await visitor.ask("training?")
    await expect(visitor.log).to_contain_text("A squirrel")

    await visitor.ask("cost?")

    await expect(visitor.log).to_contain_text("It goes by itself in")
    await visitor.shoot("too-many-messages")
    assert limited.questions == ["training?"]


async def test_a_message_that_is_too_long_is_not_sent_and_not_cut(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.field.fill("x" * 3_990)
    await expect(visitor.panel.get_by_text("10 characters left").first).to_be_visible()
    await visitor.ask("x" * 4_012)

    await expect(visitor.panel.get_by_text("12 characters too many").first).to_be_visible()
    await expect(visitor.field).to_have_attribute("aria-invalid", "true")
    await expect(visitor.field).to_have_value("x" * 4_012)
    await visitor.shoot("too-long")
    assert sent(visitor) == []


async def test_what_cannot_be_accepted_comes_back_to_be_changed(visit: OpenVisit, site: Site) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.ask("\u200e\u0007")
    await visitor.log.get_by_role("button", name="Change and send again").click()

    await expect(visitor.field).to_have_value("\u200e\u0007")
    await expect(visitor.field).to_be_focused()
    assert len(await visitor.said()) == 1


async def test_a_private_number_does_not_stay_on_the_screen(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.ask("my card is 4111 1111 1111 1111")

    await expect(visitor.log).to_contain_text("[number removed]")
    await expect(visitor.log).not_to_contain_text("4111")
    await expect(visitor.log.locator(".text")).to_have_count(3)
    assert "4111" not in str(await visitor.page.evaluate("JSON.stringify([localStorage, sessionStorage])"))
    await visitor.shoot("number-removed")


async def test_a_private_number_goes_from_the_screen_when_its_answer_was_lost(visit: OpenVisit) -> None:
    visitor = await visit()
    await visitor.open()
    await visitor.page.route("**/api/messages", lose, times=1)
    await visitor.ask("my card is 4111 1111 1111 1111")
    await expect(visitor.retry).to_be_visible()

    await visitor.page.reload()

    await expect(visitor.log).not_to_contain_text("4111")
    await expect(visitor.log).to_contain_text("[number removed]")
    await expect(visitor.log.locator(".text")).to_have_count(3)


async def test_it_works_where_the_browser_forbids_storage(visit: OpenVisit) -> None:
    visitor = await visit(before=NO_STORAGE)
    await visitor.open()
    await visitor.ask("cost?")
    await expect(visitor.log).to_contain_text("twelve acorns")


async def test_late_messages_come_after_the_connection_was_cut(visit: OpenVisit, site: Site) -> None:
    one = await visit()
    await one.open()
    two = await visit(context=one.page.context)
    await two.open()
    async with one.page.expect_event("requestfailed", failed := lambda call: call.url.endswith("/api/events")):
        await one.page.route("**/api/events", lambda route: route.abort())
        site.cut_connections()
    await two.ask("cost?")
    await expect(two.log).to_contain_text("twelve acorns")
    async with one.page.expect_event("requestfailed", failed):
        assert len(await one.said()) == 1
    await one.page.unroute("**/api/events")

    await expect(one.log).to_contain_text("twelve acorns")
    assert await one.said() == await two.said()


async def test_the_stream_is_open_only_while_the_panel_is(visit: OpenVisit) -> None:
    visitor = await visit()
    assert not [call for call in visitor.requests if "/api/" in call.url]
    async with visitor.page.expect_request("**/api/events"):
        await visitor.open()
    async with visitor.page.expect_event("requestfailed", lambda call: call.url.endswith("/api/events")):
        await visitor.page.keyboard.press("Escape")
