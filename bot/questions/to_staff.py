"""What a hub's leader, or the office, reads about a question: who asks what, what they share, and how to answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.notices.content import Block, Button, Content, Heading, Paragraph, details
from bot.notices.phrases import moment
from bot.outbox.mail import is_address, one_line
from bot.questions.question import Question, Reason
from bot.store.message import Message

_WHY: dict[Reason, str] = {
    "asked_for_person": "They would rather hear from a person.",
    "missed": "The assistant did not understand them twice.",
    "left_open": "The letter leaves open what is asked.",
    "rated_wrong": "They said that the assistant's answer was not right.",
    "reply": "They wrote by email, and a person has to answer.",
}
_SPEAKERS = {"you": "They", "assistant": "Assistant", "leader": "Hub leader"}
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who reads it, and why; ``name`` may be empty."""

    email: str
    name: str
    because: str


def asked(question: Question, to: Addressee, shared: Sequence[Message], page: str, *, by_reply: bool) -> Content:
    """``page``: the question at the desk; ``by_reply``: an answer to the mail is the answer to the question."""
    first = Paragraph(f"{_who(question)} asks something that a person has to answer. {_WHY[question.reason]}")
    return _about(question, to, f"A question for you{_of(question)}", first, shared, page, by_reply)


def reminded(question: Question, to: Addressee, shared: Sequence[Message], page: str, *, by_reply: bool) -> Content:
    first = Paragraph(
        f"{_who(question)} has waited for an answer since {moment(question.created_at)}, longer than we told them. "
        "Please answer today: from tomorrow on the office is asked to."
    )
    return _about(question, to, f"Still waiting for you{_of(question)}", first, shared, page, by_reply)


def reminded_office(
    question: Question, to: Addressee, shared: Sequence[Message], page: str, *, by_reply: bool
) -> Content:
    first = Paragraph(
        f"{_who(question)} has waited for an answer since {moment(question.created_at)}, longer than we told them."
    )
    return _about(question, to, f"Still waiting for an answer{_of(question)}", first, shared, page, by_reply)


def escalated(question: Question, to: Addressee, shared: Sequence[Message], page: str, *, by_reply: bool) -> Content:
    whose = f"the leader of {question.hub_name}" if question.hub_name else "nobody"
    first = Paragraph(
        f"{_who(question)} has waited for an answer since {moment(question.created_at)}. {whose[0].upper()}{whose[1:]} was "
        "reminded a working day ago, so please answer in their place. The person has been told that you have it now."
    )
    return _about(question, to, f"Nobody has answered{_of(question)}", first, shared, page, by_reply)


def said(question: Question, to: Addressee, words: str, page: str) -> Content:
    """In a conversation that the reader has taken over: an answer by mail would be too slow, so it is given at the desk."""
    blocks: tuple[Block, ...] = (
        Paragraph(f"{_who(question)} wrote in the conversation that you have taken over:"),
        Paragraph(words),
        Button("Answer at the desk", page),
    )
    return Content(f"New words in your conversation{_of(question)}", to.name, blocks, to.because)


def _about(
    question: Question,
    to: Addressee,
    subject: str,
    first: Paragraph,
    shared: Sequence[Message],
    page: str,
    by_reply: bool,
) -> Content:
    blocks: list[Block] = [
        first,
        Heading("What they ask"),
        Paragraph(question.text),
        details(
            ("Name", one_line(question.name, _LONGEST_NAME)),
            ("Email", question.email),
            ("School", one_line(question.school_name, 2 * _LONGEST_NAME)),
            ("Asked", moment(question.created_at)),
        ),
        Paragraph(_how_to_answer(question, by_reply)),
        Button("See the question, and answer", page),
    ]
    if shared:
        blocks.append(Heading("The conversation, as far as they share it"))
        blocks += [Paragraph(f"{_SPEAKERS[message.sender]}: {message.text}") for message in shared]
    return Content(subject, to.name, tuple(blocks), to.because)


def _how_to_answer(question: Question, by_reply: bool) -> str:
    if by_reply:
        return "To answer, reply to this email: your words go to them, with your name, where they asked."
    if is_address(question.email):
        return (
            "Please answer on the page below: your words go to them, with your name, where they asked. "
            "A reply to this email reaches them too, but then please close the question on that page."
        )
    return "Please answer on the page below: they gave no address, so your words reach them in the conversation alone."


def _who(question: Question) -> str:
    return one_line(question.name, _LONGEST_NAME) or "Somebody"


def _of(question: Question) -> str:
    return f": {one_line(question.school_name, _LONGEST_NAME)}" if question.school_name else ""
