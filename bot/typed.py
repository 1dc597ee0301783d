"""What a person typed, made fit to be kept: plain text without invisible commands."""

import re
import unicodedata

LONGEST = 4000
"""Characters that a message may have."""

_UNWANTED = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f"  # controls, but tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of text
    "\ud800-\udfff]"  # halves of characters, which no encoding can write
)
_VISIBLE = re.compile(r"[^\s\u200b\u2060\ufeff]")


class EmptyMessage(Exception):
    """Nothing is left of a message once blanks and invisible characters are taken away."""


def clean(text: str) -> str:
    """The text in one spelling (NFC), with newlines as ``\\n`` and no controls; raises EmptyMessage."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = unicodedata.normalize("NFC", _UNWANTED.sub("", unified)).strip()
    if not _VISIBLE.search(kept):
        raise EmptyMessage
    return kept
