"""The clock on the wall that people here go by; what is kept is in UTC."""

from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
