"""A workspace's database: where it is, the older log brought over, and the audit commands."""

import json
import sqlite3
import time
from dataclasses import asdict
from pathlib import Path

import pandas as pd
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
from evenbeat.core.store.files import sha256_file
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


@pytest.mark.parametrize("head", ["", "xyz", "f" * 63, "g" * 64, "é" * 64])
@pytest.mark.parametrize("exported", [False, True])
def test_audit__a_malformed_head_is_not_a_broken_log(reviewed, tmp_path, head, exported):
    file = tmp_path / "log.jsonl"
    file.write_text(run("audit", "export", "-w", reviewed).stdout)
    where = ["--export", file] if exported else ["-w", reviewed]
    result = run("audit", "verify", *where, "--head", head)
    assert result.exit_code == 2
    assert "A head has 64 hexadecimal digits, got" in result.output
    assert "broken" not in result.output
    result = run("audit", "verify", *where, "--head", "0" * 64)
    assert result.exit_code == 2
    assert "64 zeros are no head" in result.output


def test_audit__a_head_in_capitals_is_the_same_head(reviewed):
    head = Workspace.open(reviewed).audit.head().hash
    assert run("audit", "verify", "-w", reviewed, "--head", f" {head.upper()}").exit_code == 0


@pytest.fixture
def stored(reviewed):
    """A workspace with a table of two parts, and the folder of its version."""
    workspace = Workspace.open(reviewed)
    times = pd.to_datetime(["2016-05-01", "2017-01-02"], utc=True)
    table = workspace.table("incidents")
    table.write(pd.DataFrame({"occurred_from": times, "incident_id": ["a", "b"]}))
    detail = {"table": "incidents", "version": table.version}
    workspace.audit.append("store", detail, actor="ana", at=NOON)
    return reviewed, table.snapshot_folder()


def cut(path):
    path.write_bytes(path.read_bytes()[:-7])


def add(path):
    path.with_name("part-1.parquet").write_bytes(path.read_bytes())


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (cut, r"incidents/\w+/year=2016/part-0.parquet was changed or cut off"),
        (Path.unlink, r"incidents/\w+/year=2016/part-0.parquet is gone"),
        (add, r"incidents/\w+/year=2016/part-1.parquet does not belong"),
    ],
)
def test_run_verify__names_a_part_of_a_table_that_was_harmed(stored, harm, words):
    root, folder = stored
    assert run_verify(context_of(root), files=True).intact
    harm(folder / "year=2016" / "part-0.parquet")
    with pytest.raises(AuditError, match=words):
        run_verify(context_of(root), files=True)
    assert run_verify(context_of(root)).intact


def test_run_verify__a_pointer_that_was_made_to_fit_is_found(stored):
    root, folder = stored
    part = folder / "year=2016" / "part-0.parquet"
    before = sha256_file(part)
    cut(part)
    pointer = folder.parent / "current.json"
    pointer.write_text(pointer.read_text().replace(before, sha256_file(part)))
    with pytest.raises(AuditError, match=r"current\.json is not what was written"):
        run_verify(context_of(root), files=True)


@pytest.mark.parametrize("to", ["nonsense", "other.gpkg", "sqlite:///x", "postgresql://h/d"])
def test_audit_move__to_what_is_no_server(reviewed, to):
    result = run("audit", "move", "-w", reviewed, "--to", to)
    assert result.exit_code == 2
    assert "begins with postgresql+psycopg://" in result.output
    assert Workspace.open(reviewed).audit.head().entry == 2


@pytest.mark.postgis
def test_audit_move__the_old_log_is_closed_and_the_new_one_goes_on(reviewed, postgis, monkeypatch):
    url = postgis.new_store()
    old = Workspace.open(reviewed)
    result = run("audit", "move", "-w", reviewed, "--to", url)
    assert result.exit_code == 0, result.output
    left = [entry.action for entry in old.audit.entries()]
    assert left == ["plan", "review", "move"]
    with pytest.raises(AuditError, match="ended with entry 3, which moved it to postgresql"):
        store_event(old.database, make_event(version=2))
    result = run("audit", "move", "-w", reviewed, "--to", url)
    assert "holds a log already" in result.output
    result = run("audit", "move", "-w", reviewed, "--to", postgis.new_store())
    assert "cannot go on" in result.output
    assert [entry.action for entry in old.audit.entries()] == left
    monkeypatch.setenv("EVENBEAT_DATABASE", url)
    new = context_of(reviewed)
    store_event(new.workspace.database, make_event(version=2))
    found = [entry.action for entry in new.workspace.audit.entries()]
    assert found == ["plan", "review", "move", "arrive", "review"]
    assert run_verify(new, anchored_head=old.audit.head().hash).entries == 5
    new.workspace.database.close()


@pytest.mark.postgis
def test_audit_move__from_server_to_server_keeps_the_logins(root, postgis, monkeypatch):
    first, second = postgis.new_store(), postgis.new_store()
    monkeypatch.setenv("EVENBEAT_DATABASE", first)
    workspace = Workspace.open(root)
    workspace.fix_crs("EPSG:26916")
    store_plan(workspace.database)
    store_event(workspace.database, make_event(actor="postgres", detail={"login": "postgres"}))
    postgis.administer("CREATE ROLE mover SUPERUSER LOGIN")
    as_mover = second.replace("postgres@", "mover@")
    assert as_mover != second
    assert run("audit", "move", "-w", root, "--to", as_mover).exit_code == 0
    monkeypatch.setenv("EVENBEAT_DATABASE", second)
    assert run_verify(context_of(root)).entries == 4


@pytest.mark.postgis
def test_audit_move__goes_on_where_it_was_interrupted(reviewed, postgis):
    url = postgis.new_store()
    target = Database.open(url, crs=None)
    old = Workspace.open(reviewed)
    old.audit.append("move", {"to": target.location}, actor="ana", at=NOON)
    target.close()
    result = run("audit", "move", "-w", reviewed, "--to", url)
    assert result.exit_code == 0, result.output
    target = Database.open(url, crs=None)
    actions = [entry.action for entry in AuditLog(target).entries()]
    assert actions == ["plan", "review", "move", "arrive"]
    target.close()
