"""Takes out of a reply what it quotes; answers between or below quoted lines stay."""

import re

from quotequail import unwrap

# What the library does not know: attributions over more than two lines, and Welsh.
_ATTRIBUTION = re.compile(
    r"^(?:On|Am|Le|Ar)\b[^\n]*\d[^\n]*(?:\n(?!\s*\n)[^\n]*){0,3}?\b(?:wrote|schrieb[^\n]*|a écrit\s?|ysgrifennodd)\s*:[ \t]*$",
    re.MULTILINE,
)
_WELSH_FIELDS = {"Oddi wrth": "From", "Anfonwyd": "Sent", "At": "To", "Pwnc": "Subject"}
_WELSH_FIELD = re.compile(rf"^(\*?)({'|'.join(_WELSH_FIELDS)}):", re.MULTILINE)
_REPLY_ABOVE = re.compile(
    r"^\W*(?:please )?(?:type|write)? ?(?:your )?reply above this line.*", re.IGNORECASE | re.MULTILINE
)
_ARMOUR = re.compile(
    r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:[^\n]+\n)*\n(.*?)\n-----BEGIN PGP SIGNATURE-----.*", re.DOTALL
)
_MOST_QUOTATIONS = 200


def without_quotation(text: str) -> str:
    """``text`` without quoted lines, the lines that introduce them, and mails below it."""
    rest: str | None = _as_known(text)
    kept: list[str] = []
    for _ in range(_MOST_QUOTATIONS):
        found = unwrap(rest) if rest else None
        if rest is None or found is None:
            break
        kept.append(found.get("text_top", ""))
        rest = found.get("text_bottom") or _answers_in_prefixed(found)
    lines = "\n\n".join([*kept, rest or ""]).split("\n")
    return "\n".join(line for line in lines if not line.lstrip().startswith(">")).strip()


def _as_known(text: str) -> str:
    """``text`` in forms that the library knows."""
    if armoured := _ARMOUR.search(text):
        text = re.sub(r"^- ", "", armoured[1], flags=re.MULTILINE)
    if above := _REPLY_ABOVE.search(text):
        text = text[: above.start()]
    text = _WELSH_FIELD.sub(lambda field: f"{field[1]}{_WELSH_FIELDS[field[2]]}:", text)
    return _ATTRIBUTION.sub(_on_one_line, text)


def _on_one_line(attribution: re.Match[str]) -> str:
    line = " ".join(attribution[0].split())
    return (
        f"On {line.removeprefix('Ar ').removesuffix('ysgrifennodd:').strip()} wrote:"
        if line.startswith("Ar ")
        else line
    )


def _answers_in_prefixed(found: dict[str, str]) -> str | None:
    """What stands between quoted lines below the header of a mail: Outlook can be set to quote so."""
    below = found.get("text", "")
    return below if found["type"] == "forward" and below.startswith(">") else None
