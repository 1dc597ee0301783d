"""A school's registration, as tests of what is told about it use it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

from bot.notices import NoticeScheme
from bot.registrations.registration import Change, Contact, Place, Registration

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SCHEME = NoticeScheme("Test Quality Mark", "TQM", "hello@tqm.example", "www.tqm.example")
OFFICE = "office@tqm.example"
ANN = Contact("ann", "Ann Lee", "Headteacher", "ann@fairview.example", "020 7946 0000")
BO = Contact("bo", "Bo Oak", "Science subject leader", "bo@fairview.example", "")
PLACE = Place(
    "c1", "Riverside", "Jo Marsh", "jo@riverside.example", False, 2026, 10, 4, date(2027, 1, 14), time(13), "Mill Centre"
)  # fmt: skip
EXAMPLE = replace(PLACE, is_example=True, leader_email="leader@example.org", session_on=None)
HELD = Registration(
    "r1", 2026, 100001, "Fairview Primary School", "Otley", "LS21 1AA", False, "interested", None, PLACE, (ANN,), NOW,
    (Change(NOW, "interested", "applicant", ""),),
)  # fmt: skip
WAITS = replace(HELD, state="waiting", history=(Change(NOW, "waiting", "applicant", ""),))
