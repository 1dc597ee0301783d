"""What a client may send to the chat API, as JSON, and nothing else."""

from typing import Self

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bot.channels.problems import Problem
from bot.typed import LONGEST

LARGEST = 64 * 1024
"""Bytes that a request's body may have."""

LARGEST_N = 2**31 - 1
"""The largest number that a message can have."""

ID_PATTERN = r"^[A-Za-z0-9_-]{1,100}$"


class Body(BaseModel):
    """A JSON object with exactly the known fields; a field is left out rather than null."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NewSession(Body):
    """``letter`` is the token of a letter's link."""

    letter: str = Field("", min_length=1, max_length=500)


class NewMessage(Body):
    """A text or a choice; ``id`` is the client's, so that a repeat is recognised."""

    text: str = ""
    choice: str = Field("", min_length=1, max_length=100)
    id: str = Field("", pattern=ID_PATTERN)

    @model_validator(mode="after")
    def _text_or_choice(self) -> Self:
        if len({"text", "choice"} & self.model_fields_set) != 1:
            raise ValueError("send either text or choice")
        return self


class NewRating(Body):
    """What a person thinks of the answer with this ``n``."""

    n: int = Field(ge=1, le=LARGEST_N)
    right: bool

    @field_validator("n", mode="before")
    @classmethod
    def _whole(cls, n: object) -> object:
        return int(n) if isinstance(n, float) and n.is_integer() else n  # to JSON, 3.0 is as whole as 3


async def read_body[Shape: Body](request: web.Request, shape: type[Shape]) -> Shape:
    """The request's body; raises Problem with 400 (malformed), 413 (too long) or 415 (not JSON)."""
    if request.content_type != "application/json":
        raise Problem(415, "not-json", "Send JSON, with the header Content-Type: application/json.")
    content = await request.read()
    try:
        return shape.model_validate_json(content)
    except ValidationError as error:
        raise Problem(400, "malformed", _told(error)) from None


def check_length(text: str) -> None:
    """Raises Problem 413 for a message that is too long."""
    if len(text) > LONGEST:
        raise Problem(
            413, "too-long", f"A message can have at most {LONGEST:,} characters; this one has {len(text):,}."
        )


def _told(error: ValidationError) -> str:
    """What is wrong with a body, without repeating any of it."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "extra_forbidden":
        return "There is a field that is not known here."
    where = f"{first['loc'][0]}: " if first["loc"] else ""
    return where + first["msg"].removeprefix("Value error, ")
