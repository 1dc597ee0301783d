"""What is decided about a mail that was not sent."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.outbox.retry import LONGEST_PAUSE, MOST_ATTEMPTS, Decision, Fault, NotSent, decide, pause_after

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_permanent_refusal_is_for_a_person_to_see_at_once() -> None:
    assert decide(NotSent("never", "refused with 550", "no such person"), 1, NOW, 0.5) == Decision(
        "failed", NOW, "refused with 550: no such person"
    )


@pytest.mark.parametrize("fault", ["server", "later"])
def test_a_passing_trouble_waits_and_is_given_up_in_the_end(fault: Fault) -> None:
    problem = NotSent(fault, "busy")
    assert decide(problem, 1, NOW, 0.5) == Decision("waiting", NOW + timedelta(seconds=30), "busy")
    assert decide(problem, MOST_ATTEMPTS - 1, NOW, 0.5).state == "waiting"
    given_up = decide(problem, MOST_ATTEMPTS, NOW, 0.5)
    assert given_up.state == "failed"
    assert given_up.error == f"given up after {MOST_ATTEMPTS} attempts; the last one: busy"


def test_pauses_double_up_to_the_longest_and_all_together_are_days() -> None:
    pauses = [pause_after(attempt, 0.5) for attempt in range(1, MOST_ATTEMPTS)]
    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240)]
    assert pauses[-1] == LONGEST_PAUSE
    assert timedelta(days=1.5) < sum(pauses, timedelta()) < timedelta(days=3)


def test_mails_that_failed_together_do_not_come_back_together() -> None:
    assert pause_after(3, 0.0) == timedelta(seconds=96)
    assert pause_after(3, 1.0) == timedelta(seconds=144)
