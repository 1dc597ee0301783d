"""What came of something that a member of staff did."""

from dataclasses import dataclass

from bot.staff.audit import Entry


@dataclass(frozen=True, slots=True)
class Done[Result]:
    """``result`` is as it is now. ``by``: somebody had done the same before, so nothing changed; None: it was done just now."""

    result: Result
    by: Entry | None = None
    is_new: bool = True
