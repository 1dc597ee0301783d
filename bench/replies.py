"""`python -m bench replies`: how mails of the corpus are sorted, how much of what people wrote is found in them, and what
they are answered.

Finding is compared with two libraries as they come, and with a cut at the first line that looks like a quotation.
"""

import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import quotequail
from mailparser_reply import EmailReplyParser

from bench.reply_corpus import OURS, Expected, corpus
from bench.tables import percent, table
from bot.replies.reading.arrived import Arrived, parse
from bot.replies.reading.quoting import written
from bot.replies.sorting.verdict import sort

TOO_MUCH = 10
"""Words that the person did not write, after which a text counts as one in which too much was left."""
_QUESTION = re.compile(r"[^.!?\n]*\?")
_CUT = re.compile(r"^(?:>|On .* wrote:$)", re.MULTILINE)
_PARSER = EmailReplyParser(languages=["en", "de", "fr"])
_ABOUT = """\
# Replies: what was measured

The mails of `tests/replies/corpus`, of our own making, in the formats that programs really write. *Exactly right*: the
text that the person wrote and nothing else, but for how lines are broken. *Questions kept*: of all questions in the mails,
those of which every word is left. *Too much left*: mails with more than {too_much} words that the person did not write,
such as a quotation; a question of ours in it would be answered. *The naive cut* ends a text at the first line that begins
with `>` or reads "On … wrote:". All get the same plain text.

The filters were mended with what the corpus showed, so it says what they know, not how they fare with mail that they never
saw. {unseen} Written by `python -m bench replies`; do not edit.
"""
_ANSWERED = """\
The {total} mails that people wrote and that are to be answered, each in answer to a letter of its own, handled as those of
the mailbox are: real engine, real database, the mails that come of it. *Right* are {right}: what was asked is in the answer,
or a person gets the mail and the writer is told so; where a registration was asked for, it is begun, whoever gets the mail
besides; and where a careful person would have handed the mail over, somebody gets it.

Handing over everything would nearly always be right, and of no use. Handed over are {handed_over} mails: what the letter leaves
open always is, beside what is known about it. {needless} are handed over needlessly: nothing was asked that it leaves open.
Of {facts_asked} questions on what the letter says, {facts_answered} are answered in the mail. {spare} mails also answer what
nobody asked. The rules by which a mail is handed over were written with these mails at hand.
"""
_UNSEEN = """\
For that, two further sets, 69 mails, were written apart from the filters and tried once before they were mended: 62 were
sorted rightly (three notes of absence without the headers of one would have been answered), 49 of 58 texts were found
exactly, and every question was kept."""


def naive(arrived: Arrived) -> str:
    """The text up to the first quoted line."""
    return _CUT.split(arrived.text)[0].strip()


def bare_mail_parser_reply(arrived: Arrived) -> str:
    """The library as its documentation has it."""
    replies = _PARSER.read(arrived.text).replies
    return replies[0].body if replies else ""


def bare_quotequail(arrived: Arrived) -> str:
    """What the library expands, without the line that introduces the quotation."""
    return str(quotequail.quote(arrived.text, quote_intro_line=True)[0][1]).strip()


WAYS: dict[str, Callable[[Arrived], str]] = {
    "ours": written,
    "mail-parser-reply": bare_mail_parser_reply,
    "quotequail": bare_quotequail,
    "the naive cut": naive,
}


@dataclass
class Found:
    """What one way finds in the mails that people wrote."""

    mails: int = 0
    exact: int = 0
    questions: int = 0
    kept: int = 0
    too_much: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, text: str, expected: str) -> None:
        """Judges one text."""
        got, wanted = text.split(), expected.split()
        questions = [" ".join(question.split()) for question in _QUESTION.findall(expected)]
        self.mails += 1
        self.exact += got == wanted
        self.questions += len(questions)
        self.kept += sum(question in " ".join(got) for question in questions)
        self.too_much += len(got) - len(wanted) > TOO_MUCH


def measure(rounds: int, after_round: Callable[[], object] = lambda: None) -> dict[str, Any]:
    """Accuracy, and the milliseconds that each way takes for a mail: the median of ``rounds``, all ways in turn in each."""
    mails = corpus()
    by_people = [(expected.arrived, expected.written) for expected in mails if expected.written is not None]
    found = {name: Found() for name in WAYS}
    for name, way in WAYS.items():
        for arrived, text in by_people:
            found[name].add(way(arrived), text)
    raw = [expected.path.read_bytes() for expected in mails]
    reading: list[float] = []
    for _ in range(rounds):
        reading.append(_timed(lambda: [sort(parse(mail), OURS) for mail in raw]))
        for name, way in WAYS.items():
            found[name].seconds.append(_timed(lambda way=way: [way(arrived) for arrived, _ in by_people]))  # type: ignore[misc]
        after_round()
    return {
        "rounds": rounds,
        "mails": len(mails),
        "wrong": [f"{it.name}: {it.kind}, taken for {kind}" for it in mails if (kind := _kind(it)) != it.kind],
        "answered": [it.name for it in mails if it.kind not in ("reply", "stop") and _kind(it) in ("reply", "stop")],
        "read_and_sort_ms": 1000 * statistics.median(reading) / len(mails),
        "found": {name: _figures(it) for name, it in found.items()},
    }


def written_report(measured: dict[str, Any], folder: Path) -> str:
    """Writes replies.md into ``folder`` and returns its text."""
    total, wrong = measured["mails"], measured["wrong"]
    rows = [
        [
            name,
            percent(it["exact"] / it["mails"]),
            percent(it["kept"] / it["questions"]),
            f"{it['too_much']} of {it['mails']}",
            f"{it['ms']:.2f}",
            f"{it['ms'] / measured['found']['ours']['ms']:.2f}",
        ]
        for name, it in measured["found"].items()
    ]
    where = (
        f"`{measured['command']}`, {measured['date']}, {measured['cores']} cores, {measured['cpu']}, load average when the "
        f"command began: {measured['load_before']}. {measured['rounds']} rounds."
    )
    sorting = (
        f"Sorted rightly: {total - len(wrong)} of {total} mails ({percent(1 - len(wrong) / total)}); mails of machines taken "
        f"for a person's: {len(measured['answered'])}. Reading and sorting one takes {measured['read_and_sort_ms']:.1f} ms."
    )
    about = _ABOUT.format(too_much=TOO_MUCH, unseen=_UNSEEN).strip()
    head = ["", "exactly right", "questions kept", "too much left", "ms a mail", "÷ ours"]
    parts = [
        about,
        where,
        sorting,
        *[f"- {line}" for line in wrong],
        table(head, rows),
        *_answered(measured["answers"]),
    ]
    text = "\n\n".join(parts) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "replies.md").write_text(text, encoding="utf-8")
    return text


def _answered(figures: dict[str, Any]) -> list[str]:
    total = figures["mails"]
    rows = [[outcome, str(count), percent(count / total)] for outcome, count in figures["by_outcome"].items()]
    about = _ANSWERED.format(
        total=total,
        right=percent(figures["right"] / total),
        needless=figures["needless"],
        **{name: figures[name] for name in ("facts_asked", "facts_answered", "spare", "handed_over")},
    )
    return [
        "## What they are answered",
        about.strip(),
        table(["", "mails", "share"], rows),
        *map("- {}".format, figures["wrong"]),
    ]


def _kind(expected: Expected) -> str:
    return sort(expected.arrived, OURS).kind


def _timed(work: Callable[[], Sequence[object]]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _figures(found: Found) -> dict[str, float]:
    return {
        "mails": found.mails,
        "exact": found.exact,
        "questions": found.questions,
        "kept": found.kept,
        "too_much": found.too_much,
        "ms": 1000 * statistics.median(found.seconds) / found.mails,
    }
