"""The mail that answers a reply: what the assistant says, put so that it reads well by mail."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import urlsplit

from bot.london import LONDON
from bot.notices.content import Block, Button, Content, Paragraph
from bot.notices.phrases import day
from bot.registrations.contact_details import is_name
from bot.replies.answering.deciding import Decision, Reason
from bot.replies.answering.desk import Desk
from bot.replies.reading.arrived import Arrived
from bot.store.message import Message

_FORM = ("form/", "letter/")
_DONE = "form/done_"
_REPLY_MARK = re.compile(r"^(?:(?:re|aw|antw|sv|fwd?|wg|tr)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_COMPUTER = (
    "It was written by a computer program. Reply with your next question whenever you like, or with the word "
    '"person" if you would rather hear from one.'
)
_NO_LETTERS = "You get this email because you asked us to stop. Nobody needs to do anything more."


def subject(arrived: Arrived) -> str:
    """``Re: …``, once."""
    return f"Re: {_REPLY_MARK.sub('', arrived.subject).strip() or 'your email'}"


def answered(arrived: Arrived, desk: Desk, decision: Decision, page: str, website: str) -> Content:
    """The answers of ``decision``; ``page``: the letter's page, or ""; ``website``: the host that each mail names."""
    blocks: list[Block] = [block for message in decision.answers for block in _said(message)]
    if decision.hand_over:
        blocks.append(Paragraph(_handed_over(desk, decision)))
    blocks += _about_attachments(arrived)
    blocks += _links(decision.answers, page, website)
    if source := _source(decision.answers):
        blocks.append(Paragraph(source))
    because = f"You get this email because you wrote to us{_on(arrived)}."
    return Content(subject(arrived), greeted(arrived), tuple(blocks), because, _COMPUTER)


def stopped(arrived: Arrived) -> Content:
    """To somebody who wants no further letters."""
    said = "That is settled: you will get no more letters or reminders from us at this address."
    stays = "Should you have registered your school, that stays as it is; its own mail says how to withdraw it."
    return Content(subject(arrived), greeted(arrived), (Paragraph(said), Paragraph(stays)), _NO_LETTERS)


def greeted(arrived: Arrived) -> str:
    """The sender's name where it can be one, else ""."""
    name = " ".join(arrived.sender_name.split())
    looks_right = " " in name and "," not in name and "@" not in name and "(" not in name and " - " not in name
    return name if looks_right and is_name(name) else ""


def _said(message: Message) -> Iterable[Block]:
    yield Paragraph(message.text)
    is_form = any(topic.startswith(_FORM) for topic in message.topics)
    if is_form and message.choices:
        words = "\n".join(f"- {choice.label}" for choice in message.choices)
        one = len(message.choices) == 1
        yield Paragraph(f"{'You can reply with these words' if one else 'Reply with one of these lines'}:\n{words}")


def _handed_over(desk: Desk, decision: Decision) -> str:
    who = desk.says_who
    unless = "What this does not answer I have passed to {who}. You will hear from them."
    unsure = "I was not sure how to answer that, so I have passed it to {who}. You will hear from them."
    says: dict[Reason, str] = {
        "too_long": "Your email is longer than I can read at once, so I have passed all of it to {who}. You will hear from them.",
        "in_quotation": "What stands between the lines that you quote I cannot tell from them, so I have passed all of your "
        "email to {who}. You will hear from them.",
        "told_something": "Thank you for writing. I have passed your message to {who}.",
        "nothing_written": "I found no words of yours in your email, so I have passed it to {who}.",
        "complaint": "I am sorry about that. I have passed your message to {who}. You will hear from them.",
        "asked_for_person": "Of course. I have passed your message to {who}. You will hear from them.",
        "stuck": "Should this not work by email: I have told {who}. They can do it with you.",
    }
    return says.get(decision.hand_over, unless if decision.answers else unsure).format(who=who)


def _about_attachments(arrived: Arrived) -> Iterable[Block]:
    if arrived.attachments:
        yield Paragraph("I cannot open attachments, so nobody has read what was attached to your email.")


def _is_in_signature(href: str, website: str) -> bool:
    return href.startswith("mailto:") or urlsplit(href).netloc == website


def _links(answers: Sequence[Message], page: str, website: str) -> Iterable[Block]:
    links = {link.href: link.label for message in answers for link in message.links}
    yield from (Button(label, href) for href, label in links.items() if not _is_in_signature(href, website))
    pages = page.rpartition("/")[0]  # a letter that was asked for just now has a page of its own
    if page and not any(href.startswith(f"{pages}/") for href in links):
        done = any(topic.startswith(_DONE) for message in answers for topic in message.topics)
        yield Button("Read the letter, or ask more" if done else "Read the letter, ask more, or register", page)


def _source(answers: Sequence[Message]) -> str:
    sources = dict.fromkeys(message.source for message in answers if message.source)
    said = "; ".join(f"{source.title}, last checked on {day(date.fromisoformat(source.checked))}" for source in sources)
    return f"Where this is from: {said}." if said else ""


def _on(arrived: Arrived) -> str:
    return f" on {day(arrived.sent_at.astimezone(LONDON).date())}" if arrived.sent_at else ""
