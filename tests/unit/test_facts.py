"""facts.yml: what it may hold, and what is said about what it may not."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.facts import FactsError, load_facts

GOOD = """\
review_after_days: 30
source: {title: A letter, checked: 2026-03-01}
facts:
  scheme_name: {text: The Scheme}
  scheme_short: {text: TS}
  website: {web: www.example.org}
  email: {email: office@example.org}
  fee: {pounds: 45}
  levels: {choice: [tin, lead, zinc]}
  founders: {names: [Ann, Ben]}
  days: {number: 3}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "facts.yml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fee", "£45"),
        ("levels", "tin, lead or zinc"),
        ("founders", "Ann and Ben"),
        ("days", "3"),
        ("scheme_name", "The Scheme"),
        ("website", "www.example.org"),
    ],
)
def test_each_kind_is_said_as_it_stands_in_a_sentence(tmp_path: Path, name: str, said: str) -> None:
    assert load_facts(written(tmp_path, GOOD)).said(name) == said


@pytest.mark.parametrize(("amount", "said"), [("1250", "£1,250"), ("45.5", "£45.50"), ("45.00", "£45")])
def test_sums_are_written_as_people_write_them(tmp_path: Path, amount: str, said: str) -> None:
    facts = load_facts(written(tmp_path, GOOD.replace("pounds: 45", f"pounds: {amount}")))
    assert facts.said("fee") == said


def test_addresses_are_links(tmp_path: Path) -> None:
    facts = load_facts(written(tmp_path, GOOD)).facts
    assert facts["website"].link == {"label": "www.example.org", "href": "https://www.example.org"}
    assert facts["email"].link == {"label": "office@example.org", "href": "mailto:office@example.org"}
    assert facts["fee"].link is None


def test_a_check_holds_for_the_review_period(tmp_path: Path) -> None:
    facts = load_facts(written(tmp_path, GOOD))
    due = date(2026, 3, 1) + timedelta(days=30)
    assert facts.review_due(due) is None
    assert facts.review_due(due + timedelta(days=1)) == due


@pytest.mark.parametrize(
    ("good", "bad", "names"),
    [
        ("  email: {email: office@example.org}\n", "", "'email' is missing"),
        ("pounds: 45", "pounds: a lot", "facts → fee"),
        ("pounds: 45", "pounds: true", "facts → fee"),
        ("pounds: 45", "pounds: -5", "facts → fee"),
        ("number: 3", "number: three", "facts → days"),
        ("number: 3", "number: 3, text: three", "exactly one kind"),
        ("{number: 3}", "3", "facts → days"),
        ("{number: 3}", "{}", "exactly one kind"),
        ("choice: [tin, lead, zinc]", "choice: []", "facts → levels"),
        ("email: office@example.org", "email: office", "facts → email"),
        ("web: www.example.org", "web: 'the website'", "facts → website"),
        ("checked: 2026-03-01", "checked: last spring", "source → checked"),
        ("review_after_days: 30\n", "", "review_after_days"),
        ("  days:", "  links:", "'links' cannot be a fact's name"),
        ("facts:\n", "facts: [\n", "not valid YAML"),
        (GOOD, "", "the file"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_that_names_the_place(
    tmp_path: Path, good: str, bad: str, names: str
) -> None:
    assert good in GOOD
    path = written(tmp_path, GOOD.replace(good, bad))
    with pytest.raises(FactsError) as caught:
        load_facts(path)
    message = str(caught.value)
    assert names in message
    assert str(path) in message
    assert "\n" not in message


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="Put the file back or set PSQM_FACTS_PATH"):
        load_facts(tmp_path / "none.yml")


def test_the_projects_own_facts_are_sound() -> None:
    assert load_facts(Path("facts.yml")).short_name
