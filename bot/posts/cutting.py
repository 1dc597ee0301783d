"""Cuts what people typed to what a post can hold; the whole of it is on the desk."""

LONGEST_TITLE = 150
LONGEST_LINE = 300
LONGEST_QUOTE = 1500


def cut(text: str, longest: int = LONGEST_LINE) -> str:
    """``text`` with at most ``longest`` characters, the last of them "…" where something is left out."""
    text = text.strip()
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def one_line(text: str, longest: int = LONGEST_LINE) -> str:
    """The same in one line."""
    return cut(" ".join(text.split()), longest)
