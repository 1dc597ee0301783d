"""The spelling step of Rasa's pipeline."""

import json
from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.desk_topics import is_desk_topic
from bot.engine.spelling import Speller, count_words

CORRECTED_TEXT = "corrected_text"
_WORDS_FILE = "words.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SpellingCorrector(GraphComponent):
    """Sets ``corrected_text`` beside the text, which stays as it was typed: names and addresses are read from that."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, words: Dict[Text, int]) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._speller = Speller(words)

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SpellingCorrector":
        """Creates an untrained component, which knows general English only."""
        return cls(model_storage, resource, {})

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the words of the examples, and how common they are; not those of staff, which nobody else's are mended to."""
        words = count_words(
            example.get(TEXT)
            for example in training_data.intent_examples
            if not is_desk_topic(example.get(INTENT_RESPONSE_KEY) or "")
        )
        self._speller = Speller(words)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _WORDS_FILE).write_text(json.dumps(words), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SpellingCorrector":
        """Loads the words that training learned."""
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / _WORDS_FILE).read_text(encoding="utf-8"))
        return cls(model_storage, resource, words)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the examples alone: they are spelt rightly."""
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets ``corrected_text`` of each message."""
        for message in messages:
            message.set(CORRECTED_TEXT, self._speller.correct(message.get(TEXT) or ""))
        return messages
