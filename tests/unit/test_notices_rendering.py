"""How mails look and what they say: calendar, HTML, plain text, dates; and that what was typed is only text."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bot.notices import phrases, to_leader, to_school
from bot.notices.posting import in_single_lines
from bot.notices.rendering import render
from bot.notices.session_calendar import first_session
from bot.outbox.mail import Attachment
from tests.a_registration import ANN, HELD, NOW, PLACE, SCHEME
from tests.html_reading import Reading


def test_the_session_is_in_london_time_and_keeps_its_uid() -> None:
    summer = replace(PLACE, session_on=date(2027, 6, 14), session_at=time(9, 30))
    event, later = (
        event_of(first_session(summer, SCHEME, "https://assistant.tqm.example", NOW + timedelta(n))) for n in (0, 1)
    )
    assert event["DTSTART"].dt.astimezone(UTC) == datetime(2027, 6, 14, 8, 30, tzinfo=UTC)
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert event["UID"] == later["UID"] == "first-session-c1@assistant.tqm.example"
    assert later["SEQUENCE"] > event["SEQUENCE"]
    assert event["LOCATION"] == "Mill Centre"


def test_a_session_without_a_time_is_a_whole_day() -> None:
    event = event_of(first_session(replace(PLACE, session_at=None), SCHEME, "https://a.example", NOW))
    assert event["DTSTART"].dt == date(2027, 1, 14)
    assert not isinstance(event["DTSTART"].dt, datetime)


def event_of(attachment: Attachment | None) -> Any:
    assert attachment
    calendar = Calendar.from_ical(attachment.content)
    assert calendar["METHOD"] == "PUBLISH"
    [event] = calendar.walk("VEVENT")
    return event


HARMLESS = Reading(render(to_school.registered(HELD, PLACE, ANN, "https://a.example/r/1"), SCHEME).html)


@pytest.mark.parametrize(
    "typed",
    ["<script>alert(1)</script>", "</td></table><img src=x>", '"><b>', "{{ 7 * 7 }}{% raw %}", "a & b", "<mj-raw>"],
)
def test_what_was_typed_is_only_text_in_html(typed: str) -> None:
    ann = replace(ANN, name=typed, role=typed)
    html = render(
        to_school.registered(replace(HELD, school_name=typed, contacts=(ann,)), PLACE, ann, "https://a.example/r/1"),
        SCHEME,
    ).html
    assert Reading(html).tags == HARMLESS.tags
    assert typed in Reading(html).text


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_nothing_that_is_typed_breaks_a_mail_or_starts_a_line_of_its_own(typed: str) -> None:
    ann = replace(ANN, name="x" + typed)
    registration = in_single_lines(replace(HELD, school_name="x" + typed, contacts=(ann,)))
    [cleaned] = registration.contacts
    mail = render(to_leader.registered(registration, PLACE), SCHEME)
    assert Reading(mail.html).tags.count("tr") == Reading(
        render(to_leader.registered(HELD, PLACE), SCHEME).html
    ).tags.count("tr")
    assert len(mail.text.splitlines()) == len(render(to_leader.registered(HELD, PLACE), SCHEME).text.splitlines())
    assert cleaned.name in mail.text


def test_a_mail_in_html_works_without_pictures_styles_from_elsewhere_or_scripts() -> None:
    assert {"img", "script", "link", "iframe", "form"} & set(HARMLESS.tags) == set()
    html = render(to_school.registered(HELD, PLACE, ANN, "https://a.example/r/1"), SCHEME).html
    assert 'lang="en-GB"' in html
    assert len(html) < 100_000  # Gmail cuts what is longer than 102 kB


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(13), "1 pm"),
        (time(9, 30), "9.30 am"),
        (time(12), "12 noon"),
        (time(12, 5), "12.05 pm"),
        (time(0), "12 midnight"),
        (time(0, 30), "12.30 am"),
    ],
)
def test_times_are_said_as_people_say_them(at: time, said: str) -> None:
    assert phrases.clock(at) == said


@pytest.mark.parametrize(
    ("taken", "said"), [(4, "6 places are left"), (9, "1 place is left"), (10, "no place is left")]
)
def test_places_are_counted(taken: int, said: str) -> None:
    assert phrases.places_left(replace(PLACE, taken=taken)) == said


def test_a_hub_is_called_a_hub_once() -> None:
    assert [phrases.hub(replace(PLACE, hub_name=name)) for name in ("Riverside", "Riverside Hub")] == [
        "Riverside hub",
        "Riverside Hub",
    ]
