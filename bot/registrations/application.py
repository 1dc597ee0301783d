"""What a person asks for when they register a school."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who registers. ``phone`` may be empty. Raises ValueError for what has no room in the database."""

    name: str
    role: str
    email: str
    phone: str

    def __post_init__(self) -> None:
        _check("name", self.name, 1, 100)
        _check("role", self.role, 1, 100)
        _check("email", self.email, 3, 254)
        _check("phone", self.phone, 0, 30)


@dataclass(frozen=True, slots=True)
class ApplyingSchool:
    """The school that is registered; ``urn`` None: entered by hand, as the register does not have it.

    Raises ValueError for what has no room in the database.
    """

    name: str
    town: str
    postcode: str
    urn: int | None

    def __post_init__(self) -> None:
        _check("school's name", self.name, 1, 200)
        _check("school's town", self.town, 0, 100)
        _check("school's postcode", self.postcode, 0, 10)


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that one registration needs.

    ``consent`` is the wording that the person agreed to. ``year`` is the school year, as in ``Place.year``. ``cohort_id`` None:
    no hub is near.
    """

    school: ApplyingSchool
    applicant: Applicant
    consent: str
    year: int
    cohort_id: str | None
    conversation_id: str | None


def _check(what: str, text: str, shortest: int, longest: int) -> None:
    # SQLite would keep longer texts, and PostgreSQL refuse them with an error that says little.
    if not shortest <= len(text.strip()) or len(text) > longest:
        raise ValueError(f"The {what} has {len(text)} characters, and may have {shortest} to {longest}")
