"""Makes text of bytes, whatever their label says."""

import codecs
import re

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Latin-1 and ASCII are read as Windows-1252, as the Encoding Standard of the WHATWG has it (4.2): no one writes C1 controls.
_WINDOWS = ("ascii", "iso8859-1", "cp1252")
_NOT_FOR_TEXT = ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem")


def text_of_bytes(content: bytes, label: str) -> str:
    """``content`` in the charset of ``label``, or in the one that it is more likely to be in; with no control characters.

    Non-ASCII text that is well-formed UTF-8 is UTF-8, since no other charset's text is so by chance (RFC 3629, 1).
    """
    charset = _charset(label)
    if charset not in _WINDOWS and charset != "utf-8":
        try:
            return _clean(content.decode(charset))
        except (UnicodeError, ValueError):
            pass
    try:
        return _clean(content.decode("utf-8"))
    except UnicodeDecodeError:
        # The five bytes that Windows-1252 leaves undefined become U+FFFD.
        return _clean(content.decode("cp1252", "replace"))


def _charset(label: str) -> str:
    """Python's name of a charset; of one that it does not know, or that is none for texts, "utf-8"."""
    try:
        info = codecs.lookup(label.strip().strip("\"'"))
    except (LookupError, ValueError):
        return "utf-8"
    return "utf-8" if info.name in _NOT_FOR_TEXT or not getattr(info, "_is_text_encoding", True) else info.name


def _clean(text: str) -> str:
    return _CONTROL.sub("", text.removeprefix("\ufeff"))
