"""A register of the size of the real one: the sample, filled up with closed schools made of its rows."""

import csv
import random
from pathlib import Path

from bench.processes import WORK
from bot.example_data import SAMPLE
from bot.schools.register_file import open_register
from bot.schools.register_row import BadRow

ROWS = 52_000
"""What the register holds (bot/schools/sample/README.md says whose it is)."""
_FIRST_URN = 900_000
_SEED = 52


def full_register() -> Path:
    """The file, written when it is not there: each filler row has the name of one school and the address of another.

    Most of what the sample leaves out are closed schools, so that is what fills it.
    """
    path = WORK / "register.csv"
    WORK.mkdir(parents=True, exist_ok=True)
    rows = sample_rows()
    chance = random.Random(_SEED)
    names, places = chance.sample(rows, ROWS - len(rows)), chance.sample(rows, ROWS - len(rows))
    fillers = [
        name
        | {column: place[column] for column in ("Street", "Locality", "Address3", "Town", "Postcode", "LA (name)")}
        | {"URN": str(_FIRST_URN + at), "EstablishmentStatus (code)": "2"}
        for at, (name, place) in enumerate(zip(names, places, strict=True))
    ]
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows([*rows, *fillers])
    return path


def sample_rows() -> list[dict[str, str]]:
    """The sample's rows, with the columns that are read."""
    records = open_register(SAMPLE).records()
    return [record[1] for record in records if not isinstance(record, BadRow)]
