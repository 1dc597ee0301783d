"""One wording, the same in every form."""

import html as entities
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.letters.composing.forms import LetterForms
from bot.letters.composing.hub_letter import STANDARD
from bot.letters.composing.standard import standard_letter
from bot.letters.letter import Letter, LetterSchool
from bot.letters.opening import open_forms
from bot.letters.problems import LetterProblem
from tests import pdf_reading
from tests.a_letter import LETTER, OWN, PLACE, SETTINGS, UNKNOWN, forms, hrefs
from tests.html_reading import Reading

FORMS = forms()
FORM: dict[str, Callable[[LetterForms, Letter], str]] = {
    "html": lambda forms, letter: Reading(forms.mail(letter, OWN, hrefs(letter)).html).text,
    "text": lambda forms, letter: forms.mail(letter, OWN, hrefs(letter)).text,
    "pdf": lambda forms, letter: pdf_reading.text(forms.pdf(letter, OWN)),
    "page": lambda forms, letter: Reading(str(forms.page(letter, OWN, hrefs(letter)))).text,
}
NASTY = {
    "html": "<script>alert(1)</script> & \"quotes\" 'both'",
    "typst": "#panic() $x^2$ \\n @ref <label> *b* _i_ `raw` // gone /* gone */ [x]",
    "jinja": "{{ scheme }} {% raw %} {# gone #}",
    "letters": "Zoë Łódź Ωμέγα Жук Nguyễn",
    "long": "Saint " * 33,
    "address": "https://elsewhere.example/",
}


def in_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(params=list(FORM))
def form(request: pytest.FixtureRequest) -> Callable[[LetterForms, Letter], str]:
    """Each form as its words, in one line."""
    read = FORM[request.param]
    return lambda forms, letter: in_one_line(read(forms, letter))


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        ({"fee": {"pounds": 777}}, "£777"),
        ({"training_days": {"number": 7}}, "7 days"),
        ({"training_people": {"number": 9}}, "9 people"),
        ({"hub_schools": {"number": 33}}, "up to 33 schools"),
        ({"duration": {"text": "a fortnight"}}, "at the end of a fortnight"),
        ({"award_levels": {"choice": ["tin", "brass"]}}, "tin or brass"),
        ({"launched_by": {"names": ["Alpha", "Beta"]}}, "by Alpha and Beta"),
        ({"launch_year": {"number": 1999}}, "in 1999"),
        ({"ofsted_report": {"text": "report on apples"}}, "report on apples"),
        ({"ofsted_published": {"text": "May 1998"}}, "May 1998"),
        ({"report_year": {"number": 1997}}, "took part in 1997"),
        ({"membership_body": {"text": "Guild of Testers"}}, "Guild of Testers"),
        ({"membership_kinds": {"choice": ["big", "small"]}}, "(big or small)"),
        ({"payers": {"choice": ["the Bank", "the Mint"]}}, "the Bank or the Mint"),
        ({"website": {"web": "www.tqm.example"}}, "www.tqm.example"),
        ({"email": {"email": "hello@tqm.example"}}, "hello@tqm.example"),
        ({"scheme_name": {"text": "Test Quality Mark"}, "scheme_short": {"text": "TQM"}}, "Test Quality Mark (TQM)"),
    ],
)
def test_a_changed_fact_changes_every_form(
    form: Callable[[LetterForms, Letter], str], fact: dict[str, object], says: str, tmp_path: Path
) -> None:
    assert says not in form(FORMS, LETTER)
    assert says in form(forms(fact, tmp_path), LETTER)


def test_every_form_says_who_writes_to_whom_and_when(form: Callable[[LetterForms, Letter], str]) -> None:
    said = form(FORMS, LETTER)
    for expected in ("24 November 2026", "Dear Dr Amina Lindqvist,", "Fairview Primary School", "the Riverside hub, which I lead",
                     "Thursday 14 January 2027, 1 pm, Mill Centre", "Jo Marsh", "Leader of the Riverside hub",
                     "jo@riverside.example", "12 Mill Road"):  # fmt: skip
        assert expected in said
    assert hrefs().page in said


def test_paper_and_page_show_the_schools_address() -> None:
    for form in ("pdf", "page"):
        said = in_one_line(FORM[form](FORMS, LETTER).replace("\n", " "))
        assert re.search(r"Church Lane ?Weston ?Otley ?LS21 1AA", said)


def test_somebody_of_whom_nothing_is_known_is_a_headteacher(form: Callable[[LetterForms, Letter], str]) -> None:
    said = form(FORMS, UNKNOWN)
    assert "Dear Headteacher," in said
    assert "Would your school like to join a local hub near you, led by an expert hub leader," in said
    assert "is on a date that your hub leader will tell you" in said
    assert "None" not in said


def test_a_hub_without_a_date_says_who_will_tell(form: Callable[[LetterForms, Letter], str]) -> None:
    for session_on in (None, date(2026, 11, 23)):
        letter = replace(LETTER, kind="asked", place=replace(PLACE, session_on=session_on))
        assert "is on a date that Jo Marsh will tell you" in form(FORMS, letter)


@pytest.mark.parametrize("nasty", list(NASTY))
def test_what_somebody_wrote_is_only_text(form: Callable[[LetterForms, Letter], str], nasty: str) -> None:
    name = NASTY[nasty].strip()
    school = LetterSchool(name, (name, name), name, name)
    letter = replace(
        LETTER, name=name[:100], school=school, place=replace(PLACE, leader_name=name[:100], session_venue=name)
    )
    said = form(FORMS, letter)
    assert in_one_line(name) in said
    html = FORMS.mail(letter, OWN, hrefs()).html
    for whole in (html, str(FORMS.page(letter, OWN, hrefs()))):
        assert "<script>alert" not in whole
        assert entities.escape(name, quote=False) in whole.replace("&#34;", '"').replace("&#39;", "'")


@pytest.mark.parametrize(
    "name", ["שלום כהן", "مرحبا خالد", "日本 太郎", "Ann 😀 Lee", "👩‍🏫", "A\u202egnip", "A\ufffdB\uffff"]
)
def test_no_name_keeps_a_letter_from_being_composed(name: str) -> None:
    letter = replace(LETTER, name=name)
    mail = FORMS.mail(letter, OWN, hrefs())
    assert f"Dear {name}," in mail.text and f"Dear {name}," in mail.html
    assert pdf_reading.text(FORMS.pdf(letter, OWN))


def test_signs_that_no_font_has_are_boxes_for_letters_and_nothing_for_pictures() -> None:
    assert "Dear □□," in pdf_reading.text(FORMS.pdf(replace(LETTER, name="日本"), OWN))
    assert "Dear Ann Lee," in pdf_reading.text(FORMS.pdf(replace(LETTER, name="Ann😀 Lee"), OWN))


def test_a_line_break_in_a_name_is_none_in_the_subject() -> None:
    letter = replace(LETTER, school=replace(LETTER.school, name="Fair\r\nBcc: all@x.example"))
    assert "\n" not in FORMS.mail(letter, OWN, hrefs()).subject


def test_the_mail_leads_to_page_pdf_report_and_out() -> None:
    mail = FORMS.mail(LETTER, OWN, hrefs())
    links = Reading(mail.html).links
    for href in (hrefs().page, hrefs().pdf, hrefs().report, hrefs().stop):
        assert href in links and href in mail.text
    assert mail.subject.endswith("an invitation to Fairview Primary School")


def test_the_html_needs_no_picture_and_is_small() -> None:
    html = FORMS.mail(LETTER, OWN, hrefs()).html
    assert "<img" not in html and "url(" not in html and "<script" not in html
    assert len(html.encode()) < 25_000
    assert 'name="color-scheme" content="light dark"' in html and "prefers-color-scheme: dark" in html
    assert "{{" not in html and "{%" not in html


def test_reminders_are_short_and_say_what_they_recall() -> None:
    letter = FORMS.mail(LETTER, OWN, hrefs()).text
    for which in ("reminder", "last_reminder"):
        mail = FORMS.reminder(LETTER, OWN, hrefs(), which)
        assert len(mail.text) < len(letter) * 0.7
        assert hrefs().page in mail.text and hrefs().stop in mail.text and hrefs().stop in Reading(mail.html).links
        assert "Thursday 14 January 2027" in mail.text and "Dear Dr Amina Lindqvist," in mail.text
        assert not mail.text.lstrip().startswith("24 November")
    assert "On 24 November 2026 we wrote" in FORMS.reminder(LETTER, OWN, hrefs(), "reminder").text
    assert "the last time" in FORMS.reminder(LETTER, OWN, hrefs(), "last_reminder").text


def test_the_public_page_has_nobodys_link() -> None:
    page = str(FORMS.page(standard_letter(date(2026, 11, 24)), STANDARD, None))
    assert "/letters/" not in page and 'href="https://assistant.example/chat"' in page
    assert pdf_reading.pages(FORMS.pdf(standard_letter(date(2026, 11, 24)), STANDARD))


def test_a_hubs_own_wording_is_what_it_sends(
    form: Callable[[LetterForms, Letter], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wording = "# Ours\n\nDear {head_name}, **come** on {first_session} for {fee}. [Here]({link}) {sender_name}"
    own = replace(OWN, wording=wording)
    monkeypatch.setattr("tests.unit.test_letter_forms.OWN", own)
    said = form(FORMS, LETTER)
    assert "Dear Dr Amina Lindqvist, come on Thursday 14 January 2027" in said
    assert "award scheme" not in said


def test_a_link_reads_well_where_its_address_stands_behind_it() -> None:
    text = in_one_line(FORMS.mail(LETTER, OWN, hrefs()).text)
    assert f"You can ask questions and register online ({hrefs().page}), in a few minutes." in text


def test_the_letter_says_which_report_is_enclosed() -> None:
    standard = FORMS.mail(LETTER, OWN, hrefs()).text
    assert "comes a short sheet" in standard and "ask me for the report" in standard, "the hub leader signs it"
    assert f"the sheet on taking part: {hrefs().report}" in standard
    assert "ask your hub leader for the report" in FORMS.page(standard_letter(LETTER.dated), STANDARD, None)
    own = replace(OWN, report=b"%PDF-1.7 %%EOF", report_name="ours.pdf")
    enclosing = FORMS.mail(LETTER, own, hrefs()).text
    assert "comes a short report by a science subject leader" in enclosing
    assert f"the report: {hrefs().report}" in enclosing
    assert FORMS.report(own) == ("ours.pdf", b"%PDF-1.7 %%EOF")
    name, content = FORMS.report(OWN)
    assert name.endswith(".pdf") and "What taking part entails" in pdf_reading.text(content)


def test_the_standard_report_is_of_facts(tmp_path: Path) -> None:
    changed = forms({"fee": {"pounds": 777}}, tmp_path).report(OWN)[1]
    assert "£777" in pdf_reading.text(changed) and "£777" not in pdf_reading.text(FORMS.report(OWN)[1])


@pytest.mark.parametrize(
    ("letter", "own", "says"),
    [
        (LETTER, STANDARD, 'Riverside has no sender\'s address: psqm letters address --hub "Riverside"'),
        (
            replace(LETTER, place=replace(PLACE, session_on=None)),
            OWN,
            "Riverside has no date of the first session: psqm hubs set",
        ),
        (
            replace(LETTER, place=replace(PLACE, session_on=date(2026, 11, 23))),
            OWN,
            "Riverside had its first session already",
        ),
        (replace(LETTER, place=None), OWN, "choose one with --hub"),
        (LETTER, replace(OWN, wording="# T\n\n{nothing}"), "Nothing is known as {nothing}"),
        (LETTER, replace(OWN, wording="# T\n\n{fee}"), "does not name {head_name}"),
        (UNKNOWN, replace(STANDARD, wording="# T\n\n{fee}"), "does not name {head_name}"),
    ],
)
def test_what_keeps_a_letter_from_being_sent_is_said(letter: Letter, own: object, says: str) -> None:
    with pytest.raises(LetterProblem) as problem:
        FORMS.check(letter, own)
    assert says in str(problem.value) and "\n" not in str(problem.value)


def test_letters_that_can_be_sent_pass() -> None:
    FORMS.check(LETTER, OWN)
    FORMS.check(UNKNOWN, STANDARD)
    FORMS.check(replace(LETTER, kind="asked", place=replace(PLACE, session_on=None)), STANDARD)


def test_a_wording_of_three_pages_is_refused() -> None:
    long = "# T\n\n{head_name} {first_session} {sender_name} [a]({link})" + "\n\nWords." * 900
    with pytest.raises(LetterProblem, match="more than 2 pages: shorten"):
        FORMS.check_wording(long)


def test_an_address_cannot_break_out_of_its_link() -> None:
    wording = """# T

{head_name} {first_session} {sender_name} [a]({link}) [b](<https://x.example/"onmouseover="alert(1)>)"""
    own = replace(OWN, wording=wording)
    for html in (FORMS.mail(LETTER, own, hrefs()).html, str(FORMS.page(LETTER, own, hrefs()))):
        assert 'https://x.example/"' not in html
        assert 'https://x.example/"onmouseover="alert(1)' in Reading(html).links


def test_a_link_that_leads_nowhere_is_left_out() -> None:
    wording = (
        "# T\n\n{head_name} {first_session} {sender_name} [a]({link})\n\n[The report]({report})\n\nOr [it]({report})."
    )
    own = replace(OWN, wording=wording)
    assert "The report" in str(FORMS.page(LETTER, own, hrefs()))
    public = Reading(str(FORMS.page(LETTER, own, None)))
    assert "The report" not in public.text and "" not in public.links


def test_the_densest_wording_is_still_a_small_mail() -> None:
    start = "# T\n\n{head_name} {first_session} {sender_name} [a]({link})\n\n"
    links = "[b](mailto:a@b.example) " * 300
    mail = FORMS.mail(LETTER, replace(OWN, wording=(start + links)[:8000].rpartition("[")[0]), hrefs())
    assert len(mail.html.encode()) < 100_000


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
@settings(max_examples=60)
def test_whatever_somebody_is_called_the_letter_is_composed(name: str) -> None:
    letter = replace(LETTER, name=name.strip(), school=LetterSchool(name or "-", (name,), name, name))
    mail = FORMS.mail(letter, OWN, hrefs())
    assert FORMS.pdf(letter, OWN) and FORMS.page(letter, OWN, hrefs())
    assert "\n" not in mail.subject and len(mail.html) < 100_000


def test_a_standard_wording_that_is_too_long_or_lacks_something_is_told_before_sending(tmp_path: Path) -> None:
    shutil.copytree(SETTINGS.letter_path, tmp_path / "letter")
    file = tmp_path / "letter" / "letter.md"
    standard = file.read_text(encoding="utf-8")
    for wording, says in (
        (standard + "\nWords.\n" * 80, "more than 2 pages"),
        (standard.replace("{first_session}", "soon"), "does not name {first_session}"),
    ):
        file.write_text(wording, encoding="utf-8")
        with pytest.raises(LetterProblem, match=says):
            open_forms(SETTINGS.model_copy(update={"letter_path": tmp_path / "letter"})).check(LETTER, OWN)
