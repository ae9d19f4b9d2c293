"""The log refuses changes, and finds those made behind its back."""

import datetime as dt
import re
import sqlite3
import threading

import pytest
import sqlalchemy as sa

from evenbeat.core.errors import AuditError
from evenbeat.core.store.audit import AuditLog

NOON = dt.datetime(2017, 1, 3, 12, tzinfo=dt.UTC)


@pytest.fixture
def log_path(tmp_path):
    log = AuditLog(tmp_path / "audit.sqlite")
    for number in range(6):
        log.append("plan", {"number": number, "näme": "Ñ"}, actor="analyst", at=NOON)
    return tmp_path / "audit.sqlite"


def tamper(path, *statements):
    with sqlite3.connect(path) as connection:
        for guard in ("no_update", "no_delete", "only_next"):
            connection.execute(f"DROP TRIGGER audit_log_{guard}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_verify__intact(log_path):
    found = AuditLog(log_path).verify()
    assert found.intact
    assert found.entries == 6


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (["UPDATE audit_log SET actor = 'nobody' WHERE entry = 3"], "entry 3 .* was changed"),
        (["UPDATE audit_log SET detail = '{}' WHERE entry = 1"], "entry 1 .* was changed"),
        (["DELETE FROM audit_log WHERE entry = 4"], "entry 4 is missing"),
        (
            ["UPDATE audit_log SET entry = 99 WHERE entry = 2",
             "UPDATE audit_log SET entry = 2 WHERE entry = 3",
             "UPDATE audit_log SET entry = 3 WHERE entry = 99"],
            "entry 2 does not follow",
        ),
    ],
)  # fmt: skip
def test_verify__names_the_first_fault(log_path, statements, fault):
    tamper(log_path, *statements)
    found = AuditLog(log_path).verify()
    assert not found.intact
    assert found.fault is not None
    assert re.search(fault, found.fault)


def test_verify__truncation_is_found_against_an_anchored_head(log_path):
    head = AuditLog(log_path).verify().head
    guards = triggers(log_path)
    tamper(log_path, "DELETE FROM audit_log WHERE entry > 4", *guards)
    assert AuditLog(log_path).verify().intact
    assert not AuditLog(log_path).verify(anchored_head=head).intact


def test_verify__missing_guards_are_named(log_path):
    tamper(log_path, "DELETE FROM audit_log WHERE entry > 4")
    found = AuditLog(log_path).verify()
    assert found.fault is not None
    assert "guard" in found.fault


def test_database__refuses_to_replace_a_row(log_path):
    connection = sqlite3.connect(log_path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(
            "INSERT OR REPLACE INTO audit_log SELECT entry, at, 'mallory', action, detail, "
            "previous_hash, hash FROM audit_log WHERE entry = 3"
        )
    connection.close()


def triggers(path):
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    connection.close()
    return [sql for (sql,) in rows]


@pytest.mark.parametrize("verb", ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"])
def test_database__refuses_change(log_path, verb):
    connection = sqlite3.connect(log_path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(verb)
    connection.close()


def test_append__several_writers_lose_nothing(tmp_path):
    path = tmp_path / "audit.sqlite"
    AuditLog(path)

    def write(writer):
        log = AuditLog(path)
        for number in range(20):
            log.append("note", {"writer": writer, "number": number}, actor="w", at=NOON)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = AuditLog(path).verify()
    assert found.intact
    assert found.entries == 80


def test_append__refused_by_a_read_only_database(log_path, monkeypatch):
    log = AuditLog(log_path)

    def refuse(*_):
        raise sa.exc.OperationalError("insert", {}, Exception("disk is full"))

    monkeypatch.setattr(sa.Connection, "execute", refuse)
    with pytest.raises(AuditError, match="disk is full"):
        log.append("note", {}, actor="a", at=NOON)
