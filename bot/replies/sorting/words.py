"""Patterns for what mails say, one alternative a line."""

import re


def words(*patterns: str) -> re.Pattern[str]:
    """A pattern that finds any of ``patterns``, in capitals or not; a line break counts as a space."""
    return re.compile(
        "|".join(pattern.replace(" ?", r"\s*").replace(" ", r"\s+") for pattern in patterns), re.IGNORECASE
    )
