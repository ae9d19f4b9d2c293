"""The engine and the command line do the same: each on a copy of its own, outcomes compared."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.engine_process import Refused


def command_line(root, *arguments, actor="sue"):
    """Run a command on a workspace; return what it prints as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "evenbeat.core.cli", *arguments, "-w", str(root), "--json"],
        capture_output=True, text=True, env={**os.environ, "LOGNAME": actor}, check=False,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1] if done.returncode else done.stdout)


def same_place(document, *roots):
    """Return a document with paths that do not tell one copy from another."""
    text = json.dumps(document)
    for root in roots:
        text = text.replace(json.dumps(str(root))[1:-1], "ROOT").replace(str(root), "ROOT")
    return json.loads(text)


@pytest.fixture
def twin(city, tmp_path):
    """A second copy, for the command line."""
    root = tmp_path / "twin"
    shutil.copytree(city, root)
    return root


def compared(engine, copy, twin, operation, arguments, parameters, drop=()):
    """Do it both ways; return both outcomes without what only one of them tells."""
    ours = same_place(engine.ask(operation, workspace=copy, **parameters), copy, twin)
    theirs = same_place(command_line(twin, *arguments), copy, twin)
    shared = (set(ours) & set(theirs)) - set(drop)
    return (
        {name: ours[name] for name in shared}, {name: theirs[name] for name in shared}, shared
    )  # fmt: skip


def test_day__step_by_step_is_the_same(warm, copy, twin, next_day):
    day = next_day
    for operation, least in (
        ("ingest", {"skipped", "rows"}), ("fit", {"model_id", "versions"}),
        ("forecast", {"run_id", "totals"}), ("plan", {"plan_id", "boxes", "minutes"}),
        ("brief", {"index", "pages"}), ("publish", {"run_id", "files"}),
    ):  # fmt: skip
        dated = operation != "ingest"
        ours, theirs, shared = compared(
            warm, copy, twin, operation, [operation, *(["--date", day] if dated else [])],
            {"date": day} if dated else {},
        )  # fmt: skip
        assert least <= shared, operation
        assert ours == theirs, operation


def test_daily__of_the_next_day_is_the_same(warm, copy, twin, next_day):
    ours, theirs, shared = compared(
        warm, copy, twin, "daily", ["daily", "--date", next_day], {"date": next_day},
        drop=["seconds"],
    )  # fmt: skip

    assert {"run_id", "boxes", "totals", "steps", "assignments"} <= shared
    assert ours == theirs


def test_default_date__is_told_as_a_note(warm, copy, dates):
    before = len(warm.notes())

    made = warm.ask("forecast", workspace=copy)

    assert made["date"] > dates[-1]
    assert any(made["date"] in words for words in warm.notes()[before:])


@pytest.mark.parametrize(
    ("operation", "arguments", "parameters"),
    [
        ("report-shift", ["report", "shift"], {}),
        ("report-tactic", ["report", "tactic"], {}),
        ("report-officer", ["report", "officer"], {}),
        ("report-crime-type", ["report", "crime-type"], {}),
        ("report-crime-dosage", ["report", "crime-dosage", "--hours-after", "4"],
         {"hours_after": 4}),
        ("describe", ["describe"], {}),
        ("retention", ["retention", "--dry-run"], {}),
        ("dosage", ["dosage"], {}),
        ("audit-verify", ["audit", "verify"], {}),
        ("audit-anchor", ["audit", "anchor"], {}),
    ],
)  # fmt: skip
def test_operation__tells_what_the_command_tells(
    warm, copy, twin, operation, arguments, parameters
):
    ours, theirs, shared = compared(warm, copy, twin, operation, arguments, parameters)

    assert shared
    assert ours == theirs


def test_what_if__is_the_same_document(warm, copy, twin, dates):
    given = {"date": dates[-1], "draws": 2, "changes": ["plan.tau=2"]}
    ours, theirs, shared = compared(
        warm, copy, twin, "what-if",
        ["plan", "--what-if", "--date", dates[-1], "--draws", "2", "--set", "plan.tau=2"], given,
    )  # fmt: skip

    assert {"run_id", "document"} <= shared
    assert ours == theirs


def test_log__has_the_same_entries(warm, copy, twin):
    ours = warm.ask("audit-log", workspace=copy, last=5)["entries"]

    assert ours == command_line(twin, "audit", "log", "--last", "5")


def test_export__verifies_by_the_command(warm, copy, tmp_path):
    written = warm.ask("audit-export", workspace=copy, out=tmp_path / "log.jsonl")
    head = warm.ask("audit-anchor", workspace=copy)["head"]

    found = command_line(copy, "audit", "verify", "--export", written["path"], "--head", head)

    assert found == {"entries": written["entries"], "head": head, "intact": True}


def test_keys__made_here_are_listed_there(warm, copy):
    made = warm.ask("keys-create", workspace=copy, name="County GIS", layers=["risk-*"], days=9)
    fresh = warm.ask("keys-rotate", workspace=copy, key_id=made["key"]["id"], overlap_days=1)
    warm.ask("keys-revoke", workspace=copy, key_id=fresh["key"]["id"])

    listed = command_line(copy, "keys", "list")
    ours = warm.ask("keys-list", workspace=copy)["keys"]

    assert [key["id"] for key in listed] == [made["key"]["id"], fresh["key"]["id"]]
    assert [{k: v for k, v in key.items() if k != "state"} for key in ours] == listed
    assert [key["state"] for key in ours] == ["active", "revoked"]
    assert made["token"] not in json.dumps(listed)


def test_activity__is_journalled(warm, copy):
    unit = {"workspace": copy, "unit": "12A"}
    begun = warm.ask("activity-start", **unit, tactic="be-seen")
    warm.ask("activity-note", **unit, note="call 312-555-0147")
    ended = warm.ask("activity-stop", **unit)

    assert begun["activity_id"] == ended["activity_id"]
    with pytest.raises(Refused):
        warm.ask("activity-stop", **unit)


def test_reproduce__compares_every_byte(warm, copy, dates):
    warm.ask("fit", workspace=copy, date=dates[-1], force=True)
    warm.ask("forecast", workspace=copy, date=dates[-1], force=True)

    found = warm.ask("audit-reproduce", workspace=copy, date=dates[-1])

    assert found["identical"]
    assert {output["what"] for output in found["outputs"]} >= {"model", "risk"}


def test_init__makes_a_workspace_once(warm, tmp_path):
    root = tmp_path / "Nová"
    made = warm.ask("init", folder=root, name='"Q" PD', timezone="America/Denver")

    assert made["settings"] == str(root / "evenbeat.toml")
    assert warm.ask("settings-read", workspace=root)["settings"]["agency"]["name"] == '"Q" PD'
    with pytest.raises(Refused) as refused:
        warm.ask("init", folder=root)
    assert refused.value.kind == "ConfigError"
