"""What members of staff ask of the desk is understood of them alone, by a model that changes nothing for anybody else."""

from pathlib import Path
from typing import List, Tuple

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

from bot.engine.spelling_corrector import SpellingCorrector
from bot.engine.topic_classifier import TopicClassifier
from tests.engine.test_components import training_data

CONTEXT = ExecutionContext(GraphSchema({}), "test")
DESK = {
    "desk/places": ["how many places are left", "places left", "is my hub full", "free places", "room for one more"],
    "desk/registered": ["who has registered", "new registrations", "list our schools", "who signed up", "any new ones"],
}


def with_desk() -> TrainingData:
    entries = "".join(
        f"- intent: {topic}\n  examples: |\n" + "".join(f"    - {line}\n" for line in lines)
        for topic, lines in DESK.items()
    )
    return training_data().merge(RasaYAMLReader().reads('version: "3.1"\nnlu:\n' + entries))


@pytest.fixture(scope="module")
def classifiers(tmp_path_factory: pytest.TempPathFactory) -> Tuple[TopicClassifier, TopicClassifier]:
    """One with the desk's topics, loaded anew, and one that has never heard of them."""
    found: List[TopicClassifier] = []
    for name, data in (("with", with_desk()), ("without", training_data())):
        storage = LocalModelStorage.create(tmp_path_factory.mktemp(name))
        config = TopicClassifier.get_default_config()
        TopicClassifier.create(config, storage, Resource(name), CONTEXT).train(data)
        found.append(TopicClassifier.load(config, storage, Resource(name), CONTEXT))
    return found[0], found[1]


def read(classifier: TopicClassifier, text: str, audience: str = "") -> Message:
    events = [SlotSet("audience", audience)] if audience else []
    slots = [TextSlot("audience", mappings=[{"type": "custom"}]), TextSlot("topic", mappings=[{"type": "custom"}])]
    tracker = DialogueStateTracker.from_events("c", events, slots)
    return classifier.process([Message({"text": text})], tracker)[0]


@pytest.mark.parametrize(
    ("text", "topic"), [("how many places are left?", "desk/places"), ("who has registered?", "desk/registered")]
)
def test_staff_are_understood(classifiers: Tuple[TopicClassifier, TopicClassifier], text: str, topic: str) -> None:
    message = read(classifiers[0], text, "staff")
    assert message.get("understanding")["topics"] == [topic]
    assert message.get("intent")["name"] == "desk"


def test_staff_ask_what_anybody_asks_too(classifiers: Tuple[TopicClassifier, TopicClassifier]) -> None:
    assert read(classifiers[0], "what does it cost", "staff").get("understanding")["topics"] == ["ask/cost"]


@pytest.mark.parametrize("text", [*DESK["desk/places"], *DESK["desk/registered"], "what does it cost", "fix my car"])
@pytest.mark.parametrize("audience", ["", "somebody"])
def test_anybody_else_is_read_as_if_there_were_no_desk(
    classifiers: Tuple[TopicClassifier, TopicClassifier], text: str, audience: str
) -> None:
    ours, without = (read(classifier, text, audience).as_dict() for classifier in classifiers)
    assert ours == without
    assert "desk" not in str(ours)


def test_the_words_of_staff_mend_nobodys_spelling(tmp_path: Path) -> None:
    trained = []
    for data in (with_desk(), training_data()):
        folder = tmp_path / str(len(trained))
        folder.mkdir()
        storage = LocalModelStorage.create(folder)
        corrector = SpellingCorrector.create({}, storage, Resource("words"), CONTEXT)
        corrector.train(data)
        with storage.read_from(Resource("words")) as kept:
            trained.append(next(kept.iterdir()).read_text())
    assert trained[0] == trained[1]
