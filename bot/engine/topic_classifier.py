"""The step of Rasa's pipeline that finds out what a message asks."""

import json
from typing import Any, Dict, List, Optional, Text

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    INTENT_RESPONSE_KEY,
    METADATA,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.annotated import ENTITY, SEVERAL, Mark, clause_examples
from bot.engine.desk_topics import DeskReader, fit_desk, is_desk_topic
from bot.engine.division import OUT_OF_SCOPE
from bot.engine.encoder import SentenceEncoder, write_compact_model
from bot.engine.fitting import Example, Fitted, fit
from bot.engine.reading import Certainty, Clauses, Reader, Reading, ReadingSettings
from bot.engine.spelling_corrector import CORRECTED_TEXT, SpellingCorrector
from bot.engine.topic_model import TopicModel

# What actions read of a message: {"certainty", "topics", "alternatives": [{"topic", "label"}]}.
UNDERSTANDING = "understanding"
FALLBACK = "nlu_fallback"
TOPIC_SLOT = "topic"
AUDIENCE_SLOT = "audience"
STAFF = "staff"  # the audience whose words may be for the desk
_RANKED = 5  # topics kept of a ranking: the rest would only fill the tracker
_ENCODER_FILE = "encoder.onnx"
_MODEL_FILE = "topics.joblib"
_DESK_FILE = "desk.joblib"
_NAMES_FILE = "names.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent):
    """Classifies into topics (``ask/cost``), several of them where a message asks several things.

    The intent is the first topic's (``ask``); the topics are in ``understanding`` and, as Rasa's own response selector
    writes them, in ``response_selector``, where ``rasa test nlu`` looks.
    """

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._labels: Dict[Text, Text] = {}
        self._retrieval_intents: List[Text] = []
        self._reader: Optional[Reader] = None
        self._of_staff: Optional[DeskReader] = None

    def _use(
        self, encoder: SentenceEncoder, fitted: Fitted, names: Dict[Text, Dict[Text, Text]], desk: Optional[TopicModel]
    ) -> None:
        self._labels = {topic: name["label"] for topic, name in names.items()}
        settings = ReadingSettings(**{key: self._config[key] for key in ReadingSettings.__dataclass_fields__})
        clauses = Clauses(encoder, fitted.model, _subjects(names), settings)
        self._reader = Reader(clauses, fitted.judge, fitted.thresholds, self._labels, settings)
        self._of_staff = DeskReader(desk, encoder, self._reader) if desk is not None else None
        topics = fitted.model.topics
        self._retrieval_intents = sorted({topic.partition("/")[0] for topic in topics if "/" in topic})

    @classmethod
    def required_components(cls) -> List[Any]:
        """The spelling is mended before."""
        return [SpellingCorrector]

    @staticmethod
    def required_packages() -> List[Text]:
        """Packages that have to be installed."""
        return ["onnxruntime", "tokenizers", "sklearn"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """The share of known examples (percentiles) that sets each threshold, and how readings are weighed."""
        return {"unknown_percentile": 5.0, "sure_percentile": 25.0, **vars(ReadingSettings())}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "TopicClassifier":
        """Creates an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the topic model to the examples and keeps it with the topics' names.

        A topic's file gives its ``label`` (what a choice says) and ``subject`` (what "that" stands for afterwards) as metadata.
        The desk's topics are learned apart from all others.
        """
        names = _names(training_data)
        examples = training_data.intent_examples
        for_all = [message for message in examples if not is_desk_topic(_topic(message))]
        with self._model_storage.write_to(self._resource) as folder:
            write_compact_model(folder / _ENCODER_FILE)
            encoder = SentenceEncoder(folder / _ENCODER_FILE)
            fitted = fit(
                [_example(message, _subjects(names)) for message in for_all],
                encoder,
                _subjects(names),
                self._config["unknown_percentile"],
                self._config["sure_percentile"],
            )
            desk = fit_desk([(message.get(TEXT), _topic(message)) for message in examples], encoder)
            joblib.dump(fitted, folder / _MODEL_FILE, compress=3)
            joblib.dump(desk, folder / _DESK_FILE, compress=3)
            (folder / _NAMES_FILE).write_text(json.dumps(names), encoding="utf-8")
        self._use(encoder, fitted, names, desk)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "TopicClassifier":
        """Loads what training kept."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            names = json.loads((folder / _NAMES_FILE).read_text(encoding="utf-8"))
            component._use(
                SentenceEncoder(folder / _ENCODER_FILE),
                joblib.load(folder / _MODEL_FILE),
                names,
                joblib.load(folder / _DESK_FILE),
            )
        return component

    def process(self, messages: List[Message], tracker: Optional[DialogueStateTracker] = None) -> List[Message]:
        """Reads each message in the light of the conversation's last topic."""
        last_topic = tracker.get_slot(TOPIC_SLOT) if tracker is not None else None
        is_staff = tracker is not None and tracker.get_slot(AUDIENCE_SLOT) == STAFF
        reader = self._of_staff if is_staff and self._of_staff is not None else self._reader
        for message in messages:
            assert reader is not None  # Rasa runs only what it has trained or loaded
            text = message.get(CORRECTED_TEXT) or message.get(TEXT) or ""
            self._write(message, reader.read(text, last_topic))
        return messages

    def _write(self, message: Message, reading: Reading) -> None:
        topic = reading.topics[0] if reading.topics else OUT_OF_SCOPE
        confidence = dict(reading.ranking).get(topic, 0.0)
        ranking = _by_intent(reading)
        intent_name = SEVERAL if len(reading.topics) > 1 else topic.partition("/")[0]
        if reading.certainty is Certainty.UNSURE:
            ranking.insert(
                0, {INTENT_NAME_KEY: FALLBACK, PREDICTED_CONFIDENCE_KEY: ranking[0][PREDICTED_CONFIDENCE_KEY]}
            )
            intent = ranking[0]
        else:
            intent = {INTENT_NAME_KEY: intent_name, PREDICTED_CONFIDENCE_KEY: confidence}
        message.set(INTENT, intent, add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set("response_selector", self._response_selector(reading), add_to_output=True)
        understanding = {
            "certainty": reading.certainty.value,
            "topics": reading.topics,
            "alternatives": [
                {"topic": topic, "label": self._labels[topic]}
                for topic in reading.alternatives
                if topic in self._labels
            ],
        }
        message.set(UNDERSTANDING, understanding, add_to_output=True)

    def _response_selector(self, reading: Reading) -> Dict[Text, Any]:
        ranking = [
            {INTENT_RESPONSE_KEY: topic, PREDICTED_CONFIDENCE_KEY: share} for topic, share in reading.ranking[:_RANKED]
        ]
        best = reading.topics[0] if reading.topics else reading.ranking[0][0]
        response = {INTENT_RESPONSE_KEY: best, PREDICTED_CONFIDENCE_KEY: dict(reading.ranking)[best]}
        return {
            "all_retrieval_intents": self._retrieval_intents,
            "default": {"response": response, "ranking": ranking},
        }


def _by_intent(reading: Reading) -> List[Dict[Text, Any]]:
    shares: Dict[Text, float] = {}
    for topic, share in reading.ranking:
        intent = topic.partition("/")[0]
        shares[intent] = shares.get(intent, 0.0) + share
    ordered = sorted(shares.items(), key=lambda entry: entry[1], reverse=True)
    return [{INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: share} for name, share in ordered[:_RANKED]]


def _subjects(names: Dict[Text, Dict[Text, Text]]) -> Dict[Text, Text]:
    return {topic: name["subject"] for topic, name in names.items()}


def _names(training_data: TrainingData) -> Dict[Text, Dict[Text, Text]]:
    """The ``label`` and ``subject`` of each topic whose file gives them."""
    names: Dict[Text, Dict[Text, Text]] = {}
    for message in training_data.intent_examples:
        metadata = (message.get(METADATA) or {}).get(INTENT) or {}
        if "label" in metadata and "subject" in metadata:
            names[_topic(message)] = {"label": metadata["label"], "subject": metadata["subject"]}
    return names


def _example(message: Message, subjects: Dict[Text, Text]) -> Example:
    text, topic = message.get(TEXT), _topic(message)
    marks = [
        Mark(entity["start"], entity["end"], entity["role"])
        for entity in message.get(ENTITIES) or []
        if entity["entity"] == ENTITY
    ]
    if marks:
        asked = {mark.topic for mark in marks}
        return Example(text, frozenset(asked), tuple(clause_examples(text, marks, subjects)))
    is_follow_up = text.partition(": ")[0] in subjects.values()  # a form for the engine, nothing that a person types
    return Example("" if is_follow_up else text, frozenset([topic]), ((text, topic),))


def _topic(message: Message) -> Text:
    return str(message.get(INTENT_RESPONSE_KEY) or message.get(INTENT))
