"""What a post about a question shows: what is asked and by whom, what they shared, and what may be done."""

from collections.abc import Sequence

from bot.notices import phrases
from bot.posts.card import Action, Card
from bot.posts.cutting import LONGEST_QUOTE, LONGEST_TITLE, cut, one_line
from bot.posts.done_by import done_by
from bot.questions.question import Question
from bot.staff.audit import Entry
from bot.store.message import Message

_MOST_SHARED = 6
_LONGEST_SHARED = 400
_WHY = {
    "asked_for_person": "They asked for a person.",
    "missed": "The assistant did not understand them.",
    "left_open": "The letter leaves this open.",
    "rated_wrong": "They said that the assistant's answer was not right.",
    "reply": "They wrote by email.",
}


def card_of_question(
    question: Question,
    public_url: str,
    shared: Sequence[Message] = (),
    done: Sequence[Entry] = (),
    *,
    held_by: str = "",
    is_live: bool = False,
) -> Card:
    """The question as it is now. ``shared``: the messages that may be read with it, of which the latest are shown.

    ``held_by``: the name of who answers in its conversation in the assistant's place, "" for nobody. ``is_live``: it has a
    conversation that can be taken over. ``done``: what members of staff did to it, oldest first.
    """
    who = one_line(question.name, 80) or "somebody"
    at_school = f", {question.school_name}" if question.school_name else ""
    is_open = question.state == "open"
    fields = [
        ("From", f"{question.name}{at_school}".strip(", ")),
        ("Email", question.email),
        ("Hub", question.hub_name or "none: the office answers"),
        ("Please answer by", phrases.moment(question.due_at) if is_open else ""),
    ]
    quotes = [cut(question.text, LONGEST_QUOTE), *_shared(shared)]
    if question.state == "answered":
        quotes.append(cut(f"Answer: {question.answer}", LONGEST_QUOTE))
    return Card(
        title=one_line(f"A question from {who}{at_school}", LONGEST_TITLE),
        text=tuple(filter(None, (_WHY.get(question.reason, ""), *_how(question, is_live)))),
        fields=tuple((label, one_line(value)) for label, value in fields if value),
        quotes=tuple(quotes),
        actions=_actions(question, public_url, bool(held_by), is_live),
        note=_note(question, done, held_by),
    )


def _how(question: Question, is_live: bool) -> tuple[str, ...]:
    if question.state != "open":
        return ()
    if is_live and not question.email:
        return ("Your answer appears in their conversation with the assistant: nothing else reaches them.",)
    if is_live:
        return ("Your answer appears in their conversation with the assistant, or else goes to them by email.",)
    return ("Your answer goes to them by email.",)


def _shared(shared: Sequence[Message]) -> list[str]:
    if not shared:
        return []
    by = {"you": "They", "assistant": "Assistant"}
    lines = [
        f"{by.get(message.sender, one_line(message.author, 80))}: {one_line(message.text, _LONGEST_SHARED)}"
        for message in shared[-_MOST_SHARED:]
    ]
    earlier = len(shared) - _MOST_SHARED
    more = [f"({earlier} earlier messages are on the desk.)"] if earlier > 0 else []
    return ["\n".join([*more, *lines])]


def _actions(question: Question, public_url: str, is_held: bool, is_live: bool) -> tuple[Action, ...]:
    look = Action("open", "Open", question.id, f"{public_url}/desk/questions/{question.id}")
    if question.state != "open":
        return (Action("give_back", "Give back", question.id), look) if is_held and is_live else (look,)
    actions = [Action("answer", "Answer", question.id, is_primary=True)]
    if is_live:
        kind, label = ("give_back", "Give back") if is_held else ("take_over", "Take over")
        actions.append(Action("give_back" if kind == "give_back" else "take_over", label, question.id))
    return (*actions, Action("close", "Close", question.id), look)


def _note(question: Question, done: Sequence[Entry], held_by: str) -> str:
    if question.state == "open":
        return f"{one_line(held_by, 100)} has taken over the conversation." if held_by else ""
    what = question.state.capitalize()
    if entries := [entry for entry in done if entry.action == question.state]:
        return done_by(what, entries[-1])
    by = f" by {one_line(question.answered_name, 100)}" if question.answered_name else ""
    on = f" on {phrases.moment(question.answered_at)}" if question.answered_at else ""
    return f"{what}{by}{on}."
