"""Responses and facts together: each answer gets exactly the facts it uses."""

from pathlib import Path

import pytest
import yaml

from bot.answers import Answers
from bot.facts import Facts, FactsError, load_facts


@pytest.fixture
def facts() -> Facts:
    return load_facts(Path("facts.yml"))


def test_an_answer_has_the_facts_of_all_its_variants_and_no_others(facts: Facts) -> None:
    answer = Answers(facts, {"utter_ask/x": [{"text": "It is {fee}."}, {"text": "{fee} for {duration}."}]}).on("ask/x")
    assert answer is not None
    assert answer.values == {"fee": facts.said("fee"), "duration": facts.said("duration")}


def test_a_stated_fact_brings_its_source_and_an_address_its_link(facts: Facts) -> None:
    responses = {
        "utter_fact": [{"text": "{fee}"}],
        "utter_address": [{"text": "Write to {email} about {scheme_short}."}],
        "utter_neither": [{"text": "Hello."}],
    }
    answers = Answers(facts, responses)
    fact, address, neither = (answers.on(topic) for topic in ("fact", "address", "neither"))
    assert fact is not None and address is not None and neither is not None
    assert fact.source == {"title": facts.source.title, "checked": facts.source.checked.isoformat()}
    assert address.source is None
    assert [link["href"] for link in address.links] == [f"mailto:{facts.scheme_email}"]
    assert (neither.source, neither.links) == (None, [])


def test_what_a_person_told_fills_a_placeholder_that_is_no_fact(facts: Facts) -> None:
    answer = Answers(facts, {"utter_form/x": [{"text": "{your_school} pays {fee}."}]}).on("form/x")
    assert answer is not None
    assert answer.values == {"fee": facts.said("fee")}


def test_the_wording_of_a_response_is_filled_with_its_facts(facts: Facts) -> None:
    assert Answers(facts, {"utter_x": [{"text": "It is {fee}."}]}).wording("x") == f"It is {facts.said('fee')}."


def test_a_response_that_uses_a_missing_fact_is_refused_by_name(facts: Facts) -> None:
    with pytest.raises(FactsError, match="'colour' is missing, which 'utter_ask/x'"):
        Answers(facts, {"utter_ask/x": [{"text": "It is {colour}."}]})


def test_a_domain_without_responses_is_refused_by_name(facts: Facts, tmp_path: Path) -> None:
    path = tmp_path / "domain.yml"
    path.write_text("intents: []", encoding="utf-8")
    with pytest.raises(FactsError, match=r"domain\.yml: its responses cannot be read"):
        Answers.load(facts, path)


def test_every_topic_of_the_examples_has_an_answer(facts: Facts) -> None:
    answers = Answers.load(facts, Path("domain.yml"))
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in Path("data/nlu").glob("*.yml")]
    topics = {entry["intent"] for file in files for entry in file["nlu"]} - {"affirm", "deny", "several"}
    assert len(topics) >= 30
    assert [topic for topic in sorted(topics) if answers.on(topic) is None] == []


def test_every_button_leads_to_an_answer(facts: Facts) -> None:
    domain = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))
    answers = Answers.load(facts, Path("domain.yml"))
    buttons = [
        button
        for variants in domain["responses"].values()
        for variant in variants
        for button in variant.get("buttons", [])
    ]
    assert buttons
    for button in buttons:
        intent, _, entities = button["payload"].removeprefix("/").partition("{")
        topic = f"{intent}/{yaml.safe_load('{' + entities)['topic']}" if entities else intent
        assert answers.on(topic), button


def test_every_topic_has_enough_examples() -> None:
    counts: dict[str, int] = {}
    for path in Path("data/nlu").glob("*.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if path.name != "follow_ups.yml":
                counts[entry["intent"]] = counts.get(entry["intent"], 0) + entry["examples"].count("- ")
    assert [topic for topic, count in counts.items() if count < 25] == []
