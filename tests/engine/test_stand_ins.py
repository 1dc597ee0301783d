"""Packages that are left out can be imported, subclassed and used as decorators, but not computed with."""

import importlib
import importlib.util
import subprocess
import sys
from typing import Iterator

import pytest

from bot.engine import stand_ins
from bot.engine.stand_ins import PackageLeftOut


@pytest.fixture
def absent() -> Iterator[str]:
    """The name of a package that is answered with stand-ins."""
    stand_ins.install(["absent_package"])
    yield "absent_package"
    sys.meta_path.pop(0)
    for name in [name for name in sys.modules if name.startswith("absent_package")]:
        del sys.modules[name]


def test_modules_of_any_depth_can_be_imported(absent: str) -> None:
    deep = importlib.import_module(f"{absent}.python.keras.layers")
    assert deep.__name__ == "absent_package.python.keras.layers"
    assert deep.Dense is deep.Dense


def test_other_packages_are_imported_as_ever(absent: str) -> None:
    assert importlib.import_module("json").dumps({}) == "{}"
    assert importlib.util.find_spec("absent_package_too") is None


def test_a_class_can_be_derived_from_a_stand_in(absent: str) -> None:
    layers = importlib.import_module(f"{absent}.layers")

    class Mine(layers.Layer.Special):  # type: ignore[misc,name-defined]
        size = 3

    assert Mine.size == 3


def test_stand_ins_serve_in_type_annotations(absent: str) -> None:
    tensor = importlib.import_module(absent).Tensor
    assert tensor[int] is tensor
    assert (tensor | None) is not None


def test_decorators_leave_what_they_decorate(absent: str) -> None:
    module = importlib.import_module(absent)

    def decorated() -> int:
        return 7

    assert module.function(decorated) is decorated
    assert module.register(name="x")(decorated) is decorated


def test_computing_is_refused_with_what_to_do(absent: str) -> None:
    module = importlib.import_module(absent)
    with pytest.raises(PackageLeftOut, match="leaves out on purpose"):
        module.constant(1.0)


def test_making_an_object_of_a_derived_class_is_refused(absent: str) -> None:
    module = importlib.import_module(absent)

    class Mine(module.Model):  # type: ignore[misc,name-defined]
        pass

    with pytest.raises(PackageLeftOut, match="Mine"):
        Mine()


def test_a_library_that_only_looks_finds_the_package_missing(absent: str) -> None:
    try:
        importlib.import_module(absent).constant(1)
    except ImportError:
        return
    raise AssertionError("a library that catches ImportError would have gone on")


def test_dunder_names_are_not_made_up(absent: str) -> None:
    module = importlib.import_module(absent)
    assert not hasattr(module, "__file__")
    assert not hasattr(module.Layer, "__abstractmethods__")


def test_iterating_over_a_left_out_module_gives_nothing(absent: str) -> None:
    assert list(importlib.import_module(absent)) == []


def test_thinc_sees_no_tensorflow_and_rasa_imports_without_it() -> None:
    check = (
        "import sys; import rasa.core.agent; from thinc.compat import has_tensorflow;"
        "import tensorflow; print(has_tensorflow, type(tensorflow).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", check], stdout=subprocess.PIPE, check=True, universal_newlines=True)
    assert done.stdout.split() == ["False", "_AbsentModule"]


def test_a_rasa_component_that_needs_tensorflow_is_refused() -> None:
    from rasa.nlu.classifiers.diet_classifier import DIETClassifier
    from rasa.utils.tensorflow.models import RasaModel

    assert DIETClassifier.get_default_config()["epochs"]
    with pytest.raises(PackageLeftOut):
        RasaModel()
