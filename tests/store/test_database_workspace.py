"""A workspace's database: where it is, the older log brought over, and the audit commands."""

import json
import sqlite3
import time
from dataclasses import asdict

import pyogrio
import pytest
from click.testing import CliRunner
from store.store_rows import NOON, make_event, store_event, store_plan
from store.tampering import tamper

from evenbeat.core.cli.main import group
from evenbeat.core.config import parse_settings
from evenbeat.core.errors import AuditError
from evenbeat.core.pipeline.audit import run_verify
from evenbeat.core.pipeline.context import Context
from evenbeat.core.store.database import AuditLog, Database
from evenbeat.core.store.workspace import Workspace


@pytest.fixture
def root(tmp_path, monkeypatch):
    """An empty workspace without any setting of where its database is."""
    monkeypatch.delenv("EVENBEAT_DATABASE", raising=False)
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "evenbeat.toml").write_text("[agency]\nname = 'Riverton'\n")
    return tmp_path / "w"


def run(*arguments):
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def context_of(root):
    return Context(Workspace.open(root), actor="ana", now=lambda: NOON)


def test_database__is_a_geopackage_in_the_workspace(root):
    workspace = Workspace.open(root)
    workspace.audit.append("note", {}, actor="ana", at=NOON)
    assert (root / "assignments.gpkg").is_file()
    assert workspace.database.location == str(root / "assignments.gpkg")


def test_database__the_environment_stands_before_the_settings(root, location, monkeypatch):
    (root / "evenbeat.toml").write_text(f"[store]\nurl = '{root / 'elsewhere.gpkg'}'\n")
    assert Workspace.open(root).database.location == str(root / "elsewhere.gpkg")
    monkeypatch.setenv("EVENBEAT_DATABASE", str(location))
    workspace = Workspace.open(root)
    workspace.audit.append("note", {}, actor="ana", at=NOON)
    again = Database.open(location, crs=None)
    assert AuditLog(again).verify().entries == 1
    again.close()
    workspace.database.close()


def test_settings__where_the_database_is_changes_no_fingerprint():
    there = parse_settings({"store": {"url": "postgresql+psycopg://ana@server/city"}})
    assert there.fingerprint == parse_settings({}).fingerprint


def test_fix_crs__reaches_a_database_that_was_opened_before(root):
    workspace = Workspace.open(root)
    workspace.audit.append("ingest", {}, actor="ana", at=NOON)
    workspace.fix_crs("EPSG:26916")
    store_plan(workspace.database)
    path = root / "assignments.gpkg"
    assert pyogrio.read_info(path, layer="assignment_now")["crs"] == "EPSG:26916"
    assert Workspace.open(root).database.location == str(path)


def test_database__an_older_log_is_brought_over_once(root):
    log = AuditLog(Database.open(root / "made.gpkg", crs=None))
    entries = [log.append("note", {"n": n}, actor="a", at=NOON) for n in range(3)]
    with sqlite3.connect(root / "audit.sqlite") as connection:
        connection.execute(
            "CREATE TABLE audit_log (entry INTEGER PRIMARY KEY, at, actor, action, detail, "
            "previous_hash, hash)"
        )
        for entry in entries:
            connection.execute(
                "INSERT INTO audit_log VALUES (?, ?, ?, ?, ?, ?, ?)", tuple(asdict(entry).values())
            )
    connection.close()
    assert list(Workspace.open(root).audit.entries()) == entries
    assert not (root / "audit.sqlite").exists()
    assert run_verify(context_of(root), anchored_head=entries[-1].hash).entries == 3


@pytest.fixture
def reviewed(root):
    """A workspace with a plan and an event."""
    workspace = Workspace.open(root)
    workspace.fix_crs("EPSG:26916")
    store_plan(workspace.database)
    store_event(workspace.database, make_event())
    return root


def test_run_verify__names_a_row_that_was_changed(reviewed):
    assert run_verify(context_of(reviewed)).entries == 2
    tamper(Workspace.open(reviewed).database, "UPDATE review_event SET actor = 'bo'")
    with pytest.raises(AuditError, match="event P1-1-v1 is not as it was logged in entry 2"):
        run_verify(context_of(reviewed))


def test_audit__log_anchor_and_verify(reviewed):
    logged = json.loads(run("audit", "log", "-w", reviewed, "--last", 1, "--json").stdout)
    assert [entry["action"] for entry in logged] == ["review"]
    number, _, head = run("audit", "anchor", "-w", reviewed).stdout.split()
    assert (number, head) == ("2", logged[0]["hash"])
    assert run("audit", "verify", "-w", reviewed, "--head", head).exit_code == 0
    result = run("audit", "verify", "-w", reviewed, "--head", "0" * 63 + "1")
    assert result.exit_code == 10
    assert "is not in the log" in result.output


def test_audit__anchor_of_an_empty_log(root):
    result = run("audit", "anchor", "-w", root)
    assert result.exit_code == 10
    assert "nothing to anchor" in result.output


def test_audit__a_signed_export_is_checked_without_the_workspace(reviewed, tmp_path):
    key, file = tmp_path / "key.pem", tmp_path / "log.jsonl"
    assert run("audit", "key", key).exit_code == 0
    file.write_text(run("audit", "export", "-w", reviewed, "--sign", key).stdout)
    public = ["--export", file, "--public", tmp_path / "key.pub"]
    assert "Intact: 2 entries" in run("audit", "verify", *public).output
    file.write_text(file.read_text().replace("ana", "bo", 1))
    result = run("audit", "verify", *public)
    assert result.exit_code == 10
    assert "entry 1" in result.output


@pytest.mark.postgis
def test_database__a_connection_that_died_is_replaced(postgis, monkeypatch):
    database = Database.open(postgis.new_store(), crs=None)
    log = AuditLog(database)
    log.append("note", {}, actor="a", at=NOON)
    postgis.administer(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'evenbeat'"
    )
    rested = time.monotonic() + 60
    monkeypatch.setattr(time, "monotonic", lambda: rested)
    log.append("note", {}, actor="a", at=NOON)
    assert log.verify().entries == 2
    database.close()
