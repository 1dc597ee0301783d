"""School years, each named by the calendar year in which it begins."""

from datetime import date

_FIRST_MONTH = 9
"""A school year begins on 1 September: Education Act 1996, section 579, and the DfE's census dates."""


def school_year(today: date) -> int:
    """The school year that ``today`` belongs to: 2026 for 2026/27."""
    return today.year if today.month >= _FIRST_MONTH else today.year - 1


def said(year: int) -> str:
    """``2026`` as people say it: ``2026/27``."""
    return f"{year}/{(year + 1) % 100:02d}"
