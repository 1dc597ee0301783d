"""Reads HTML as a person does: words and links, without the tags."""

from html.parser import HTMLParser


class Reading(HTMLParser):
    """What a page holds; ``tags`` in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All words, then all links."""
        return "".join(self.words) + " ".join(self.links)
