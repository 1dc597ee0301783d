"""Finding the school that a person means, and saying so when it cannot take part."""

import re

from bot.registration_form.directory import Directory
from bot.registration_form.draft import Draft, DraftSchool, Say
from bot.registration_form.questions import label, which_school
from bot.registration_form.turn import Turn
from bot.schools.school import School
from bot.schools.search import is_clear

_BY_HAND = ("Enter it by hand", "school:by_hand")
_OTHER = ("Another school", "school:other")
_CHOSEN_URN = re.compile(r"\((\d{6})\)\s*$")  # how the widget's list of schools sends the one that was picked
_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})\b", re.IGNORECASE)
_FILLER = re.compile(
    r"^(?:(?:please|register|put|sign|enrol|add|down|up|for|it|is|the|from|at|of|i mean|no|yes|actually)\b[\s,]*)+",
    re.IGNORECASE,
)
_POINTING = {
    "the", "one", "in", "at", "it", "s", "its", "that", "is", "we", "are", "our", "of", "no", "other", "please", "ours",
}  # fmt: skip
_LONGEST_NAME = 200
_LONGEST_QUERY = 100
_LEAST_SCORE = 55.0  # what fits worse is no school that anybody meant: "hello there" finds some at 40


async def name_school(draft: Draft, words: str, directory: Directory) -> Turn | None:
    """Takes the school that ``words`` name, or offers those that they may mean; None where they name none."""
    if (picked := _CHOSEN_URN.search(words)) and (school := await directory.school(int(picked[1]))):
        return await take_school(draft, school, directory)
    if school := await _among_offered(draft, words, directory):
        return await take_school(draft, school, directory)
    asked_for = (_FILLER.sub("", words).strip(" .,") or words)[:_LONGEST_QUERY]
    found = [one for one in await directory.find_schools(asked_for) if one.score >= _LEAST_SCORE]
    if not found:
        return None
    if is_clear(found):
        return await take_school(draft, found[0].school, directory)
    schools = [one.school for one in found]
    able = [school for school in schools if school.is_open and school.teaches_primary] or schools
    asked = draft.with_(asked="school", misses=0, offered_schools=tuple(school.urn for school in able))
    return Turn(asked, [await which_school(asked.offered_schools, directory)])


async def _among_offered(draft: Draft, words: str, directory: Directory) -> School | None:
    """The school of the last choice that "the one in Barnet" points to, if it is one alone."""
    said = set(re.findall(r"\w+", words.casefold())) - _POINTING
    offered = [school for urn in draft.offered_schools if (school := await directory.school(urn))]
    meant = [school for school in offered if said and said <= set(re.findall(r"\w+", label(school).casefold()))]
    return meant[0] if len(meant) == 1 else None


async def take_school(draft: Draft, school: School, directory: Directory) -> Turn:
    """Notes the school; one that is closed leads to its successor, one that cannot take part gets the truth."""
    values = {"your_school": label(school)}
    if not school.is_open and school.status == "closed":
        successor = await directory.successor(school)
        if successor is None:
            return _again(draft, Say("form/school_closed", values, (_BY_HAND, _OTHER), expects="school"))
        values["your_successor"] = label(successor)
        choices = (("Yes, that's us", f"school:{successor.urn}"), _OTHER)
        return _again(draft, Say("form/school_became", values, choices, expects="school"), successor.urn)
    if _is_elsewhere(school):
        return _again(draft, Say("form/school_abroad", values, (_OTHER,), expects="school"))
    if not school.teaches_primary:
        return _again(draft, Say("form/school_not_primary", values, (_OTHER,), expects="school"))
    taken = DraftSchool(school.name, school.town, school.postcode, school.urn)
    return Turn(draft.with_(school=taken, misses=0, offered_schools=(), hub=None, invited_by=None))


def by_hand(text: str) -> DraftSchool | None:
    """A school from its name, town and postcode in one line; None where the name or the postcode is missing."""
    postcode = _POSTCODE.search(text)
    if postcode is None:
        return None
    parts = [part.strip(" .") for part in _POSTCODE.sub(",", text).split(",") if part.strip(" .")]
    if not parts or len(parts[0]) < 3 or len(parts[0]) > _LONGEST_NAME or re.match(r"[=+@\-]", parts[0]):
        return None
    return DraftSchool(parts[0], ", ".join(parts[1:])[:100], f"{postcode[1]} {postcode[2]}".upper())


def _again(draft: Draft, say: Say, *offered: int) -> Turn:
    return Turn(draft.with_(asked="school", school=None, misses=0, offered_schools=offered), [say])


def _is_elsewhere(school: School) -> bool:
    """Welsh numbers begin with a 4; schools overseas say so in their type (DfE, Get Information about Schools)."""
    return school.urn // 100_000 == 4 or "overseas" in school.type.casefold() or "offshore" in school.type.casefold()
