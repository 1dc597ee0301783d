"""Rasa accepts the project as it is: its pipeline, its data, its domain. It reads every example, which takes half a minute."""

from pathlib import Path

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.validation import validate
from rasa.shared.importers.importer import TrainingDataImporter

ROOT = Path(__file__).resolve().parents[2]


def test_rasa_accepts_the_projects_pipeline_and_data() -> None:
    importer = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")]
    )
    validate(DefaultV1Recipe().graph_config_for_recipe(importer.get_config(), {}, is_finetuning=False))
    of_rasa = {"restart", "back", "session_start", "nlu_fallback"}
    never_typed = {"choose"}  # a button of the registration form
    assert set(importer.get_nlu_data().intents) - of_rasa == set(importer.get_domain().intents) - of_rasa - never_typed
