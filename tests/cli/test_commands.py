"""The command line: help with an example, messages that say what to do, exit codes."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from evenbeat.core.cli.console import table
from evenbeat.core.cli.main import _COMMANDS, group


def run(*arguments):
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def test_help__lists_every_command():
    shown = run("--help").output
    assert all(name in shown for name in _COMMANDS)
    assert "Exit codes" in shown


@pytest.mark.parametrize("name", sorted(_COMMANDS))
def test_help__every_command_has_an_example(name):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert f"evenbeat {name}" in result.output
    assert "Example" in result.output


def test_help__imports_nothing_heavy():
    script = (
        "import sys\n"
        "from evenbeat.core.cli.main import group\n"
        "try:\n    group.main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'pandas', 'numba', 'sklearn', 'xarray', 'rich', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


def test_init__makes_a_workspace_once(tmp_path):
    folder = tmp_path / "riverton"
    made = run("init", folder, "--name", 'River "ton" Ñ', "--timezone", "America/Denver")
    assert made.exit_code == 0, made.output
    assert 'River \\"ton\\" Ñ' in (folder / "evenbeat.toml").read_text("utf-8")
    again = run("init", folder)
    assert again.exit_code == 2
    assert "exists already" in again.output


def test_init__unknown_zone(tmp_path):
    result = run("init", tmp_path / "w", "--timezone", "Nowhere")
    assert result.exit_code == 2
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(
    "name", ["ingest", "describe", "fit", "forecast", "plan", "brief", "publish", "daily"]
)
def test_no_workspace__exit_code_and_advice(tmp_path, name):
    result = run(name, "-w", tmp_path)
    assert result.exit_code == 3
    assert "evenbeat init" in result.output


@pytest.mark.parametrize("name", ["describe", "fit", "forecast", "plan", "brief", "publish"])
def test_empty_workspace__says_what_to_do_next(tmp_path, name):
    run("init", tmp_path / "w")
    result = run(name, "-w", tmp_path / "w")
    assert result.exit_code == 3
    assert "evenbeat " in result.output


def test_ingest__no_source(tmp_path):
    run("init", tmp_path / "w")
    result = run("ingest", "-w", tmp_path / "w")
    assert result.exit_code == 2
    assert "[[sources]]" in result.output


def test_json__errors_are_machine_readable(tmp_path):
    result = CliRunner().invoke(group, ["plan", "-w", str(tmp_path), "--json"])
    assert json.loads(result.stdout)["error"] == "WorkspaceError"


def test_date__must_be_a_date(tmp_path):
    result = run("fit", "-w", tmp_path, "--date", "03/01/2017")
    assert result.exit_code == 2
    assert "YYYY-MM-DD" in result.output


def test_table__aligns_numbers_right():
    assert table([("a", "1"), ("bb", "22")], header=("k", "n")) == [
        "  k    n",
        "  a    1",
        "  bb  22",
    ]


def test_doctor__answers_in_json(tmp_path):
    run("init", tmp_path / "w")
    result = run("doctor", "-w", tmp_path / "w", "--json")
    checks = {finding["check"]: finding["ok"] for finding in json.loads(result.stdout)}
    assert checks["kernels"]
    assert checks["projections"]
    assert checks["workspace"]
    assert checks["audit log"]


def test_audit__verify_finds_a_change(tmp_path):
    import datetime as dt
    import sqlite3

    from evenbeat.core.store.database import AuditLog, Database

    run("init", tmp_path / "w")
    path = tmp_path / "w" / "assignments.gpkg"
    log = AuditLog(Database.open(path, crs=None))
    log.append("note", {"n": 1}, actor="a", at=dt.datetime.now(dt.UTC))
    assert run("audit", "verify", "-w", tmp_path / "w").exit_code == 0
    exported = run("audit", "export", "-w", tmp_path / "w").stdout.splitlines()
    assert json.loads(exported[0])["detail"] == {"n": 1}
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER audit_log_no_update")
        connection.execute("UPDATE audit_log SET actor = 'b'")
    connection.close()
    result = run("audit", "verify", "-w", tmp_path / "w")
    assert result.exit_code == 10
    assert "entry 1" in result.output
