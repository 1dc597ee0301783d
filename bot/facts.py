"""The facts that the assistant states, from facts.yml: loaded once, checked completely."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    PositiveInt,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?$")]

# Used by the pages and error texts of the service itself, beside what the responses use.
ALWAYS_NEEDED = ("scheme_name", "scheme_short", "website", "email")
# Names of utterance fields in Rasa's action protocol, which a fact of the same name would overwrite.
_RESERVED = {"text", "response", "buttons", "custom", "image", "attachment", "elements", "links", "source", "topics"}


class FactsError(Exception):
    """facts.yml, or a response that uses it, is wrong. Its text is one line that says what, and how to mend it."""


class Fact(BaseModel):
    """One fact: exactly one kind with its value."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Words | None = None
    number: PositiveInt | None = None
    pounds: Annotated[Decimal, Field(gt=0, max_digits=8, decimal_places=2, strict=False)] | None = None
    names: Annotated[list[Words], Field(min_length=1)] | None = None
    choice: Annotated[list[Words], Field(min_length=1)] | None = None
    web: Host | None = None
    email: EmailStr | None = None

    @field_validator("pounds", mode="before")
    @classmethod
    def _pounds_are_a_number(cls, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("should be a number of pounds, such as 450 or 450.50")
        return str(value)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("should have exactly one kind: " + ", ".join(type(self).model_fields))
        return self

    @property
    def said(self) -> str:
        """The fact as it stands in a sentence."""
        if self.pounds is not None:
            return f"£{self.pounds:,.0f}" if self.pounds == self.pounds.to_integral_value() else f"£{self.pounds:,.2f}"
        if self.names is not None:
            return _enumerated(self.names, "and")
        if self.choice is not None:
            return _enumerated(self.choice, "or")
        return str(self.text or self.number or self.web or self.email)

    @property
    def link(self) -> dict[str, str] | None:
        """A link (``label``, ``href``) for an address, None for anything else."""
        if self.web:
            return {"label": self.web, "href": f"https://{self.web}"}
        if self.email:
            return {"label": self.email, "href": f"mailto:{self.email}"}
        return None


class Source(BaseModel):
    """Where the facts are from, and when somebody last compared them with it."""

    model_config = ConfigDict(extra="forbid")

    title: Words
    checked: date


class _FactsFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    review_after_days: PositiveInt
    source: Source
    facts: dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")], Fact]


@dataclass(frozen=True)
class Facts:
    """All facts by name, with their source."""

    facts: Mapping[str, Fact]
    source: Source
    review_after: timedelta

    def said(self, name: str) -> str:
        """The fact ``name`` as it stands in a sentence. Raises KeyError for an unknown one."""
        return self.facts[name].said

    def review_due(self, today: date) -> date | None:
        """The day on which the facts should have been checked again, if ``today`` is past it."""
        due = self.source.checked + self.review_after
        return due if today > due else None

    @property
    def scheme_name(self) -> str:
        """The scheme's full name."""
        return self.said("scheme_name")

    @property
    def short_name(self) -> str:
        """The scheme's short name."""
        return self.said("scheme_short")

    @property
    def scheme_email(self) -> str:
        """The scheme's email address."""
        return self.said("email")

    @property
    def scheme_website(self) -> str:
        """The scheme's website, a host without "https://"."""
        return self.said("website")


def load_facts(path: Path) -> Facts:
    """Reads and checks the file at ``path``.

    Raises:
        FactsError: if it is missing, not YAML, or a fact is missing or of a wrong type.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FactsError(
            f"{path}: cannot be read ({error.strerror}). Put the file back or set PSQM_FACTS_PATH."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FactsError(f"{path}: is not valid YAML: {' '.join(str(error).split())}") from None
    try:
        loaded = _FactsFile.model_validate(content)
    except ValidationError as error:
        raise FactsError(f"{path}: {_first_problem(error)}") from None
    for name in ALWAYS_NEEDED:
        if name not in loaded.facts:
            raise FactsError(f"{path}: the fact '{name}' is missing. Add it under 'facts:'.")
    for name in _RESERVED & loaded.facts.keys():
        raise FactsError(f"{path}: '{name}' cannot be a fact's name. Choose another and use it in domain.yml.")
    return Facts(loaded.facts, loaded.source, timedelta(days=loaded.review_after_days))


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    place = " → ".join(str(part) for part in problem["loc"]) or "the file"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {message[0].lower()}{message[1:]}. Correct it there; the comment at the file's top explains the kinds."


def _enumerated(words: list[str], joiner: str) -> str:
    return f" {joiner} ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
