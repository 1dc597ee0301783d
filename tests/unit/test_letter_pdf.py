"""The letter on paper: readable aloud, in a window envelope, on two pages at most."""

import io
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from typing import Any

import pikepdf
import pytest

from bot.letters.composing.hub_letter import STANDARD
from bot.letters.composing.standard import crowded_letter
from bot.letters.letter import Letter, LetterSchool
from tests import pdf_reading
from tests.a_letter import LETTER, OWN, UNKNOWN, forms

FORMS = forms()
SHORT = replace(LETTER, school=LetterSchool("Ash School", (), "Otley", "LS21 1AA"))
LETTERS = {"usual": LETTER, "short": SHORT, "unknown": UNKNOWN, "crowded": crowded_letter()}
WRITTEN = {name: FORMS.pdf(letter, OWN) for name, letter in LETTERS.items()} | {"report": FORMS.report(STANDARD)[1]}
# Of the sheet, in millimetres; letter/layout/letter.typ says why.
ALWAYS_IN_WINDOW = (20, 57, 100, 81)
EVER_IN_WINDOW = (10, 46, 110, 92)


@pytest.fixture(params=list(WRITTEN))
def pdf(request: pytest.FixtureRequest) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(WRITTEN[request.param])) as opened:
        yield opened


def test_it_is_tagged_in_english_with_its_title_shown(pdf: pikepdf.Pdf) -> None:
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.Lang == "en-GB"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert pdf.Root.StructTreeRoot.K
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == str(pdf.docinfo.Title)
    assert len(str(pdf.docinfo.Title)) > 20


def test_headings_lists_and_links_are_tagged_as_such(pdf: pikepdf.Pdf) -> None:
    tags = list(structure(pdf.Root.StructTreeRoot.K))
    assert tags.count("/H1") == 1 and {"/H2", "/L", "/LI", "/P", "/Link"} <= set(tags)
    assert tags.index("/H1") < tags.index("/H2")


def test_every_link_says_where_it_leads(pdf: pikepdf.Pdf) -> None:
    links = [link for page in pdf.pages for link in page.get("/Annots", []) if link.Subtype == "/Link"]
    assert links and all(str(link.get("/Contents", "")) for link in links)


def test_everything_that_is_drawn_is_tagged_or_set_aside_as_decoration(pdf: pikepdf.Pdf) -> None:
    """ISO 14289-1, 7.1: real content has a structure element, and what is none is an artifact."""
    drawing = {"Tj", "TJ", "'", '"', "f", "f*", "F", "S", "s", "B", "B*", "b", "b*", "Do", "sh"}
    seen, depth = 0, 0
    for page in pdf.pages:
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
            seen += operator in drawing
            assert operator not in drawing or depth > 0
    assert depth == 0 and seen > 20


def test_links_are_reached_in_the_order_of_reading(pdf: pikepdf.Pdf) -> None:
    """ISO 14289-1, 7.18: tab order follows the structure, and each link belongs to it."""
    for page in pdf.pages:
        if links := page.get("/Annots"):
            assert page.Tabs == "/S" and all("/StructParent" in link for link in links)


def test_every_font_is_embedded_with_what_its_signs_mean(pdf: pikepdf.Pdf) -> None:
    fonts = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"]
    descriptors = [
        item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
    ]
    assert descriptors and all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()) for font in descriptors)
    assert all("/ToUnicode" in font for font in fonts if font.Subtype == "/Type0")


def test_it_has_two_pages_at_most_each_with_its_number(pdf: pikepdf.Pdf) -> None:
    assert len(pdf.pages) <= 2
    written = io.BytesIO()
    pdf.save(written)
    for n, words in enumerate(pdf_reading.pages(written.getvalue()), start=1):
        assert f"Page {n} of {len(pdf.pages)}" in words


def test_the_usual_letter_needs_one_page() -> None:
    assert [len(pdf_reading.pages(WRITTEN[name])) for name in ("usual", "short", "unknown")] == [1, 1, 1]


@pytest.mark.parametrize("name", list(LETTERS))
def test_the_address_shows_in_the_window_however_the_sheet_slides_and_nothing_else_does(name: str) -> None:
    lines = pdf_reading.lines(WRITTEN[name])
    seen = [line for line in lines if touches(line, EVER_IN_WINDOW)]
    left, top, right, bottom = ALWAYS_IN_WINDOW
    for line in seen:
        assert (
            left - 0.5 <= line.left
            and line.right <= right + 0.5
            and top - 0.5 <= line.top
            and line.bottom <= bottom + 0.5
        )
    said = " ".join(" ".join(line.text for line in seen).split())
    assert said.startswith(LETTERS[name].name or "The Headteacher")
    if (school := LETTERS[name].school) is not None:
        assert said.endswith(f"{school.town} {school.postcode}")


def test_the_address_is_large_enough_for_a_sorting_machine() -> None:
    (first,) = [
        line
        for line in pdf_reading.lines(WRITTEN["usual"])
        if line.text.startswith("Fairview") and touches(line, EVER_IN_WINDOW)
    ]
    assert first.bottom - first.top > 2.2  # from the tallest to the deepest letter: 9 point and more


def test_nothing_runs_over_the_edge_of_the_sheet() -> None:
    for name, written in WRITTEN.items():
        for page in range(len(pdf_reading.pages(written))):
            assert all(
                line.left > 15 and line.right < 195 and line.bottom < 290 for line in pdf_reading.lines(written, page)
            ), name


def test_the_link_can_be_read_on_paper() -> None:
    assert "https://assistant.example/letters/" in pdf_reading.text(WRITTEN["usual"])


def test_the_same_letter_is_the_same_file() -> None:
    assert forms().pdf(LETTER, OWN) == WRITTEN["usual"]


def test_threads_can_share_what_composes() -> None:
    written: dict[int, bytes] = {}
    named = {n: replace(LETTER, name=f"Head {n}") for n in range(8)}

    def compose(n: int, letter: Letter) -> None:
        written[n] = FORMS.pdf(letter, OWN)

    threads = [Thread(target=compose, args=item) for item in named.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n in named:
        assert f"Dear Head {n}," in pdf_reading.text(written[n])


def structure(kids: Any) -> Iterator[str]:
    """The types of all structure elements, in reading order."""
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            if "/S" in kid:
                yield str(kid.S)
            if "/K" in kid:
                yield from structure(kid.K)


def touches(line: pdf_reading.Line, box: tuple[int, int, int, int]) -> bool:
    left, top, right, bottom = box
    return line.left < right and line.right > left and line.top < bottom and line.bottom > top
