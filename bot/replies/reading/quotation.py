"""Takes out of a reply what it quotes; answers between or below quoted lines stay."""

import re
from textwrap import wrap

from quotequail import unwrap

from bot.replies.reading.attributions import as_written, in_known_words

_LONGEST, _MOST_LINES = 50_000, 1_500
"""Characters and lines of a mail that are looked at, far more than anybody writes: the library takes more than linear time."""
_LONGEST_LINE = 1_000
_MOST_QUOTATIONS = 50

_REPLY_ABOVE = re.compile(r"^\W*(?:please )?(?:(?:type|write) )?(?:your )?reply above this line\b", re.IGNORECASE)
_ARMOUR_BEGINS, _ARMOUR_ENDS = "-----BEGIN PGP SIGNED MESSAGE-----", "-----BEGIN PGP SIGNATURE-----"


def without_quotation(text: str) -> str:
    """``text`` without quoted lines, the lines that introduce them, and mails below it."""
    lines = [part.rstrip() for line in text[:_LONGEST].split("\n") for part in _parts(line)][:_MOST_LINES]
    rest: str | None = "\n".join(in_known_words(_above(_unarmoured(lines))))
    kept: list[str] = []
    for _ in range(_MOST_QUOTATIONS):
        found = unwrap(rest) if rest else None
        if rest is None or found is None:
            break
        kept.append(found.get("text_top", ""))
        rest = found.get("text_bottom") or _answers_in_prefixed(found)
    written = "\n\n".join([*kept, rest or ""]).split("\n")
    return "\n".join(as_written(line) for line in written if not line.lstrip().startswith(">")).strip()


def _parts(line: str) -> list[str]:
    return wrap(line, _LONGEST_LINE, break_on_hyphens=False) if len(line) > _LONGEST_LINE else [line]


def _unarmoured(lines: list[str]) -> list[str]:
    """A text signed with PGP, without its armour (RFC 9580, 7)."""
    if _ARMOUR_BEGINS not in lines or "" not in (below := lines[lines.index(_ARMOUR_BEGINS) :]):
        return lines
    signed = below[below.index("") + 1 :]
    ends = signed.index(_ARMOUR_ENDS) if _ARMOUR_ENDS in signed else len(signed)
    return [line.removeprefix("- ") for line in signed[:ends]]


def _above(lines: list[str]) -> list[str]:
    """The lines above the mark that help desks put into their mails."""
    ends = next((n for n, line in enumerate(lines) if _REPLY_ABOVE.match(line)), len(lines))
    return lines[:ends]


def _answers_in_prefixed(found: dict[str, str]) -> str | None:
    """What stands between quoted lines below the header of a mail: Outlook can be set to quote so."""
    below = found.get("text", "")
    return below if found["type"] == "forward" and below.startswith(">") else None
