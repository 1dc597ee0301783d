"""`psqm schools import`: what was done in a few lines or as JSON, what was wrong in one."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.school_register import register_text, school, write_links, write_register

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def _database(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    monkeypatch.setenv("PSQM_DATABASE_URL", sqlite_url)


def test_schools_and_links_are_imported_together_in_whichever_order_they_are_named(tmp_path: Path) -> None:
    links = write_links(tmp_path / "links.csv", (1, 2, "Successor"))
    rows = [school(1, "Hill School", status="closed"), school(2, "Top Academy")]
    result = RUNNER.invoke(app, ["schools", "import", str(links), str(write_register(tmp_path / "all.csv", *rows))])
    assert result.exit_code == 0, result.output
    assert "all.csv: 2 added, 0 changed, 0 unchanged; 0 closed schools led to their successors." in result.stdout
    assert "links.csv: 1 closed schools led to their successors." in result.stdout


def test_scripts_get_json_with_the_rows_that_were_left_out(tmp_path: Path) -> None:
    rows = [school(urn, "Hill School") for urn in range(1, 12)]
    text = register_text(*rows).replace('"11","', '"eleven","', 1)
    (tmp_path / "r.csv").write_text(text, encoding="cp1252", newline="")
    result = RUNNER.invoke(app, ["schools", "import", "--json", str(tmp_path / "r.csv")])
    (report,) = json.loads(result.stdout)
    assert (report["added"], report["kind"]) == (10, "schools")
    assert report["skipped"] == [{"line": 12, "why": "URN is 'eleven', not a number of up to seven digits"}]


def test_bad_rows_are_shown_to_people(tmp_path: Path) -> None:
    rows = [school(urn, "Hill School") for urn in range(1, 12)]
    path = write_register(tmp_path / "r.csv", *rows, school(5, "Hill School"))
    result = RUNNER.invoke(app, ["schools", "import", str(path)])
    assert "Left out, for you to look at: 1 rows.\n  line 13: URN 5 is in line 6 already" in result.stdout


def test_a_wrong_file_is_one_line_and_nothing_was_imported(tmp_path: Path) -> None:
    good = write_register(tmp_path / "good.csv", school(1, "Hill School"))
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n")
    result = RUNNER.invoke(app, ["schools", "import", str(good), str(tmp_path / "wrong.csv")])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"psqm: {tmp_path}/wrong.csv is not the school register: it lacks the columns")
    assert result.stderr.count("\n") == 1
    again = RUNNER.invoke(app, ["schools", "import", "--json", str(good)])
    assert json.loads(again.stdout)[0]["added"] == 1
