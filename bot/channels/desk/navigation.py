"""The desk's navigation: a page is in it once it is there, and for those who may see it."""

from dataclasses import dataclass

from aiohttp import web

from bot.staff.member import Member

_PAGES = (
    ("/desk", "Today", False),
    ("/desk/hubs", "Hubs", False),
    ("/desk/registrations", "Registrations", False),
    ("/desk/questions", "Questions", False),
    ("/desk/conversations", "Conversations", False),
    ("/desk/letters", "Letters", False),
    ("/desk/figures", "Figures", False),
    ("/desk/learning", "Learning", True),
    ("/desk/record", "Record", False),
)
"""Address, name, and whether it is the office's alone."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation; ``is_here``: it, or a page below it, is the one that is shown."""

    href: str
    label: str
    is_here: bool
    is_exactly_here: bool


def entries(request: web.Request, member: Member) -> list[Entry]:
    """The pages that ``member`` can go to."""
    there = {resource.canonical for resource in request.app.router.resources()}
    return [
        Entry(href, label, _is_here(request.path, href), request.path == href)
        for href, label, is_of_the_office in _PAGES
        if href in there and (member.is_office or not is_of_the_office)
    ]


def _is_here(path: str, href: str) -> bool:
    return path == href or (href != "/desk" and path.startswith(f"{href}/"))
