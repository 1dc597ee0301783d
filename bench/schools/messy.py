"""What people type for a school, made from real rows by a seeded generator, with the schools that would be right."""

import random
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

EACH = 60
"""Queries of each kind."""
_FORMS_KIND = "another form (St, CE, RC, &)"
_FORMS = (
    (re.compile(r"\bSt\.?\s"), ("Saint ", "st ", "St. ")),
    (
        re.compile(r"\b(CofE|C of E|CE|C\.E\.|Church of England)(?=\W|$)"),
        ("CE", "c of e", "C.E.", "cofe", "Church of England"),
    ),
    (re.compile(r"\b(RC|Roman Catholic|Catholic)\b"), ("RC", "Catholic", "Roman Catholic", "R.C.")),
    (re.compile(r"&|\band\b"), ("and", "&")),
)
_DULL = re.compile(
    r"a|all|an|and|at|by|c|catholic|ce|church|cofe|e|england|for|in|infant|junior|of|on|primary|r|rc|roman|s|saints?|school|st|the|to"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A school as far as queries are made from it."""

    urn: int
    name: str
    town: str
    postcode: str

    @property
    def district(self) -> str:
        return self.postcode.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Messy:
    """A query, of which kind, and every school that is equally right: they differ in nothing that was typed."""

    kind: str
    text: str
    right: frozenset[int]


class Generator:
    """Makes queries for ``wanted`` schools; ``others`` is the whole register, among which several may be equally right."""

    def __init__(self, wanted: list[Row], others: list[Row], seed: int) -> None:
        self._chance = random.Random(seed)
        self._wanted, self._others = wanted, others

    def queries(self, each: int = EACH) -> list[Messy]:
        """``each`` queries of every kind."""
        kinds: dict[str, Callable[[Row], Messy]] = {
            "name": lambda row: self._named(row, "name", self._casual(row.name)),
            "name and town": lambda row: self._in_town(row, "name and town", self._casual(row.name)),
            "part of the name": self._part,
            "part of the name, town": lambda row: self._part(row, with_town=True),
            "one typo": lambda row: self._in_town(row, "one typo", self._mistyped(row.name, 1)),
            "two typos": lambda row: self._in_town(row, "two typos", self._mistyped(row.name, 2)),
            _FORMS_KIND: lambda row: self._in_town(row, _FORMS_KIND, self._reformed(row.name)),
            "another order": lambda row: self._in_town(row, "another order", self._shuffled(row.name)),
            "postcode": self._postcode,
            "partial postcode": self._partial_postcode,
            "old postcode": self._old_postcode,
            "URN": self._urn,
            "wrong town": self._wrong_town,
        }
        return [make(row) for make in kinds.values() for row in self._chance.sample(self._wanted, each)]

    # ---- kinds ----

    def _named(self, row: Row, kind: str, text: str) -> Messy:
        return Messy(kind, text, self._of_name(row))

    def _in_town(self, row: Row, kind: str, text: str) -> Messy:
        right = frozenset(other.urn for other in self._by_name[plain(row.name)] if other.town == row.town)
        return Messy(kind, f"{text} {row.town.lower()}", right)

    def _part(self, row: Row, with_town: bool = False) -> Messy:
        said = _words(row.name)
        telling = [word for word in said if not _DULL.fullmatch(word)] or said
        part = self._chance.sample(telling, min(len(telling), self._chance.choice((1, 2))))
        if self._chance.random() < 0.3:
            part += self._chance.sample(said, min(len(said), 2))
        part = sorted(set(part), key=said.index)
        towns = (row.town,) if with_town else None
        right = [
            other.urn
            for other in self._others
            if (towns is None or other.town in towns) and set(part) <= set(_words(other.name))
        ]
        text = " ".join([*part, row.town.lower()] if with_town else part)
        return Messy("part of the name, town" if with_town else "part of the name", text, frozenset(right))

    def _postcode(self, row: Row) -> Messy:
        code = row.postcode
        typed = self._chance.choice((code, code.lower(), code.replace(" ", ""), code.replace(" ", "").lower()))
        return Messy("postcode", typed, frozenset(other.urn for other in self._others if other.postcode == code))

    def _partial_postcode(self, row: Row) -> Messy:
        unit = row.postcode.partition(" ")[2]
        typed = self._chance.choice((row.district, row.district.lower(), f"{row.district} {unit[0]}"))
        right = [other.urn for other in self._by_name[plain(row.name)] if other.postcode.startswith(typed.upper())]
        return Messy("partial postcode", f"{self._casual(row.name)} {typed}", frozenset(right))

    def _old_postcode(self, row: Row) -> Messy:
        letters = "ABDEFGHJLNPQRSTUWXYZ"
        digit = row.postcode.partition(" ")[2][0] if self._chance.random() < 0.6 else self._chance.choice("123456789")
        typed = f"{row.district} {digit}{self._chance.choice(letters)}{self._chance.choice(letters)}"
        right = [other.urn for other in self._by_name[plain(row.name)] if other.district == row.district]
        return Messy("old postcode", f"{self._casual(row.name)} {typed.lower()}", frozenset(right))

    def _urn(self, row: Row) -> Messy:
        typed = self._chance.choice((f"{row.urn}", f"URN {row.urn}", f"urn: {row.urn}", f"{row.name} {row.urn}"))
        return Messy("URN", typed, frozenset((row.urn,)))

    def _wrong_town(self, row: Row) -> Messy:
        other = self._chance.choice(self._wanted)
        return Messy("wrong town", f"{self._casual(row.name)} {other.town.lower()}", self._of_name(row))

    # ---- how people type ----

    def _casual(self, name: str) -> str:
        if self._chance.random() < 0.5:
            name = name.lower()
        if self._chance.random() < 0.5:
            name = re.sub(r"[^\w\s&]", "", name)
        if self._chance.random() < 0.3:
            name = re.sub(r"\s+school$", "", name, flags=re.I)
        return name

    def _mistyped(self, name: str, times: int) -> str:
        said = name.lower().split()
        for _ in range(times):
            long = [at for at, word in enumerate(said) if len(word) > 3]
            at = self._chance.choice(long or range(len(said)))
            said[at] = self._slip(said[at])
        return " ".join(said)

    def _slip(self, word: str) -> str:
        at = self._chance.randrange(max(1, len(word) - 1))
        slips = (
            word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + self._chance.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :],
        )
        return self._chance.choice(slips)

    def _reformed(self, name: str) -> str:
        for pattern, forms in _FORMS:
            form = self._chance.choice(forms)
            name = pattern.sub(form, name)
        return re.sub(r"['’]", "", name) if self._chance.random() < 0.5 else name

    def _shuffled(self, name: str) -> str:
        said = name.lower().split()
        self._chance.shuffle(said)
        return " ".join(said)

    # ---- who is right ----

    def _of_name(self, row: Row) -> frozenset[int]:
        return frozenset(other.urn for other in self._by_name[plain(row.name)])

    @cached_property
    def _by_name(self) -> dict[str, list[Row]]:
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self._others:
            found[plain(row.name)].append(row)
        return found


def plain(name: str) -> str:
    """What two schools of one name have in common: its letters and digits, in one form of St, CE, RC and "and"."""
    for pattern, forms in _FORMS:
        name = pattern.sub(forms[0], name)
    return re.sub(r"[\W_]", "", name.casefold())


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"['’]", "", name.casefold()))
