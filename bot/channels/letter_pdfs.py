"""Letters and reports as PDFs that a browser shows."""

import asyncio
from functools import lru_cache
from urllib.parse import quote

from aiohttp import web

from bot.letters.composing.forms import LetterForms
from bot.letters.composing.hub_letter import HubLetter
from bot.letters.letter import Letter

_KEPT = 16  # for whoever opens a letter twice; with the hub's own report beside it, each can take two megabytes


class LetterPdfs:
    """Composes beside the event loop, and keeps the latest letters."""

    def __init__(self, forms: LetterForms) -> None:
        self._compose = lru_cache(_KEPT)(forms.pdf)
        self._report = forms.report

    async def letter(self, letter: Letter, own: HubLetter) -> bytes:
        """The letter; raises LetterProblem."""
        return await asyncio.to_thread(self._compose, letter, own)

    async def report(self, own: HubLetter) -> tuple[str, bytes]:
        """File name and content of the enclosed report; raises LetterProblem."""
        return await asyncio.to_thread(self._report, own)


def shown_file(name: str, content: bytes) -> web.Response:
    """A PDF that the browser shows, and saves by its name (RFC 6266, 5)."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in " .-_") else "_" for sign in name)
    named = f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": named, "Cache-Control": "no-store"}
    return web.Response(body=content, content_type="application/pdf", headers=headers)
