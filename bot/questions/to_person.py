"""What the person who asked reads by mail: the answer, or that it takes longer than they were told."""

from bot.london import LONDON
from bot.notices.content import Content, Heading, Paragraph
from bot.notices.phrases import day
from bot.outbox.mail import one_line
from bot.questions.question import Question

LONGEST_QUOTED = 1000
"""Characters of the question that are said again."""


def answered(question: Question) -> Content:
    who = one_line(question.answered_name, 100) or "A person here"
    asked = f"{question.answered_name}{_hub(question)}" if question.answered_name else who
    return Content(
        "An answer to your question",
        _greeted(question),
        (
            Paragraph(f"{asked} answers your question:"),
            Paragraph(question.answer),
            Heading("What you asked"),
            Paragraph(_quoted(question)),
        ),
        _because(question),
        f"An answer to it reaches {who}.",
    )


def escalated(question: Question) -> Content:
    return Content(
        "Your question takes longer",
        _greeted(question),
        (
            Paragraph(TAKES_LONGER),
            Heading("What you asked"),
            Paragraph(_quoted(question)),
        ),
        _because(question),
    )


TAKES_LONGER = (
    "I am sorry: your question has not been answered in the time that I told you. "
    "I have passed it to the office, which will answer it now."
)
"""Said in the conversation too."""


def _hub(question: Question) -> str:
    return f" ({question.hub_name})" if question.hub_name else ""


def _greeted(question: Question) -> str:
    return one_line(question.name, 100)


def _quoted(question: Question) -> str:
    words = question.text
    return words if len(words) <= LONGEST_QUOTED else words[:LONGEST_QUOTED].rstrip() + " …"


def _because(question: Question) -> str:
    on = day(question.created_at.astimezone(LONDON).date())
    return f"You get this email because you asked us a question on {on}."
