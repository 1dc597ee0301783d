"""Takes out of a mail what a program or a school's server writes under it."""

from bot.replies.sorting.words import words

_ADDED = words(
    r"^sent (?:from|with|via) (?:my|the|outlook|yahoo|mail|samsung|proton|aol|blackberry|gmail)\b.{0,60}$",
    r"^get outlook for .*$",
    r"^\[(?:image|cid|logo)\b[^\]]*\]$",
    r"^(?:von meinem .{3,20} gesendet|envoyé de mon .{3,20}|anfonwyd o fy .{3,20})$",
)
_FOOTER = words(
    r"\b(?:e-?mail|message|communication|transmission) (?:\(?including|and any|is|are|may|contains?|was|has been) .{0,60}"
    r"\b(?:attachments?|confidential|privileged|intended|scanned|sent from the)\b",
    r"\bintended (?:solely|only) for\b",
    r"\bif you (?:have received|are not the intended)\b.{0,40}\b(?:error|recipient)",
    r"^\W*(?:disclaimer|confidentiality notice|privacy notice|e-?mail disclaimer)\b",
    r"\bconsider the environment\b",
    r"\bthink before you print\b",
    r"\b(?:need|have) to print this\b",
    r"\bscanned (?:by|for) .{0,30}\b(?:virus|viruses|malware|mimecast|mailscanner)\b",
    r"\b(?:mae'r|mae) (?:e-?bost|neges)\b.*\bg?cyfrinachol\b",
    r"\b(?:mae'r|mae) (?:e-?bost|neges)\b.*\bgyfrinachol\b",
    r"\bregistered in (?:england|wales|scotland)\b",
    r"\bcompany limited by guarantee\b",
    r"\bcommitted to safeguarding\b",
    r"^this message was sent from\b",
)


def without_footers(lines: list[str]) -> list[str]:
    """``lines`` up to the first of a footer, without those of a program. The mark before a signature is one (RFC 3676, 4.3)."""
    kept: list[str] = []
    for line in lines:
        if line in ("--", "__") or _FOOTER.search(line):
            break
        if not _ADDED.search(line):
            kept.append(line)
    while kept and _is_rule(kept[-1]):
        kept.pop()
    return kept


def _is_rule(line: str) -> bool:
    """Whether a line is blank, or drawn of dashes and the like."""
    return all(character in "-_=*~#. \t\u2500\u2014" for character in line)
