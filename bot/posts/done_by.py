"""Says who did something, through which door, and when."""

from bot.notices import phrases
from bot.posts.cutting import one_line
from bot.staff.audit import Entry

_DOORS = {"slack": " in Slack", "teams": " in Teams", "email": " by email", "desk": " on the desk"}
_LONGEST_NAME = 100


def done_by(what: str, entry: Entry) -> str:
    """``Confirmed by Hal Hubbard in Slack on Thursday 14 January 2027, 1 pm.``"""
    by = f" by {one_line(entry.name, _LONGEST_NAME)}" if entry.name else ""
    return f"{what}{by}{_DOORS.get(entry.door, '')} on {phrases.moment(entry.at)}."
