"""The commands of patrol: their help, their JSON, their exit codes, and their advice."""

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from evenbeat.core.cli.main import group
from evenbeat.core.pipeline.patrol.days import day_store

REPORTS = ("shift", "tactic", "officer", "crime-type", "crime-dosage")
EVERY = ["dosage", "retention", "activity", "activity start", "activity stop", "activity note",
         "report", *(f"report {name}" for name in REPORTS)]  # fmt: skip


def run(*arguments):
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def told(*arguments):
    """Run with ``--json``; return the exit code and the document."""
    result = run(*arguments, "--json")
    return result.exit_code, json.loads(result.stdout)


@pytest.fixture
def folder(patrolled, monkeypatch):
    """A copy of the rehearsed workspace in which the local user is a supervisor."""
    monkeypatch.setenv("LOGNAME", "sue")
    return patrolled.workspace.root


@pytest.fixture
def empty(tmp_path):
    """A workspace with nothing in it."""
    assert run("init", tmp_path / "empty").exit_code == 0
    return tmp_path / "empty"


@pytest.mark.parametrize("name", EVERY)
def test_help__has_an_example_of_the_very_command(name):
    result = run(*name.split(), "--help")
    assert result.exit_code == 0
    assert f"evenbeat {name}" in result.output.split("Example:", 1)[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("dosage",), ("retention",), ("activity", "start", "7A", "--tactic", "be-seen"),
        ("activity", "stop", "7A"), ("activity", "note", "7A", "quiet"),
        *(("report", name) for name in REPORTS),
    ],
)  # fmt: skip
def test_no_workspace__exit_code_and_advice(tmp_path, arguments):
    result = run(*arguments, "-w", tmp_path)
    assert result.exit_code == 3
    assert "evenbeat init" in result.output
    code, document = told(*arguments, "-w", tmp_path)
    assert (code, document["error"]) == (3, "WorkspaceError")


@pytest.mark.parametrize("name", REPORTS)
def test_report__nothing_measured_says_what_to_do(empty, name):
    by_unit = ("--by", "unit") if name == "officer" else ()
    result = run("report", name, *by_unit, "-w", empty)
    assert result.exit_code == 3
    assert "evenbeat dosage" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("dosage", "--date", "03/01/2022"), ("dosage", "--jobs", "0"),
        ("report", "shift", "--date", "yesterday"), ("report", "officer", "--by", "rank"),
        ("report", "crime-dosage", "--hours-after", "73"), ("report", "beat"),
        ("activity", "start", "7A"), ("activity", "stop"),
        ("activity", "start", "7A", "--tactic", "x", "--officers", "0"),
    ],
)  # fmt: skip
def test_usage__what_cannot_be_meant_is_refused(empty, arguments):
    named = arguments if arguments == ("report", "beat") else (*arguments, "-w", empty)
    assert run(*named).exit_code == 2


def test_dosage__without_a_log_says_what_to_add(rehearsed, folder):
    settings = folder / "evenbeat.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text[: text.index("[[dosage.sources]]")], "utf-8")
    result = run("dosage", "-w", folder)
    assert result.exit_code == 2
    assert "[[dosage.sources]]" in result.output
    code, document = told("dosage", "-w", folder)
    assert (code, document["error"]) == (2, "ConfigError")


def test_dosage__nothing_changed(rehearsed, folder):
    result = run("dosage", "-w", folder)
    assert result.exit_code == 0, result.output
    assert "Nothing changed: 3 days" in result.output
    assert f"--date {rehearsed.dates[-1]}" in result.output
    code, document = told("dosage", "-w", folder)
    assert code == 0
    assert document["measured"] == document["files"] == []
    assert document["unchanged"] == [str(date) for date in rehearsed.dates]
    assert document["published"] is None


def test_dosage__one_day_again_is_one_row(rehearsed, folder):
    day = rehearsed.dates[1]
    result = run("dosage", "-w", folder, "--date", day, "--force")
    assert result.exit_code == 0, result.output
    assert "Measured 1 days; 0 unchanged." in result.output
    facts = day_store(rehearsed.workspace).facts(day)
    (row,) = [line for line in result.output.splitlines() if line.startswith(f"  {day} ")]
    boxes = sum(facts["outcomes"].values())
    assert f"{facts['account']['rows_in']:,}" in row.split()
    assert str(boxes) in row.split()
    code, document = told("dosage", "-w", folder, "--date", day, "--force")
    assert (code, document["measured"]) == (0, [str(day)])
    assert document["days"][str(day)]["outcomes"] == facts["outcomes"]
    assert all(one["rows_in"] == one["rows_kept"] + sum(one["dropped"].values())
               for one in document["files"])  # fmt: skip


def test_dosage__a_day_without_pings(folder):
    code, document = told("dosage", "-w", folder, "--date", "1999-01-01")
    assert (code, document["error"]) == (4, "InputError")
    assert "1999-01-01" in document["message"]


def test_dosage__publish_says_how_many_days(rehearsed, folder):
    result = run("dosage", "-w", folder, "--publish")
    assert result.exit_code == 0, result.output
    assert "Published 3 days into" in result.output
    code, document = told("dosage", "-w", folder, "--publish")
    assert code == 0
    assert document["published"]["unchanged"] == [str(date) for date in rehearsed.dates]


def test_activity__start_note_stop(folder):
    began, document = told("activity", "start", "7A", "--tactic", "be-seen", "-w", folder,
                           "--officer", "77", "--officer", "78")  # fmt: skip
    assert (began, document["event"]) == (0, "start")
    again = run("activity", "start", "7A", "--tactic", "be-seen", "-w", folder)
    assert again.exit_code == 4
    assert "evenbeat activity stop 7A" in again.output
    noted = run("activity", "note", "7A", "met Mr. Smith", "-w", folder)
    assert noted.exit_code == 0
    assert "Smith" not in noted.output
    assert "left out" in noted.output
    code, ended = told("activity", "stop", "7A", "--note", "quiet", "-w", folder)
    assert code == 0
    assert ended["activity_id"] == document["activity_id"]
    assert (ended["event"], ended["note"], ended["withheld"]) == ("stop", "quiet", False)
    journal = (folder / "private" / "journal.jsonl").read_text("utf-8").splitlines()
    first = json.loads(journal[0])
    # Two are named, so two were there, though nobody counted them.
    assert (first["officers"], first["officer_ids"]) == (2, ["77", "78"])


def test_activity__what_is_not_running_or_not_known(folder):
    for name, more in (("stop", ()), ("note", ("quiet",))):
        result = run("activity", name, "9Z", *more, "-w", folder)
        assert result.exit_code == 4
        assert "evenbeat activity start 9Z" in result.output
    code, document = told("activity", "start", "9Z", "--tactic", "chase", "-w", folder)
    assert (code, document["error"]) == (4, "InputError")


def test_retention__tells_before_it_removes(rehearsed, folder):
    # The rehearsed days lie years back, so everything is due.
    dry = run("retention", "-w", folder, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert dry.output.startswith("Would remove: ")
    parts = list((folder / "dosage" / "parts").glob("*/*.parquet"))
    assert parts
    code, document = told("retention", "-w", folder)
    assert code == 0
    assert document["removed"]["pings"] == len(parts)
    assert document["dry_run"] is False
    assert set(document["before"]) == {"pings", "officers"}
    assert not list((folder / "dosage" / "parts").glob("*/*.parquet"))
    again = run("retention", "-w", folder)
    assert again.output.startswith("Removed: nothing.")
    assert all((folder / "avl" / f"{date}.csv").is_file() for date in rehearsed.dates)


@pytest.mark.parametrize("name", REPORTS)
def test_report__writes_a_page_and_its_tables(rehearsed, folder, tmp_path, name):
    out = tmp_path / "out"
    code, document = told("report", name, "-w", folder, "--out", out)
    assert code == 0, document
    page = Path(document["page"])
    assert page.is_relative_to(out)
    assert page.read_text("utf-8").lstrip().lower().startswith("<!doctype html")
    assert document["last"] == str(rehearsed.dates[-1])
    assert document["pdf"] is None
    written = {path.name for path in out.rglob("*") if path.is_file()}
    assert {file.rsplit("/", 1)[-1] for file in document["files"]} <= written
    assert any(file.endswith(".json") for file in written)
    assert any(file.endswith(".csv") for file in written)


def test_report__for_people(rehearsed, folder):
    result = run("report", "shift", "-w", folder, "--date", rehearsed.dates[0], "--shift", "day")
    assert result.exit_code == 0, result.output
    assert str(rehearsed.dates[0]) in result.output
    assert "Page: " in result.output


def test_report__a_shift_or_a_period_that_is_not_there(rehearsed, folder):
    code, document = told("report", "shift", "-w", folder, "--shift", "dusk")
    assert (code, document["error"]) == (6, "ShiftError")
    code, document = told("report", "shift", "-w", folder, "--date", "1999-01-01")
    assert (code, document["error"]) == (3, "WorkspaceError")
    before = rehearsed.dates[0] - dt.timedelta(days=9)
    code, document = told("report", "tactic", "-w", folder, "--to", before)
    assert (code, document["error"]) == (3, "WorkspaceError")


def test_report_officer__is_for_a_supervisor(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("LOGNAME", "mallory")
    out = tmp_path / "out"
    code, document = told("report", "officer", "-w", folder, "--out", out)
    assert (code, document["error"]) == (8, "ReviewError")
    assert not list(out.rglob("*"))
    assert run("report", "officer", "-w", folder, "--by", "unit", "--out", out).exit_code == 0
    files = list((folder / "private" / "officers").glob("*.parquet"))
    officers = set(pd.concat(pd.read_parquet(path)["officer"] for path in files))
    written = [path.read_bytes() for path in out.rglob("*") if path.is_file()]
    assert officers
    assert written
    assert not any(name.encode() in content for content in written for name in officers)
