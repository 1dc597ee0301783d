"""A form of one of our own pages: read, and known to be ours."""

from collections.abc import Mapping

from aiohttp import web

from bot.channels.keys import FORM_GUARD
from bot.channels.problems import Problem


async def read_form(request: web.Request) -> dict[str, str]:
    """The form's fields; raises Problem 400 or 415."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise Problem(415, "malformed", "Please use the form on this page.")
    try:
        return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    except (UnicodeDecodeError, LookupError, ValueError):
        raise Problem(400, "malformed", "The form could not be read: please send it again.") from None


def check_origin(request: web.Request, form: Mapping[str, str], subject: str | None) -> None:
    """Raises Problem 403 unless the form is one of ours about ``subject``, such as a conversation's id."""
    if not request.app[FORM_GUARD].accepts(form.get("csrf", ""), subject, request.headers):
        raise Problem(403, "", "This page was out of date: please press the button once more.")
