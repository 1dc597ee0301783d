"""`psqm letters preview`, `wording`, `report` and `address`."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests import pdf_reading

RUNNER = CliRunner()
GRID = ("--easting", "500000", "--northing", "200000")
FILES = ["mail.html", "mail.txt", "letter.pdf", "report.pdf", "page.html", "reminder.html", "last_reminder.html"]
OURS = "# Ours\n\nDear {head_name}, come on {first_session}. [Ask]({link})\n\n{sender_name}\n"


@pytest.fixture(autouse=True)
def _database(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    monkeypatch.setenv("PSQM_DATABASE_URL", sqlite_url)


@pytest.fixture
def northfield() -> None:
    """A hub with its leader, a first session, and nothing of its own."""
    psqm("leaders", "add", "Rosa Lind", "rosa@hubs.example")
    psqm("hubs", "add", "Northfield", "--leader", "rosa@hubs.example", *GRID, "--session-on", "2099-01-14")


def psqm(*arguments: str) -> str:
    """What the command prints."""
    result = RUNNER.invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refusal(*arguments: str) -> str:
    """The line with which the command refuses."""
    result = RUNNER.invoke(app, arguments)
    assert result.exit_code == 2, result.output
    assert result.output.count("\n") == 1
    return result.output


def preview(folder: Path, *arguments: str) -> str:
    return psqm("letters", "preview", "--no-open", "--out", str(folder), *arguments)


def test_a_preview_is_one_of_each_form(tmp_path: Path) -> None:
    said = preview(tmp_path / "new" / "folder")
    assert said.split() == [str(tmp_path / "new" / "folder" / name) for name in FILES]
    for name in FILES:
        content = (tmp_path / "new" / "folder" / name).read_bytes()
        words = pdf_reading.text(content) if name.endswith(".pdf") else content.decode()
        assert "Primary Science Quality Mark" in words
    assert "Dear Dr Amina Lindqvist," in (tmp_path / "new" / "folder" / "page.html").read_text("utf-8")


def test_a_preview_opens_every_file_unless_told_not_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    launched: list[str] = []
    monkeypatch.setattr("typer.launch", launched.append)
    psqm("letters", "preview", "--out", str(tmp_path))
    assert launched == [str(tmp_path / name) for name in FILES]


def test_a_preview_of_a_hub_says_what_it_still_needs(northfield: None, tmp_path: Path) -> None:
    said = preview(tmp_path, "--hub", "northfield")
    assert "Before it can be sent: Northfield has no sender's address: psqm letters address" in said
    psqm("letters", "address", "--hub", "Northfield", "1 High Street, Otley, LS21 1AA")
    assert "Before it can be sent" not in preview(tmp_path, "--hub", "northfield")
    assert "Rosa Lind Northfield hub 1 High Street Otley LS21 1AA" in pdf_reading.text(
        (tmp_path / "letter.pdf").read_bytes()
    )


def test_a_hub_words_the_letter_itself_and_goes_back(northfield: None, tmp_path: Path) -> None:
    file = tmp_path / "ours.md"
    file.write_text("\ufeff" + OURS.replace("\n", "\r\n"), encoding="utf-8")
    assert "its own wording" in psqm("letters", "wording", str(file), "--hub", "Northfield")
    preview(tmp_path, "--hub", "Northfield")
    assert "come on Wednesday 14 January 2099." in (tmp_path / "mail.txt").read_text("utf-8")
    assert psqm("letters", "wording", "--show", "--hub", "Northfield").splitlines() == OURS.splitlines()
    psqm("letters", "wording", "--standard", "--hub", "Northfield")
    standard = Path("letter/letter.md").read_text("utf-8")
    assert psqm("letters", "wording", "--show", "--hub", "Northfield") == standard


def test_what_is_shown_can_be_changed_and_given_back(northfield: None, tmp_path: Path) -> None:
    file = tmp_path / "ours.md"
    file.write_text(psqm("letters", "wording", "--show", "--hub", "Northfield"), encoding="utf-8")
    psqm("letters", "wording", str(file), "--hub", "Northfield")


def test_a_wording_that_cannot_be_is_refused_and_nothing_kept(northfield: None, tmp_path: Path) -> None:
    file = tmp_path / "ours.md"
    for content, says in (
        (OURS.replace("{head_name}", "{head}").encode(), "Nothing is known as {head}: did you mean {head_name}?"),
        (OURS.replace("{sender_name}", "").encode(), "does not name {sender_name}"),
        (OURS.encode() + b"\n" * 9000, "shorten it"),
        ("# Ünsere".encode("cp1252"), "not a text in UTF-8"),
        (b" \n", "is empty"),
    ):
        file.write_bytes(content)
        assert says in refusal("letters", "wording", str(file), "--hub", "Northfield")
    assert "No such file" in refusal("letters", "wording", str(tmp_path / "none.md"), "--hub", "Northfield")
    assert "one of them" in refusal("letters", "wording", "--hub", "Northfield")
    assert "one of them" in refusal("letters", "wording", "--show", "--standard", "--hub", "Northfield")
    assert "invitation" in psqm("letters", "wording", "--show", "--hub", "Northfield")


def test_a_hub_encloses_its_own_report_and_goes_back(northfield: None, tmp_path: Path) -> None:
    preview(tmp_path)
    standard = (tmp_path / "report.pdf").read_bytes()
    ours = tmp_path / "ours.pdf"
    ours.write_bytes((tmp_path / "letter.pdf").read_bytes())
    assert "encloses ours.pdf" in psqm("letters", "report", str(ours), "--hub", "Northfield")
    preview(tmp_path, "--hub", "Northfield")
    assert (tmp_path / "report.pdf").read_bytes() == ours.read_bytes()
    assert "comes a short report by a science subject leader" in (tmp_path / "mail.txt").read_text("utf-8")
    psqm("letters", "report", "--standard", "--hub", "Northfield")
    preview(tmp_path, "--hub", "Northfield")
    assert (tmp_path / "report.pdf").read_bytes() == standard


def test_a_report_that_cannot_be_enclosed_is_refused(northfield: None, tmp_path: Path) -> None:
    assert "no PDF file" in refusal("letters", "report", "README.md", "--hub", "Northfield")
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF-1.7" + b" " * 3_000_000 + b"%%EOF")
    assert "smaller than 2 MB" in refusal("letters", "report", str(large), "--hub", "Northfield")
    assert "cannot be read" in refusal("letters", "report", str(tmp_path), "--hub", "Northfield")
    assert "one of them" in refusal("letters", "report", "--hub", "Northfield")


def test_an_unknown_hub_or_a_folder_of_no_use_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert 'no hub named "Nowhere"' in refusal("letters", "address", "--hub", "Nowhere", "a, b")
    assert 'no hub named "Nowhere"' in refusal("letters", "preview", "--no-open", "--hub", "Nowhere")
    assert "name another folder" in refusal("letters", "preview", "--no-open", "--out", str(tmp_path / "file"))


def test_a_letter_that_names_an_unknown_fact_or_is_gone_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "letter"
    folder.mkdir()
    monkeypatch.setenv("PSQM_LETTER_PATH", str(folder))
    assert "Put the file back or set PSQM_LETTER_PATH" in refusal("letters", "preview", "--no-open")
    (folder / "letter.md").write_text("# T\n\n{price}", encoding="utf-8")
    assert "letter.md: Nothing is known as {price}" in refusal("letters", "preview", "--no-open")
    shutil.copytree("letter", folder, dirs_exist_ok=True)
    (folder / "layout" / "sheet.typ").unlink()
    assert "sheet.typ: cannot be read" in refusal("letters", "preview", "--no-open")
