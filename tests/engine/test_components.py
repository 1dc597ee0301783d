"""The pipeline's components, trained, kept and loaded by Rasa's own model storage on a small data set."""

from pathlib import Path
from typing import Any, Dict

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.events import SlotSet
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine import encoder, english
from bot.engine.encoder import DIMENSIONS, EncoderUnavailable, SentenceEncoder, write_compact_model
from bot.engine.english import EnglishModel, EnglishModelMissing
from bot.engine.spelling_corrector import CORRECTED_TEXT, SpellingCorrector
from bot.engine.topic_classifier import TopicClassifier
from bot.engine.topic_model import Thresholds

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = ExecutionContext(GraphSchema({}), "test")
TOPICS = {
    "ask/cost": [
        "what does it cost",
        "how much is the fee",
        "the price per school",
        "is there a charge",
        "what do we pay",
        "fee",
    ],
    "ask/hub": [
        "what is a hub",
        "explain the hub",
        "how many schools in a hub",
        "is the hub local",
        "hub",
        "the hub group",
    ],
    "out_of_scope": [
        "football results",
        "bake a cake",
        "weather tomorrow",
        "a film to watch",
        "fix my car",
        "learn Spanish",
        "bake a cake, then eat it",
        "football results and weather tomorrow",
        "a film to watch, or a book",
        "fix my car, please",
        "is it raining, and will it rain tomorrow",
        "a train to Leeds and a bus",
    ],
}

SEVERAL = [
    '[what does it cost]{"entity": "asks", "role": "ask/cost"} and [what is a hub]{"entity": "asks", "role": "ask/hub"}',
    '[is there a fee]{"entity": "asks", "role": "ask/cost"}, [is the hub local]{"entity": "asks", "role": "ask/hub"}?',
    '[explain the hub]{"entity": "asks", "role": "ask/hub"} and [the price]{"entity": "asks", "role": "ask/cost"}',
    'so [how many schools in it]{"entity": "asks", "role": "ask/hub"} & [the fee]{"entity": "asks", "role": "ask/cost"}',
    '[I like football]{"entity": "asks", "role": "chat/aside"}, [what do we pay]{"entity": "asks", "role": "ask/cost"}',
    '[a hub]{"entity": "asks", "role": "ask/hub"}? [what does it cost]{"entity": "asks", "role": "ask/cost"}? ok',
]


def training_data() -> TrainingData:
    entries = []
    for topic, examples in TOPICS.items():
        lines = "\n".join(f"    - {example}" for example in examples)
        named = f"  metadata: {{label: About {topic}, subject: the {topic[4:]}}}\n" if "/" in topic else ""
        entries.append(f"- intent: {topic}\n{named}  examples: |\n{lines}\n")
    entries.append("- intent: several\n  examples: |\n" + "\n".join(f"    - {line}" for line in SEVERAL) + "\n")
    return RasaYAMLReader().reads('version: "3.1"\nnlu:\n' + "".join(entries))


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStorage:
    """Where both components have been trained."""
    storage = LocalModelStorage.create(tmp_path_factory.mktemp("storage"))
    for component, config in ((SpellingCorrector, {}), (TopicClassifier, TopicClassifier.get_default_config())):
        made = component.create(config, storage, Resource(component.__name__), CONTEXT)
        made.train(training_data())
    return storage


@pytest.fixture(scope="module")
def classifier(storage: LocalModelStorage) -> TopicClassifier:
    config = TopicClassifier.get_default_config()
    return TopicClassifier.load(config, storage, Resource("TopicClassifier"), CONTEXT)


@pytest.fixture(scope="module")
def hesitant(storage: LocalModelStorage) -> TopicClassifier:
    """A classifier that answers nothing unless it is a thousand times as likely as the next."""
    config = {**TopicClassifier.get_default_config(), "clear_lead": 1000.0, "outside_lead": 0.0}
    classifier = TopicClassifier.load(config, storage, Resource("TopicClassifier"), CONTEXT)
    classifier._reader._thresholds = Thresholds(unknown=0.0, sure=1.0)
    return classifier


def read(classifier: TopicClassifier, text: str, topic: str = "") -> Dict[str, Any]:
    """What the classifier writes on a message, after an answer on ``topic``."""
    tracker = DialogueStateTracker("c", [TextSlot("topic", mappings=[{"type": "custom"}])])
    if topic:
        tracker.update(SlotSet("topic", topic))
    (message,) = classifier.process([Message({"text": text})], tracker)
    return message.as_dict(only_output_properties=True)


def test_a_loaded_classifier_knows_what_it_was_trained_on(classifier: TopicClassifier) -> None:
    message = read(classifier, "what does it cost")
    assert message["intent"]["name"] == "ask"
    assert message["understanding"] == {"certainty": "sure", "topics": ["ask/cost"], "alternatives": []}


def test_it_names_the_topic_where_rasas_own_tests_look(classifier: TopicClassifier) -> None:
    selector = read(classifier, "what is a hub")["response_selector"]
    assert selector["all_retrieval_intents"] == ["ask", "chat"]
    assert selector["default"]["response"]["intent_response_key"] == "ask/hub"
    shares = [entry["confidence"] for entry in selector["default"]["ranking"]]
    assert shares == sorted(shares, reverse=True)


def test_it_answers_two_questions(classifier: TopicClassifier) -> None:
    assert read(classifier, "what is a hub and what does it cost")["understanding"]["topics"] == ["ask/hub", "ask/cost"]


def test_what_it_does_not_understand_is_out_of_scope(classifier: TopicClassifier) -> None:
    message = read(classifier, "football results")
    assert message["intent"]["name"] == "out_of_scope"
    assert message["understanding"]["topics"] == []


def test_a_follow_up_is_read_after_the_last_topic_of_the_tracker(classifier: TopicClassifier) -> None:
    assert read(classifier, "how many?", "ask/hub")["understanding"]["topics"] == ["ask/hub"]


def test_it_works_without_a_tracker(classifier: TopicClassifier) -> None:
    (message,) = classifier.process([Message({"text": "what is a hub"})])
    assert message.get("understanding")["topics"] == ["ask/hub"]


def test_choices_are_named_by_the_labels_of_the_data(hesitant: TopicClassifier) -> None:
    alternatives = read(hesitant, "the local price")["understanding"]["alternatives"]
    assert len(alternatives) == 2
    assert all(choice["label"] == f"About {choice['topic']}" for choice in alternatives)


def test_an_unsure_message_goes_to_rasas_fallback(hesitant: TopicClassifier) -> None:
    message = read(hesitant, "the local price")
    assert message["understanding"]["certainty"] == "unsure"
    assert message["intent"]["name"] == "nlu_fallback" == message["intent_ranking"][0]["name"]


def test_a_loaded_speller_knows_the_words_of_the_data(storage: LocalModelStorage) -> None:
    corrector = SpellingCorrector.load({}, storage, Resource("SpellingCorrector"), CONTEXT)
    (message,) = corrector.process([Message({"text": "the footbal hubb"})])
    assert message.get(CORRECTED_TEXT) == "the football hub"
    assert message.get("text") == "the footbal hubb"


def test_sentence_vectors_have_unit_length_and_do_not_depend_on_their_company(storage: LocalModelStorage) -> None:
    with storage.read_from(Resource("TopicClassifier")) as folder:
        sentences = SentenceEncoder(folder / "encoder.onnx")
    texts = ["what does it cost", "how much is the fee", "football", "", "a " * 500]
    together = sentences.encode(texts)
    assert together.shape == (5, DIMENSIONS)
    assert (together**2).sum(axis=1) == pytest.approx(1, abs=1e-4)
    alone = sentences.encode(texts[:1])[0]
    assert alone @ together[0] == pytest.approx(1, abs=0.01)
    assert alone @ together[1] > alone @ together[2]
    assert sentences.encode([]).shape == (0, DIMENSIONS)


def test_files_of_another_version_are_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "MODEL_SHA256", "0" * 64)
    with pytest.raises(EncoderUnavailable, match="make clean setup"):
        write_compact_model(tmp_path / "encoder.onnx")


def test_an_adapter_for_another_model_is_refused_with_what_to_do(tmp_path: Path) -> None:
    kept = dict(np.load(encoder.ADAPTER))
    kept.pop(next(iter(kept)))
    np.savez(tmp_path / "adapter.npz", **kept)
    with pytest.raises(EncoderUnavailable, match="make tune"):
        write_compact_model(tmp_path / "encoder.onnx", tmp_path / "adapter.npz")


def test_the_adapter_moves_the_vectors(tmp_path: Path) -> None:
    nothing = {name: np.zeros_like(part) for name, part in np.load(encoder.ADAPTER).items()}
    np.savez(tmp_path / "nothing.npz", **nothing)
    write_compact_model(tmp_path / "plain.onnx", tmp_path / "nothing.npz")
    write_compact_model(tmp_path / "tuned.onnx")
    plain, tuned = (
        SentenceEncoder(tmp_path / f"{name}.onnx").encode(["will it break the bank"]) for name in ("plain", "tuned")
    )
    assert (plain * tuned).sum() < 0.9


def test_a_missing_language_model_is_said_with_what_to_do() -> None:
    with pytest.raises(EnglishModelMissing, match="make setup"):
        EnglishModel.load_model("no_such_package")


def test_english_names_keep_their_capitals_and_are_found() -> None:
    model = EnglishModel.load_model(english.PACKAGE).model
    found = {entity.text: entity.label_ for entity in model("Alice Johnson teaches in London since March 2010.").ents}
    assert found["London"] == "GPE"
    assert "PERSON" in found.values()
