"""What a wording can name in braces: the facts, and what differs from letter to letter."""

from collections.abc import Iterable
from difflib import get_close_matches

from bot.facts import Facts
from bot.hubs.place import Place
from bot.letters.composing import sender
from bot.letters.composing.blocks import Wording, placeholders
from bot.letters.composing.filling import Value, ValueOf
from bot.letters.composing.hrefs import Hrefs
from bot.letters.composing.hub_letter import HubLetter
from bot.letters.letter import Letter
from bot.letters.problems import LetterProblem
from bot.notices import phrases
from bot.outbox.mail import one_line

OF_A_LETTER = {
    "date": "the letter's date",
    "head_name": "the headteacher's name, or Headteacher where none is known",
    "school_name": "the school's name, or your school where none is known",
    "school_address": "the school's address, in one line",
    "sender_name": "the hub leader's name",
    "sender_title": "what the hub leader is, such as Leader of the Fairview hub",
    "sender_email": "the hub leader's email address",
    "sender_address": "the hub's address, in one line",
    "hub": "the hub, such as the Fairview hub",
    "led_by": "which I lead, said of the hub",
    "first_session": "date, time and place of the first session",
    "enclosed": "what the enclosed report is",
    "link": "the school's own page, where it asks and registers; a target: [Ask us]({link})",
    "pdf": "the letter as PDF; a target",
    "report": "the enclosed report as PDF; a target",
}
"""The placeholders that are no facts, and what each says."""

NEEDED = ("head_name", "first_session", "sender_name", "link")
"""What no hub's own wording may leave out."""

_LONGEST = 300


def check(wording: Wording, facts: Facts, needed: Iterable[str] = ()) -> None:
    """Raises LetterProblem for a placeholder that nobody knows, one that is needed and missing, or an address as a word."""
    named = [placeholder.name for placeholder in placeholders(wording)]
    known = [*OF_A_LETTER, *facts.facts]
    for name in named:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f"did you mean {{{near[0]}}}? " if near else ""
            raise LetterProblem(f"Nothing is known as {{{name}}}: {meant}There are {_listed(known)}")
    for name in needed:
        if name not in named:
            raise LetterProblem(f"The wording does not name {{{name}}} ({OF_A_LETTER[name]}): put it in")


def values(facts: Facts, letter: Letter, own: HubLetter, hrefs: Hrefs) -> ValueOf:
    """What each placeholder stands for in this letter."""
    place, school = letter.place, letter.school
    texts = {
        "date": sender.day(letter),
        "head_name": letter.name or "Headteacher",
        "school_name": school.name if school else "your school",
        "school_address": ", ".join((*school.address, school.town, school.postcode)) if school else "",
        "sender_name": place.leader_name if place else facts.scheme_name,
        "sender_title": f"Leader of the {phrases.hub(place)}" if place else facts.scheme_website,
        "sender_address": ", ".join(own.sender_address),
        "hub": f"the {phrases.hub(place)}" if place else "a local hub near you",
        "led_by": "which I lead" if place else "led by an expert hub leader",
        "first_session": _first_session(letter, place),
        "enclosed": _enclosed(facts, own, place),
    }
    known = {name: Value(one_line(text, _LONGEST)) for name, text in texts.items()}
    answers = place.leader_email if place else facts.scheme_email
    known["sender_email"] = Value(answers, f"mailto:{answers}")
    known |= {
        "link": Value(hrefs.page, hrefs.page),
        "pdf": Value(hrefs.pdf, hrefs.pdf),
        "report": Value(hrefs.report, hrefs.report),
    }

    def value_of(name: str) -> Value:
        if name in known:
            return known[name]
        link = facts.facts[name].link
        return Value(facts.said(name), link["href"] if link else "")

    return value_of


def _first_session(letter: Letter, place: Place | None) -> str:
    if place is None:
        return "a date that your hub leader will tell you"
    if place.session_on is None or place.session_on < letter.dated:
        return f"a date that {place.leader_name} will tell you"
    return phrases.first_session(place)


def _enclosed(facts: Facts, own: HubLetter, place: Place | None) -> str:
    account = f"a science subject leader who took part in {facts.said('report_year')}"
    if own.report is not None:
        return f"a short report by {account}: what taking part entails, and how you and your school benefit"
    whom = "me" if place else "your hub leader"
    sheet = "a short sheet on what taking part entails and how you and your school benefit"
    return f"{sheet}; ask {whom} for the report by {account}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
