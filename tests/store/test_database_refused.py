"""What the database cannot do just now, or cannot hold, is said with what to do about it."""

import os
import sqlite3
from dataclasses import replace

import pytest
from store.store_rows import NOON, make_assignment, make_event, make_plan, store_event, store_plan

from evenbeat.core.errors import StoreError
from evenbeat.core.store.database import (
    AuditLog,
    Database,
    current_assignments,
    logged_records,
    record_plan,
)
from evenbeat.core.store.database import connect as module

BROKEN = "caf\udce9"
HELD = "held by another program, for example QGIS"


@pytest.fixture
def other(tmp_path, monkeypatch):
    """A GeoPackage that was opened, and another program's connection to it."""
    monkeypatch.setattr(module, "_PATIENCE_S", 0)
    database = Database.open(tmp_path / "assignments.gpkg", crs="EPSG:26916")
    AuditLog(database).append("note", {}, actor="a", at=NOON)
    program = sqlite3.connect(tmp_path / "assignments.gpkg", isolation_level=None)
    yield database, program
    program.close()


def append(database):
    AuditLog(database).append("note", {}, actor="a", at=NOON)


def test_transaction__another_program_reads_while_it_commits(other):
    database, program = other
    program.execute("BEGIN")
    program.execute("SELECT * FROM audit_log").fetchall()
    with pytest.raises(StoreError, match=HELD):
        append(database)
    program.execute("COMMIT")
    append(database)
    assert AuditLog(database).verify().entries == 2


def test_transaction__another_program_writes_while_it_begins(other):
    database, program = other
    program.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=HELD), database.transaction():
        pytest.fail("began")
    program.execute("COMMIT")


def test_reading__another_program_has_it_alone(other, tmp_path):
    database, program = other
    program.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match=HELD):
        AuditLog(database).head()
    with pytest.raises(StoreError, match=HELD):
        Database.open(tmp_path / "assignments.gpkg", crs="EPSG:26916")


@pytest.mark.postgis
@pytest.mark.parametrize("location", ["postgis"], indirect=True)
@pytest.mark.parametrize("kind", ["transaction", "appending", "reading"])
def test_transaction__the_connection_is_lost(database, kind, postgis):
    with (
        pytest.raises(StoreError, match=r"stopped: .*look with evenbeat audit log"),
        getattr(database, kind)() as connection,
    ):
        number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        postgis.administer(f"SELECT pg_terminate_backend({number})")
        connection.exec_driver_sql("SELECT 1")
    append(database)
    assert AuditLog(database).verify().entries == 1


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("plan", {"actor": BROKEN}),
        ("plan", {"document": {"note": BROKEN}}),
        ("plan", {"document": {BROKEN: 1}}),
        ("assignments", {"neighbourhood": BROKEN}),
        ("assignments", {"why": [BROKEN]}),
    ],
)
def test_record_plan__a_text_that_is_no_unicode(database, kind, changes):
    rows = {"plan": make_plan(), "assignments": [make_assignment()]}
    broken = replace(make_plan() if kind == "plan" else make_assignment(), **changes)
    rows[kind] = broken if kind == "plan" else [broken]
    with pytest.raises(StoreError, match=r"not valid Unicode near .*caf.udce9"):
        logged_records(**rows)
    with pytest.raises(StoreError, match="not valid Unicode"), database.transaction() as own:
        record_plan(own, **rows)


def test_append_event__a_reason_that_is_no_unicode(database):
    store_plan(database)
    with pytest.raises(StoreError, match=r"review_event.reason is not valid Unicode"):
        store_event(database, make_event(reason=BROKEN))


@pytest.mark.parametrize("broken", ["action", "actor", "detail"])
def test_append__a_text_that_is_no_unicode(log, broken):
    given = {"action": "note", "actor": "a", "detail": "x"} | {broken: BROKEN}
    with pytest.raises(StoreError, match="not valid Unicode"):
        log.append(given["action"], {"text": given["detail"]}, actor=given["actor"], at=NOON)
    assert log.verify().entries == 0


def test_reading__asked_for_what_is_no_unicode(database):
    asked = os.fsdecode(b"caf\xe9")
    with pytest.raises(StoreError, match="not valid Unicode"), database.reading() as connection:
        current_assignments(connection, ids=[asked])
