"""Dates and times as people write them: "since Monday", "on 12 January at 4 pm at the town hall". Days are London's."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.london import LONDON
from bot.notices import phrases

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "fourteen": 14}
_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MONTH = rf"(?P<month>{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in _MONTHS)})\b\.?"
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}|{_MONTH.replace('month', 'month2')} (?P<day2>\d{{1,2}})"
    r"(?:st|nd|rd|th)?\b|(?P<day3>\d{1,2})/(?P<number>\d{1,2}))(?:,? ?/?(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(rf"\b(?:next |this |on )*(?P<name>{'|'.join(_DAYS)})\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(today|tomorrow)\b", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))? ?(?P<half>[ap])\.?m\b\.?|(?P<hour24>\d{1,2})[:.](?P<minute24>\d{2})\b"
    rf"|(?P<part>half past|quarter past|quarter to) (?P<spoken>\d{{1,2}}|{'|'.join(_HOURS)})\b|(?P<noon>noon|midday)\b"
    r"|(?:at|from) (?P<bare>\d{1,2})(?: o'?clock)?(?![\d/:]|\.\d| ?[ap]\.?m))",
    re.IGNORECASE,
)
_PARTS = {"half past": 30, "quarter past": 15, "quarter to": -15}
_VENUE_IS = re.compile(r"\bvenue\b[^.]*?\b(?:is|to)\b (?P<venue>.+)$", re.IGNORECASE)
_AT_VENUE = re.compile(r"\b(?:at|in) (?P<venue>(?!\d)[^,;]*[a-z][^;]*)$", re.IGNORECASE)
_LEADING = re.compile(r"^[\s,.;:-]*(?:(?:at|in|on|from|to|it|takes place|will be)\b[\s,]*)*", re.IGNORECASE)
_LAST_HOUR = 7  # a bare hour up to this is one of the afternoon: nobody begins a session at four in the morning


@dataclass(frozen=True, slots=True)
class Period:
    """``since`` None: from the beginning. ``named`` stands after "registrations": ``since Monday 23 November``."""

    since: datetime | None
    named: str


@dataclass(frozen=True, slots=True)
class SessionSaid:
    """What a message says of a first session: what it leaves out is None or ""."""

    on: date | None
    at: time | None
    venue: str


def period(text: str, now: datetime) -> Period:
    """From when on something is asked for."""
    today = now.astimezone(LONDON).date()
    first = _in_words(text.casefold(), today) or _on_a_day(text, today)
    if first is None:
        return Period(None, "this school year")
    begins = datetime(first.year, first.month, first.day, tzinfo=LONDON)
    return Period(begins, f"since {phrases.day(first)}")


def _in_words(words: str, today: date) -> date | None:
    if found := re.search(r"\b(?:last|past) (?P<count>\d+|[a-z]+) days\b", words):
        count = _NUMBERS.get(found["count"]) or (int(found["count"]) if found["count"].isdigit() else 7)
        return today - timedelta(days=min(count, 3650))
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    for pattern, begins in (
        (r"\byesterday\b", today - timedelta(days=1)),
        (r"\btoday\b", today),
        (r"\b(?:last|past) week\b", monday - timedelta(days=7)),
        (r"\bweek\b", monday),
        (r"\blast month\b", (first - timedelta(days=1)).replace(day=1)),
        (r"\bmonth\b", first),
    ):
        if re.search(pattern, words):
            return begins
    return None


def _on_a_day(text: str, today: date) -> date | None:
    if found := _DATE.search(text):
        return _before(_date(found, today), today)
    if found := _WEEKDAY.search(text):
        return today - timedelta(days=(today.weekday() - _DAYS.index(found["name"].casefold())) % 7)
    return None


def session_said(text: str, now: datetime) -> SessionSaid:
    """Day, time and place of a session, as far as they are said; a day without a year is the next one."""
    today = now.astimezone(LONDON).date()
    ends = [0]
    on = None
    if found := _DATE.search(text):
        on = _date(found, today)
    elif found := _RELATIVE.search(text):
        on = today + timedelta(days=found[1].casefold() == "tomorrow")
    elif found := _WEEKDAY.search(text):
        on = today + timedelta(days=(_DAYS.index(found["name"].casefold()) - today.weekday() - 1) % 7 + 1)
    if found:
        ends.append(found.end())
    found_time = _TIME.search(text)
    at = _time(found_time) if found_time else None
    if found_time and at is not None:
        ends.append(found_time.end())
    return SessionSaid(on, at, _venue(text, max(ends)))


def _venue(text: str, end: int) -> str:
    """Behind date and time, or named as the venue."""
    if found := _VENUE_IS.search(text):
        return found["venue"].strip(" .!")
    behind = _LEADING.sub("", text[end:]).strip(" .!,") if end else ""
    if any(sign.isalpha() for sign in behind):
        return behind
    before = _AT_VENUE.search(_TIME.sub("", _DATE.sub("", text)).strip(" .!,")) if not end else None
    return before["venue"].strip(" .!,") if before else ""


def _date(found: re.Match[str], today: date) -> date | None:
    named = found["month"] or found["month2"]
    month = next((i for i, name in enumerate(_MONTHS, 1) if name.startswith(named[:3].casefold())), 0) if named else 0
    day = int(found["day"] or found["day2"] or found["day3"])
    year = int(found["year"]) if found["year"] else today.year
    try:
        on = date(year, month or int(found["number"]), day)
        return on if found["year"] or on >= today else on.replace(year=year + 1)
    except ValueError:
        return None


def _before(on: date | None, today: date) -> date | None:
    try:
        return on.replace(year=on.year - 1) if on and on > today else on
    except ValueError:
        return None


def _time(found: re.Match[str]) -> time | None:
    try:
        if found["noon"]:
            return time(12)
        if found["part"]:
            hour = int(found["spoken"]) if found["spoken"].isdigit() else _HOURS.index(found["spoken"].casefold()) + 1
            minutes = _afternoon(hour) * 60 + _PARTS[found["part"].casefold()]
            return time(minutes // 60, minutes % 60)
        if found["hour"]:
            late = found["half"].casefold() == "p"
            return time(int(found["hour"]) % 12 + (12 if late else 0), int(found["minute"] or 0))
        if found["bare"]:
            return time(_afternoon(int(found["bare"])))
        return time(int(found["hour24"]), int(found["minute24"]))
    except ValueError:
        return None


def _afternoon(hour: int) -> int:
    return hour + 12 if hour <= _LAST_HOUR else hour
