"""How the desk says topics: ``ask/first_session`` is "First session"."""

_LEFT_OPEN = "open"


def topic_name(topic: str) -> str:
    """A topic in words, and whether the letter leaves it open."""
    if topic == "out_of_scope":
        return "None of ours"
    kind, _, slug = topic.rpartition("/")
    words = slug.replace("_", " ").replace("-", " ").strip()
    named = words[:1].upper() + words[1:]
    return f"{named} (the letter leaves it open)" if kind == _LEFT_OPEN else named
