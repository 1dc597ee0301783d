"""The letter as people see it: mail on a phone and a desk, light and dark; paper. Drawn for a reviewer."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests import pdf_reading
from tests.a_letter import LETTER, OWN, ROOT, UNKNOWN, forms, hrefs
from tests.browser.visit import AXE

PICTURES = ROOT / "build" / "screenshots"
FORMS = forms()
MAILS = {
    "letter": FORMS.mail(LETTER, OWN, hrefs()),
    "letter-to-anybody": FORMS.mail(UNKNOWN, OWN, hrefs(UNKNOWN)),
    "reminder": FORMS.reminder(LETTER, OWN, hrefs(), "reminder"),
    "last-reminder": FORMS.reminder(LETTER, OWN, hrefs(), "last_reminder"),
}
WIDTHS = {"phone": 360, "desk": 800}


async def show(browser: Browser, html: str, width: int, scheme: Any) -> tuple[Page, list[str]]:
    """The page on which a mail is shown, and the addresses that it asked for."""
    context = await browser.new_context(viewport={"width": width, "height": 740}, color_scheme=scheme)
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.set_content(html)
    return page, asked


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS))
@pytest.mark.parametrize("mail", list(MAILS))
async def test_a_mail_fits_can_be_read_and_asks_for_nothing(
    browser: Browser, mail: str, width: str, scheme: str
) -> None:
    page, asked = await show(browser, MAILS[mail].html, WIDTHS[width], scheme)
    await page.screenshot(path=drawn(f"{mail}-{width}-{scheme}"), full_page=True)
    assert asked == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    assert await smallest_text(page) >= 13
    assert await problems(page) == []
    dark = await page.evaluate("getComputedStyle(document.querySelector('.leaf')).backgroundColor")
    assert (dark == "rgb(24, 35, 31)") == (scheme == "dark")
    button = page.get_by_role("link", name="register").last
    box = await button.bounding_box()
    assert box is not None and box["height"] >= 44  # WCAG 2.2, 2.5.5: large enough for a thumb
    await page.context.close()


async def test_a_mail_can_be_read_without_the_styles_of_its_head(browser: Browser) -> None:
    html = MAILS["letter"].html
    while "<style" in html:
        before, _, after = html.partition("<style")
        html = before + after.partition("</style>")[2]
    page, _ = await show(browser, html, 360, "light")
    await page.screenshot(path=drawn("letter-phone-without-head-styles"), full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await problems(page) == []
    await page.context.close()


async def test_names_as_long_as_they_get_fit_a_phone(browser: Browser) -> None:
    from bot.letters.composing.standard import crowded_letter

    page, _ = await show(browser, FORMS.mail(crowded_letter(), OWN, hrefs()).html, 360, "light")
    await page.screenshot(path=drawn("letter-phone-crowded"), full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.context.close()


def test_paper_is_drawn_for_a_reviewer() -> None:
    own_report = FORMS.report(OWN)[1]
    for name, pdf in {
        "letter-paper": FORMS.pdf(LETTER, OWN),
        "letter-paper-to-anybody": FORMS.pdf(UNKNOWN, OWN),
        "report-paper": own_report,
    }.items():
        assert all(path.stat().st_size > 20_000 for path in pdf_reading.draw(pdf, PICTURES, name))


def drawn(name: str) -> Path:
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES / f"{name}.png"


async def smallest_text(page: Page) -> float:
    """Of what is shown, in pixels."""
    size: float = await page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('body *')]
          .filter(node => node.checkVisibility() && [...node.childNodes].some(kid => kid.nodeType === 3 && kid.data.trim()))
          .map(node => parseFloat(getComputedStyle(node).fontSize)))"""
    )
    return size


async def problems(page: Page) -> list[str]:
    """What axe finds, contrast and all; a mail stands within a page that has the landmarks."""
    await page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = await page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], rules: {region: {enabled: false},"
        " 'landmark-one-main': {enabled: false}}}).then(result => result.violations)"
    )
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]
