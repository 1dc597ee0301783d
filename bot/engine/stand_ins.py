"""Empty stand-ins for packages that Rasa imports at its top and this project never uses.

Rasa 3.6 imports TensorFlow in many modules, and needs it for none of the parts that are used here: rules, forms, tracker
stores, channels and components of our own. An import hook answers such names with classes that can be subclassed, called,
subscripted and used as decorators, but that compute nothing: a component that really needs TensorFlow (DIET, TED, the
response selector) is refused with a message that says so. Why, and what it saves: docs/decisions/002-rasa-without-tensorflow.md.
"""

import importlib.abc
import importlib.machinery
import sys
from types import ModuleType
from typing import Any, Iterable, Iterator, Optional, Sequence

# Left out of the engine's environment altogether.
TENSORFLOW = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras", "tensorboard")
# Installed for the `rasa` command; to serve they are only imported: plots, consoles, clouds, and others' channels and stores.
NOT_FOR_SERVING = (
    "matplotlib", "questionary", "prompt_toolkit", "boto3", "botocore", "pymongo", "socketio", "aiogram", "twilio", "slack_sdk",
    "fbmessenger", "mattermostwrapper", "rocketchat_API", "webexteamssdk", "confluent_kafka", "aio_pika", "sentry_sdk",
)  # fmt: skip


class PackageLeftOut(ImportError):
    """A component asked a package that is left out to do something.

    An ImportError, so that libraries which only look whether TensorFlow is there (thinc) find that it is not.
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} needs a package that the engine leaves out on purpose (TensorFlow, most likely). "
            "Use a component that does not (see config.yml), or install Rasa's own pins in an environment of its own."
        )


class _StandInType(type):
    """A class whose every unknown attribute is another stand-in."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_in(f"{cls.__module__}.{name}")

    def __getitem__(cls, _key: Any) -> Any:
        return cls

    def __or__(cls, other: Any) -> Any:
        return Optional[other]


class _StandIn(metaclass=_StandInType):
    def __new__(cls, *args: Any, **_kwargs: Any) -> Any:
        if not cls.__dict__.get("_is_leaf"):
            return super().__new__(cls)  # a subclass of Rasa's, which __init__ refuses
        # ``@tf.function`` and ``@register(...)`` decorate; anything else would compute.
        if args and callable(args[0]):
            return args[0]
        if args:
            raise PackageLeftOut(f"{cls.__module__}.{cls.__name__}")
        return lambda decorated: decorated

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        raise PackageLeftOut(type(self).__name__)


def _stand_in(name: str) -> type:
    module, _, leaf = name.rpartition(".")
    return _StandInType(leaf, (_StandIn,), {"__module__": module, "_is_leaf": True})


class _AbsentModule(ModuleType):
    __path__: Sequence[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        stand_in = _stand_in(f"{self.__name__}.{name}")
        setattr(self, name, stand_in)
        return stand_in

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every module of the named packages and makes it of stand-ins."""

    def __init__(self, packages: Iterable[str]) -> None:
        self._packages = frozenset(packages)

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]] = None, target: Optional[ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        """Answers for ``fullname`` (dotted module name) when it is one of the packages or below one."""
        if fullname.partition(".")[0] not in self._packages:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Makes an empty module whose attributes appear when asked for."""
        return _AbsentModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: a stand-in has no code."""


def install(packages: Iterable[str]) -> None:
    """Answers imports of ``packages`` with stand-ins from now on."""
    sys.meta_path.insert(0, StandInFinder(packages))
