"""The letter's words as plain text."""

from bot.letters.composing.blocks import Block, Break, Bullets, Button, Heading, Link, Spans, Strong, Text, plain


def blocks(given: tuple[Block, ...]) -> str:
    """Filled blocks, an empty line between them."""
    return "\n\n".join(_block(block) for block in given)


def _block(block: Block) -> str:
    match block:
        case Heading(inner):
            return _spans(inner).upper()
        case Bullets(items):
            return "\n".join(f"- {_spans(item)}" for item in items)
        case Button(link):
            return f"{plain(link.spans)}:\n{link.target}"
    return _spans(block.spans)


def _spans(given: Spans) -> str:
    parts = []
    for span in given:
        match span:
            case Text(text):
                parts.append(text)
            case Break():
                parts.append("\n")
            case Strong(inner):
                parts.append(_spans(inner))
            case Link(target, inner):
                words, address = _spans(inner), str(target)
                says_it = words in (address, address.removeprefix("mailto:"), address.removeprefix("https://"))
                parts.append(words if says_it else f"{words} ({address.removeprefix('mailto:')})")
    return "".join(parts)
