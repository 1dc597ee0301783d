"""`python -m bench.letters.composing N FIRST`: composes N letters as HTML, text and PDF; prints what it took."""

import json
import resource
import sys
import time
from dataclasses import replace
from datetime import date
from uuid import UUID

from bench.topics import ROOT
from bot.letters.composing.hrefs import hrefs_of
from bot.letters.composing.standard import EXAMPLE_OWN, example_letter
from bot.letters.letter import Letter, LetterSchool
from bot.letters.opening import open_forms, open_letter_links
from bot.settings import Settings

_TODAY = date(2026, 11, 24)


def settings() -> Settings:
    """Settings that need no data folder."""
    return Settings(
        secret_key="a secret key of a measurement, long enough",
        public_url="https://assistant.example",
        facts_path=ROOT / "facts.yml",
        letter_path=ROOT / "letter",
    )


def letter(n: int) -> Letter:
    """The ``n``th letter: each to another head of another school."""
    school = LetterSchool(
        f"Fairview {n} Primary School", (f"{n} Church Lane", "Weston"), "Otley", "LS21 1AA", 100_000 + n
    )
    return replace(example_letter(_TODAY, None), id=str(UUID(int=n)), name=f"Dr Ann Lee {n}", school=school)


def main() -> None:
    """Composes; prints seconds by the clock and of CPU, peak memory in bytes, and the sizes of a letter's forms, as JSON."""
    count, first = int(sys.argv[1]), int(sys.argv[2])
    forms, links = open_forms(settings()), open_letter_links(settings())
    forms.pdf(letter(0), EXAMPLE_OWN)  # reading fonts and layouts is not composing
    started, worked = time.perf_counter(), time.process_time()
    for n in range(first, first + count):
        one = letter(n)
        mail = forms.mail(one, EXAMPLE_OWN, hrefs_of(one, links))
        pdf = forms.pdf(one, EXAMPLE_OWN)
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    sizes = {"html": len(mail.html.encode()), "text": len(mail.text.encode()), "pdf": len(pdf)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak, "sizes": sizes}))


if __name__ == "__main__":
    main()
