"""The mails of tests/replies/corpus, with what a careful person says that each of them is."""

from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from bot.replies.reading.arrived import Arrived, parse
from bot.replies.reading.quoting import written
from bot.replies.sorting.ours import Ours
from bot.replies.sorting.verdict import Kind

FOLDER = Path(__file__).parent.parent / "tests" / "replies"
OURS = Ours(frozenset({"letters@hub.example"}), "hub.example")
"""Whose mailbox the mails of the corpus arrived in."""


class Expected(BaseModel):
    """What a mail is. ``asks``: the topics asked, in order; ``also``: topics whose answer would serve as well.

    ``hand_over``: a person has to answer it, or part of it; ``put_down``: it asks to be registered. ``written``: the text
    of a person's mail. ``permanent``, ``status`` and ``recipient``: of a bounce.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: Kind
    written: str | None = None
    asks: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    hand_over: bool = False
    put_down: bool = False
    permanent: bool | None = None
    status: str | None = None
    recipient: str | None = None

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> "Expected":
        if (self.kind == "bounce") != (self.permanent is not None):
            raise ValueError("a bounce, and only a bounce, is permanent or not")
        if self.kind == "reply" and (self.written is None or not (self.asks or self.hand_over or self.put_down)):
            raise ValueError("a reply has what was written, and what is to come of it")
        return self

    @property
    def path(self) -> Path:
        """The mail itself."""
        return FOLDER / "corpus" / f"{self.name}.eml"

    @property
    def arrived(self) -> Arrived:
        """The mail, read."""
        return parse(self.path.read_bytes())


def corpus() -> list[Expected]:
    """Every mail of the corpus. Raises pydantic's ValidationError where corpus.yml is not well-formed."""
    entries = yaml.safe_load((FOLDER / "corpus.yml").read_text(encoding="utf-8"))
    return TypeAdapter(list[Expected]).validate_python(entries)


def asked_of_us() -> Iterator[tuple[str, str, Expected]]:
    """Name, text as ``written`` finds it, and expectation of each mail that is to be answered."""
    for expected in corpus():
        if expected.kind == "reply":
            yield expected.name, written(expected.arrived), expected
