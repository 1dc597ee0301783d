"""A letter and what composes it, as tests of letters use them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import yaml

from bot.hubs.place import Place
from bot.letters.composing.forms import LetterForms
from bot.letters.composing.hrefs import Hrefs, hrefs_of
from bot.letters.composing.hub_letter import HubLetter
from bot.letters.letter import Letter, LetterSchool
from bot.letters.opening import open_forms, open_letter_links
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
SETTINGS = Settings(
    secret_key="a secret key for tests, long enough",
    public_url="https://assistant.example",
    facts_path=ROOT / "facts.yml",
    letter_path=ROOT / "letter",
)
PLACE = Place(
    "c1", "Riverside", "Jo Marsh", "jo@riverside.example", False, 2026, 10, 4, date(2027, 1, 14), time(13), "Mill Centre"
)  # fmt: skip
SCHOOL = LetterSchool("Fairview Primary School", ("Church Lane", "Weston"), "Otley", "LS21 1AA", 100001)
LETTER = Letter(
    id="0b7c2f9e-5d0f-4f2f-9a65-6e6f6c2f7f10",
    kind="area",
    year=2026,
    email="head@fairview.example",
    name="Dr Amina Lindqvist",
    school=SCHOOL,
    dated=date(2026, 11, 24),
    place=PLACE,
    hub_id="h1",
    sender_address=("Riverside Primary School", "12 Mill Road", "Otley", "LS21 2BB"),
    conversation_id=None,
)
OWN = HubLetter(LETTER.sender_address, "", None, "")
UNKNOWN = replace(LETTER, kind="asked", name="", school=None, place=None, hub_id=None, sender_address=())
"""Asked for by somebody of whom nothing is known but the address."""


def forms(facts: Mapping[str, Any] | None = None, folder: Path | None = None) -> LetterForms:
    """What composes letters; with other ``facts``, which are then written to ``folder``."""
    if facts is None or folder is None:
        return open_forms(SETTINGS)
    content = yaml.safe_load(SETTINGS.facts_path.read_text(encoding="utf-8"))
    content["facts"] |= facts
    path = folder / "facts.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return open_forms(SETTINGS.model_copy(update={"facts_path": path}))


def hrefs(letter: Letter = LETTER) -> Hrefs:
    """Its links."""
    return hrefs_of(letter, open_letter_links(SETTINGS))
