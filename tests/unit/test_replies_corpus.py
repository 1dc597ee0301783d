"""Every mail of the corpus is taken for what it is, and nothing of what a person wrote is lost."""

from pathlib import Path

import pytest
import yaml

from bench.reply_corpus import FOLDER, OURS, Expected, asked_of_us, corpus
from bot.replies.reading.quoting import written
from bot.replies.sorting.bounces import bounce
from bot.replies.sorting.verdict import sort

CORPUS = corpus()
LETTER = "letter.3f0c9d1e5b7a4c2d8e6f1a2b3c4d5e6f@hub.example"
# Reports of servers that name neither our mail nor its id.
WITHOUT_ID = {"exim-delayed", "old-exchange", "sendmail-host-unknown"}


def of(*kinds: str) -> list[Expected]:
    return [expected for expected in CORPUS if expected.kind in kinds]


def named(expected: Expected) -> str:
    return expected.name


def words(text: str) -> list[str]:
    """The text but for how its lines are broken."""
    return text.split()


@pytest.mark.parametrize("expected", CORPUS, ids=named)
def test_each_mail_is_taken_for_what_it_is(expected: Expected) -> None:
    assert sort(expected.arrived, OURS).kind == expected.kind


@pytest.mark.parametrize("expected", of("own", "bounce", "automatic", "out_of_office", "list", "stop"), ids=named)
def test_a_reason_is_given_that_holds_nothing_of_the_mail(expected: Expected) -> None:
    detail = sort(expected.arrived, OURS).detail
    assert 0 < len(detail) < 60
    assert "@" not in detail


@pytest.mark.parametrize("expected", of("reply", "stop"), ids=named)
def test_what_a_person_wrote_is_found(expected: Expected) -> None:
    assert words(written(expected.arrived)) == words(expected.written or "")


@pytest.mark.parametrize("expected", of("bounce"), ids=named)
def test_a_report_is_read(expected: Expected) -> None:
    found = bounce(expected.arrived)
    assert (found.permanent, found.status, found.recipient) == (expected.permanent, expected.status, expected.recipient)


@pytest.mark.parametrize("expected", of("bounce"), ids=named)
def test_a_report_names_the_mail_that_it_is_about(expected: Expected) -> None:
    assert bounce(expected.arrived).original_message_id == (None if expected.name in WITHOUT_ID else LETTER)


def test_the_mails_that_are_to_be_answered_come_with_what_they_ask() -> None:
    listed = list(asked_of_us())
    assert [name for name, _, _ in listed] == [expected.name for expected in of("reply")]
    assert all(words(text) == words(expected.written or "") for _, text, expected in listed)


def test_corpus_and_list_name_the_same_mails() -> None:
    assert sorted(path.stem for path in (FOLDER / "corpus").glob("*.eml")) == sorted(
        expected.name for expected in CORPUS
    )


def test_topics_are_those_that_the_assistant_knows() -> None:
    responses = yaml.safe_load((FOLDER.parent.parent / "domain.yml").read_text(encoding="utf-8"))["responses"]
    asked = {topic for expected in CORPUS for topic in (*expected.asks, *expected.also)}
    assert {topic for topic in asked if f"utter_{topic}" not in responses} == set()


@pytest.mark.parametrize("path", sorted((FOLDER / "corpus").glob("*.eml")), ids=lambda path: path.stem)
def test_lines_end_as_they_do_on_the_wire(path: Path) -> None:
    """A tool that changes them on checkout would change what is tested."""
    raw = path.read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n")
