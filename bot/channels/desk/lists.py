"""Lists that go over several pages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

_SIZE = 25
_LAST = 10_000


@dataclass(frozen=True, slots=True)
class ListPage:
    """Which part of a list is shown; ``before`` and ``after``: the addresses of the pages beside it, or ""."""

    number: int
    size: int
    before: str
    after: str

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    def holding(self, found: Sequence[object]) -> "ListPage":
        """The same once one row more than its size was looked for: the last page leads no further."""
        return self if len(found) > self.size else replace(self, after="")


def page_of(request: web.Request) -> ListPage:
    """The page that ``?page=`` asks for; the first for anything that is no number."""
    asked = request.query.get("page", "")
    number = min(max(int(asked), 1), _LAST) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1

    def address(of: int) -> str:
        return str(request.rel_url.update_query(page=of).with_fragment(None))

    return ListPage(number, _SIZE, address(number - 1) if number > 1 else "", address(number + 1))
