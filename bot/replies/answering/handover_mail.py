"""The mail by which a reply reaches the person who has to answer it."""

from collections.abc import Sequence

from bot.letters.letter import Letter
from bot.notices.content import Block, Content, Heading, Paragraph, details
from bot.notices.phrases import moment
from bot.replies.answering.desk import Desk
from bot.replies.answering.reach import can_be_told, reach
from bot.replies.reading.arrived import Arrived
from bot.store.message import Message

LONGEST = 20_000
"""Characters of a reply that are passed on."""

_WHY = {
    "unsure": "The assistant was not sure what is meant.",
    "left_open": "The letter leaves open what is asked; the assistant said so and gave the nearest that it knows.",
    "asked_for_person": "They would rather hear from a person.",
    "complaint": "They are not content.",
    "told_something": "They ask nothing that the assistant knows, but tell something that you may want to know.",
    "stuck": "They are registering, or asking for the letter, and the assistant did not understand them.",
    "nothing_written": "The assistant found no words of theirs in it.",
    "in_quotation": "They point to what they wrote between the lines that they quote, which the assistant cannot tell apart.",
    "own_data": "It is about what is kept of them: data protection law has that answered within a month.",
    "otherwise": "They would like something otherwise, or ask whether they may: please look whether the answer is enough.",
    "partly": "They seem to ask more than the assistant answered.",
    "takes_no_answer": "The address that it came from takes no answers.",
    "too_long": "It is too long for the assistant, which read only what came first.",
    "too_large": "It is too large for the assistant to read.",
    "too_many": "They have written so often today that the assistant has stopped answering them until tomorrow.",
    "too_late": "The assistant could not answer for two days, because a part of it did not work.",
}


def handed_over(
    arrived: Arrived, letter: Letter | None, desk: Desk, why: str, words: str, answers: Sequence[Message]
) -> Content:
    """``words``: what the person wrote; ``answers``: what they were told already."""
    answers_to = reach(arrived)
    who = arrived.sender_name or arrived.sender or "somebody who gave no address"
    school = letter.school.name if letter and letter.school else ""
    blocks: list[Block] = [
        Paragraph(f"{_one_line(who)} wrote to us, and a person has to answer. {_WHY[why]}"),
        Paragraph(
            "Please answer: a reply to this email goes to them."
            if answers_to
            else "The email names no address to which an answer could go."
        ),
        details(
            ("From", _one_line(arrived.sender_name)),
            ("Email", answers_to or arrived.sender),
            ("School", school),
            ("Subject", _one_line(arrived.subject)),
            ("Sent", moment(arrived.sent_at) if arrived.sent_at else ""),
            ("Attached", _one_line(", ".join(arrived.attachments))),
        ),
    ]
    if words:
        cut = words if len(words) <= LONGEST else words[:LONGEST].rstrip() + " …"
        blocks += [Heading("What they wrote"), Paragraph(cut)]
    blocks.append(Heading("What they were told"))
    if answers:
        blocks += [Paragraph(message.text) for message in answers]
    else:
        blocks.append(Paragraph("Nothing, except that you will answer." if can_be_told(arrived) else "Nothing."))
    named = f": {school}" if school else ""
    return Content(f"A reply needs you{named}", desk.name, tuple(blocks), desk.because)


def unhandled(number: int, desk: Desk) -> Content:
    """A mail that cannot be read, or on which the assistant stumbles."""
    kept = (
        "An email arrived that the assistant cannot handle. It is kept, and whoever runs the assistant can look at it."
    )
    return Content(
        "An email that the assistant cannot handle",
        desk.name,
        (Paragraph(kept), details(("To see it", f"psqm replies show {number}"))),
        desk.because,
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
