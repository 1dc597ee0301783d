"""Somebody who looks at a page: finds things as people do, by their words and roles."""

import re
from pathlib import Path
from typing import Any

from playwright.async_api import ConsoleMessage, Locator, Page, Request, expect

from tests.browser.site import Site

AXE = Path(__file__).parent / "vendor" / "axe.min.js"


class Visit:
    """A page with the widget on it. ``complaints``: its script errors and policy violations."""

    def __init__(self, page: Page, site: Site, screenshots: Path) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[Request] = []
        self.shots: list[str] = []
        self._site = site
        self._screenshots = screenshots
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)
        page.on("request", lambda call: self.requests.append(call))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    @property
    def launcher(self) -> Locator:
        return self.page.locator("psqm-assistant .launcher")

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog", name=f"{self._site.scheme.short_name} assistant")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Conversation")

    @property
    def field(self) -> Locator:
        """Where one writes, whatever the assistant expects there."""
        return self.panel.get_by_label(re.compile("^Your (question or answer|email address|school’s name)"))

    @property
    def retry(self) -> Locator:
        return self.log.get_by_role("button", name="Try again")

    async def open(self) -> None:
        """Opens the panel and waits for the greeting."""
        await self.launcher.click()
        await expect(self.log).to_contain_text("Hello!")

    async def ask(self, question: str) -> None:
        """Types a question and sends it."""
        await self.field.fill(question)
        await self.field.press("Enter")

    async def said(self) -> list[str]:
        """The texts of the conversation, in the order in which they are shown."""
        return [text.strip() for text in await self.log.locator(".text").all_text_contents()]

    async def is_focused(self, locator: Locator) -> bool:
        focused: bool = await locator.evaluate("node => node.getRootNode().activeElement === node")
        return focused

    async def shoot(self, name: str) -> None:
        """Keeps what is to be seen as build/screenshots/``name``.png, for a reviewer."""
        self.shots.append(name)
        self._screenshots.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=self._screenshots / f"{name}.png")

    async def accessibility_problems(self) -> list[str]:
        """What axe finds, one line each."""
        await self.page.evaluate(AXE.read_text("utf-8"))
        found: list[dict[str, Any]] = await self.page.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)"
        )
        return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]
