"""Says the lines that introduce a quotation in the words that the library looks for.

It does not know those over more than two lines, those in Welsh, and the headers of Outlook in most languages.
"""

import re

_ATTRIBUTES = re.compile(r"[- ]*(?:On|Am|Le|Ar)\b")
_WROTE = re.compile(r"\b(?:wrote|a écrit ?|ysgrifennodd|schrieb.{0,200}):$")
_NOT_ONE = "\u2060"
"""Put before a line that begins like an attribution and is none: to the library one needs no date."""
_FIELDS = ("From", "Sent", "To", "Subject")
_FIELD = re.compile(r"\*?[^\W\d_][\w ]{0,14}\*? ?:")
_TIME = re.compile(r"\d{1,2}[:.]\d\d|\d{4}")
_ORIGINAL = re.compile(r"\W*Original Message\W*")


def in_known_words(lines: list[str]) -> list[str]:
    """``lines`` with what introduces a quotation as the library knows it, and with no other line that it would take for such."""
    known: list[str] = []
    n = 0
    while n < len(lines):
        length = _attribution(lines[n : n + 4])
        if length:
            known.append(_in_english(" ".join(line.strip() for line in lines[n : n + length])))
        elif _ORIGINAL.fullmatch(lines[n]):
            known.append("-----Original Message-----")
        elif _heads_a_mail(lines[n : n + 4]):
            length = 4
            known += [f"{name}:{line.partition(':')[2]}" for name, line in zip(_FIELDS, lines[n : n + 4], strict=True)]
        else:
            known.append(_NOT_ONE + lines[n] if _ATTRIBUTES.match(lines[n].strip()) else lines[n])
        n += length or 1
    return known


def as_written(line: str) -> str:
    """A line that stayed, as it was before ``in_known_words``."""
    return line.removeprefix(_NOT_ONE)


def _in_english(attribution: str) -> str:
    attribution = attribution.lstrip("- ")
    if attribution.startswith("Ar "):
        return f"On {attribution[3:].removesuffix('ysgrifennodd:').strip()} wrote:"
    return attribution


def _heads_a_mail(lines: list[str]) -> bool:
    """Whether lines are the header that Outlook puts over a quoted mail, in whatever language: who, when, to whom, about what."""
    from_, *others = lines
    fields = len(lines) == 4 and all(map(_FIELD.match, lines)) and not any("?" in line for line in lines[:3])
    return fields and "@" in from_ and any(_TIME.search(line) for line in others[:2])


def _attribution(lines: list[str]) -> int:
    """How many of ``lines`` are one that introduces a quotation: "On … wrote:" with a date."""
    if not _ATTRIBUTES.match(lines[0].strip()):
        return 0
    for n, line in enumerate(lines):
        if not line.strip():
            break
        joined = " ".join(part.strip() for part in lines[: n + 1])
        if _WROTE.search(joined[-300:]) and any(map(str.isdigit, joined)):
            return n + 1
    return 0
