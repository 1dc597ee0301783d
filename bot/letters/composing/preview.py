"""One of each form of a letter, as files to look at."""

from typing import Literal

from bot.letters.composing.forms import LetterForms
from bot.letters.composing.hrefs import hrefs_of
from bot.letters.composing.hub_letter import HubLetter
from bot.letters.letter import Letter
from bot.letters.links import LetterLinks

_REMINDERS: tuple[Literal["reminder", "last_reminder"], ...] = ("reminder", "last_reminder")
_PAGE = """<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The letter as it stands on its page</title>
<style>body {{ max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif; }}</style>
{}
</html>
"""


def forms_of(forms: LetterForms, letter: Letter, own: HubLetter, links: LetterLinks) -> dict[str, bytes]:
    """The files by name: the letter as mail, text, PDF and page, the report, the reminders. Raises LetterProblem."""
    hrefs = hrefs_of(letter, links)
    mail = forms.mail(letter, own, hrefs)
    files = {
        "mail.html": mail.html.encode(),
        "mail.txt": f"Subject: {mail.subject}\n\n{mail.text}".encode(),
        "letter.pdf": forms.pdf(letter, own),
        "report.pdf": forms.report(own)[1],
        "page.html": _PAGE.format(forms.page(letter, own, hrefs)).encode(),
    }
    for which in _REMINDERS:
        files[f"{which}.html"] = forms.reminder(letter, own, hrefs, which).html.encode()
    return files
