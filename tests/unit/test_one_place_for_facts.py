"""No file but facts.yml states a fact of it."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.facts import ALWAYS_NEEDED, Facts, load_facts

ROOT = Path(__file__).parent.parent.parent
# The facts' own place; what people ask, which may name anything; how they were counted; other people's words.
ELSEWHERE = ("facts.yml", "data/nlu/", "tests/evaluation/", "bench/results", "tests/browser/vendor/", "requirements/")
TEXTS = {
    ".py",
    ".yml",
    ".md",
    ".html",
    ".js",
    ".css",
    ".svg",
    ".toml",
    ".sh",
    ".example",
    ".txt",
    ".ini",
    ".mjml",
    ".typ",
}
NUMBER_WORD = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand)\b", re.I
)


def patterns(facts: Facts) -> dict[str, re.Pattern[str]]:
    """What each fact looks like where it is stated; a bare number says nothing by itself."""
    found = {}
    for name, fact in facts.facts.items():
        if name in ("scheme_name", "scheme_short"):
            continue
        stated = fact.names or fact.choice or [value for value in (fact.text, fact.web, fact.email) if value]
        if fact.pounds is not None:
            stated = [fact.said]
        if fact.names is None and fact.choice is not None and all(" " not in word for word in fact.choice):
            stated = [fact.said]  # "gold" alone is a colour: what counts is the list
        words = [
            re.escape(word.removeprefix("the ").removeprefix("a ")) for word in stated if len(word) > 6 or "£" in word
        ]
        if words:
            found[name] = re.compile("|".join(words), re.IGNORECASE)
    return found


def statements(text: str, facts: Facts) -> list[str]:
    """The names of the facts that ``text`` states."""
    return [name for name, pattern in patterns(facts).items() if pattern.search(text)]


def tracked_texts() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        path = ROOT / name
        is_text = path.suffix in TEXTS or name in ("Makefile", ".ci/run")
        if not name.startswith(ELSEWHERE) and is_text and path.is_file():
            yield path


@pytest.fixture(scope="module")
def facts() -> Facts:
    return load_facts(ROOT / "facts.yml")


def test_no_other_file_states_a_fact(facts: Facts) -> None:
    stated = {
        str(path.relative_to(ROOT)): names
        for path in tracked_texts()
        if (names := statements(path.read_text(encoding="utf-8"), facts))
    }
    assert stated == {}


def test_a_fact_stated_elsewhere_would_be_found(facts: Facts) -> None:
    for name in ("fee", "launched_by", "award_levels", "ofsted_published", "website", *ALWAYS_NEEDED[3:]):
        assert name in statements(f"As everybody knows, it is {facts.said(name)}.", facts)


def test_the_search_reaches_every_kind_of_file() -> None:
    searched = {str(path.relative_to(ROOT)) for path in tracked_texts()}
    assert {"README.md", "Makefile", "domain.yml", "bot/answers.py", "bot/widget/widget.js"} <= searched
    assert {"bot/widget/templates/home.html", "tests/conversation/test_answers.py"} <= searched
    assert {"letter/letter.md", "letter/report.md", "letter/layout/letter.typ", "letter/layout/mail.mjml"} <= searched


def test_the_letter_holds_no_number() -> None:
    wordings = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "letter").glob("*.md")}
    assert "letter.md" in wordings
    assert {name: text for name, text in wordings.items() if re.search(r"\d", text) or NUMBER_WORD.search(text)} == {}


def test_responses_hold_no_number() -> None:
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    texts = {name: " ".join(variant["text"] for variant in variants) for name, variants in responses.items()}
    assert {name: text for name, text in texts.items() if re.search(r"\d", text) or NUMBER_WORD.search(text)} == {}
