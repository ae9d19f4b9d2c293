"""The log refuses changes, and finds those made behind its back, on both back ends."""

import json
import multiprocessing
import re
import shutil
import sqlite3
from dataclasses import asdict, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from store.store_rows import (
    NOON,
    make_area,
    make_assignment,
    make_event,
    make_lift,
    make_plan,
    store_event,
    store_plan,
)
from store.tampering import tamper

from evenbeat.core.errors import AuditError
from evenbeat.core.store.database import (
    GENESIS,
    AuditLog,
    Database,
    add_area,
    add_assignment,
    lift_area,
    logged_records,
)
from evenbeat.core.store.database.accounts import Accounts
from evenbeat.core.store.database.export import check_export, export_lines, make_key
from evenbeat.core.store.database.guards import missing
from evenbeat.core.store.database.older_log import bring_over
from evenbeat.core.store.database.schema import METADATA

TABLES = sorted(METADATA.tables)


@pytest.fixture
def filled(log):
    for number in range(6):
        log.append("plan", {"number": number, "näme": "Ñ"}, actor="analyst", at=NOON)
    return log


def test_append__continues_the_chain(filled):
    entries = list(filled.entries())
    assert [entry.entry for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert [entry.previous_hash for entry in entries] == [
        GENESIS,
        *(entry.hash for entry in entries[:-1]),
    ]
    assert filled.head() == entries[-1]
    assert [entry.entry for entry in filled.entries(first=5)] == [5, 6]
    assert json.loads(entries[2].detail) == {"number": 2, "näme": "Ñ"}
    assert entries[0].at == "2017-01-03T12:00:00.000000+00:00"


def test_append__within_a_transaction_that_fails_is_not_there(filled, database):
    with pytest.raises(RuntimeError), database.transaction() as connection:
        filled.append("note", {}, actor="a", at=NOON, connection=connection)
        raise RuntimeError
    assert filled.verify().entries == 6


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.text(st.characters(codec="utf-8", exclude_characters="\0")), detail=st.text())
def test_append__both_back_ends_hash_every_text_alike(log, words, detail):
    entry = log.append(words, {"text": detail}, actor=words[::-1], at=NOON)
    assert entry.hash == entry.computed_hash()
    assert log.head() == entry


@pytest.mark.postgis
@pytest.mark.parametrize("location", ["postgis"], indirect=True)
def test_append__a_text_that_postgres_cannot_store(log):
    with pytest.raises(AuditError, match="refused an entry"):
        log.append("note", {}, actor="\0", at=NOON)
    assert log.verify().entries == 0


def test_verify__intact(filled):
    found = filled.verify()
    assert found.intact
    assert found.entries == 6
    assert filled.verify(found.head).intact


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (["UPDATE audit_log SET actor = 'nobody' WHERE entry = 3"], "entry 3 .* was changed"),
        (["UPDATE audit_log SET detail = '{}' WHERE entry = 1"], "entry 1 .* was changed"),
        (["UPDATE audit_log SET at = '2016' WHERE entry = 6"], "entry 6 .* was changed"),
        (["DELETE FROM audit_log WHERE entry = 4"], "entry 4 is missing"),
        (["DELETE FROM audit_log WHERE entry = 1"], "entry 1 is missing"),
        (
            ["UPDATE audit_log SET entry = 99 WHERE entry = 2",
             "UPDATE audit_log SET entry = 2 WHERE entry = 3",
             "UPDATE audit_log SET entry = 3 WHERE entry = 99"],
            "entry 2 does not follow",
        ),
        (
            ["UPDATE audit_log SET entry = entry + 100 WHERE entry > 2",
             "UPDATE audit_log SET entry = entry - 99 WHERE entry > 100",
             "INSERT INTO audit_log SELECT 3, at, actor, action, detail, previous_hash, 'made up' "
             "FROM audit_log WHERE entry = 4"],
            "entry 3 .* was changed",
        ),
    ],
)  # fmt: skip
def test_verify__names_the_first_fault(filled, database, statements, fault):
    tamper(database, *statements)
    found = filled.verify()
    assert not found.intact
    assert re.search(fault, str(found.fault))


def test_verify__an_inserted_entry_with_a_true_hash_breaks_what_follows(filled, database):
    third, fourth = list(filled.entries(first=3))[:2]
    forged = replace(fourth, entry=4, actor="mallory", previous_hash=third.hash)
    forged = replace(forged, hash=forged.computed_hash())
    values = ", ".join(f"'{value}'" for value in list(asdict(forged).values())[1:])
    tamper(
        database,
        "UPDATE audit_log SET entry = entry + 100 WHERE entry > 3",
        "UPDATE audit_log SET entry = entry - 99 WHERE entry > 100",
        f"INSERT INTO audit_log VALUES (4, {values})",
    )
    assert filled.verify().fault == (
        "entry 5 does not follow the entry before it: a row was changed or inserted"
    )


def test_verify__truncation_is_found_against_an_anchored_head(filled, database):
    head = filled.verify().head
    tamper(database, "DELETE FROM audit_log WHERE entry > 4")
    assert filled.verify().intact
    assert filled.verify(head).fault == f"the anchored head {head} is not in the log"
    tamper(database, "DELETE FROM audit_log" if not database.is_postgis else "TRUNCATE audit_log "
           "CASCADE")  # fmt: skip
    assert filled.verify().entries == 0
    assert not filled.verify(head).intact


def test_verify__a_restored_old_copy_is_found_against_an_anchored_head(tmp_path):
    path, copy = tmp_path / "assignments.gpkg", tmp_path / "backup.gpkg"
    log = AuditLog(Database.open(path, crs=None))
    log.append("note", {"n": 1}, actor="a", at=NOON)
    shutil.copy(path, copy)
    log.append("note", {"n": 2}, actor="a", at=NOON)
    head = log.verify().head
    shutil.copy(copy, path)
    log.append("note", {"n": 3}, actor="a", at=NOON)
    assert log.verify().intact
    assert not log.verify(head).intact


def test_verify__an_old_copy_of_the_table_put_back_is_found(filled, database):
    tamper(database, "CREATE TABLE kept AS SELECT * FROM audit_log")
    filled.append("note", {"n": 7}, actor="a", at=NOON)
    head = filled.verify().head
    tamper(database, "DELETE FROM audit_log", "INSERT INTO audit_log SELECT * FROM kept")
    filled.append("note", {"n": 8}, actor="mallory", at=NOON)
    assert filled.verify().intact
    assert filled.verify(head).fault == f"the anchored head {head} is not in the log"


def test_verify__missing_guards_are_named(filled, database):
    tamper(database, "DELETE FROM audit_log WHERE entry > 4", leave_guards_off=True)
    assert "guard" in str(filled.verify().fault)


def test_verify__a_guard_that_was_rewritten_is_named(filled, database):
    with database.engine.begin() as connection:
        if database.is_postgis:
            connection.exec_driver_sql(
                "CREATE OR REPLACE FUNCTION evenbeat_refuse() RETURNS trigger "
                "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
            )
        else:
            connection.exec_driver_sql("DROP TRIGGER plan_no_update")
            connection.exec_driver_sql(
                "CREATE TRIGGER plan_no_update BEFORE UPDATE ON plan BEGIN SELECT 1; END"
            )
    assert re.search(r"the guard (evenbeat_refuse|plan_no_update) was", str(filled.verify().fault))


@pytest.fixture
def full(database):
    """A database with a row in every table."""
    store_plan(database)
    store_event(database, make_event())
    area, lift = make_area(), make_lift()
    with database.transaction() as connection:
        detail = {"records": logged_records(areas=[area], lifts=[lift])}
        AuditLog(database).append("area", detail, actor="ana", at=NOON, connection=connection)
        add_area(connection, area)
        lift_area(connection, lift)
    return database


@pytest.mark.parametrize("table", TABLES)
def test_database__refuses_to_change_or_remove_a_row(full, table):
    key = "entry" if table == "audit_log" else "fid"
    before = count(full, table)
    assert before > 0
    statements = [f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}"]
    if full.is_postgis:
        statements += [
            f"TRUNCATE {table} CASCADE",
            f"SET session_replication_role = replica; DELETE FROM {table}",
        ]
    else:
        statements.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), full.engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert count(full, table) == before


@pytest.mark.parametrize("location", ["geopackage"], indirect=True)
def test_database__replace_by_any_key_is_refused(full):
    for table in METADATA.sorted_tables:
        names = [f'"{column.name}"' for column in table.c if column.name != "fid"]
        listed = ", ".join(names)
        with pytest.raises(DBAPIError, match="append-only"), full.engine.begin() as connection:
            connection.exec_driver_sql(
                f"INSERT OR REPLACE INTO {table.name} ({listed}) SELECT {listed} FROM {table.name}"
            )


def count(database, table):
    with database.reading() as connection:
        return connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table}").scalar_one()


def fault_of(database):
    accounts = Accounts()
    with database.reading() as connection:
        found = AuditLog(database).verify(seen=accounts.note, connection=connection)
        assert found.intact, found.fault
        return accounts.fault(connection)


def test_accounts__everything_is_as_logged(full):
    assert fault_of(full) is None


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (["UPDATE review_event SET reason = 'x'"], "event P1-1-v1 is not as it was logged"),
        (["UPDATE review_event SET audit_entry = 1"], "event P1-1-v1 points to entry 1, but"),
        (["DELETE FROM review_event"], "entry 2 records event P1-1-v1, which is gone"),
        (["UPDATE plan SET seed = '18'"], "plan P1 is not as it was logged in entry 1"),
        (["UPDATE assignment SET minutes = 46 WHERE fid = 2"], "assignment P1-2 is not as it was"),
        (["UPDATE assignment SET \"column\" = 7 WHERE fid = 1"], "assignment P1-1 is not as"),
        (["DELETE FROM candidate WHERE outcome = 'held_out'"], "the pool of plan P1 is not as"),
        (["UPDATE candidate SET inclusion_probability = 1 WHERE fid = 1"], "the pool of plan"),
        (["DELETE FROM candidate"], "records the pool of plan P1, which is gone"),
        (["UPDATE visit SET travel_minutes = 0"], "the visits of assignment P1-1 is not as"),
        (["UPDATE area SET expires_on = NULL"], "area A1 is not as it was logged in entry 3"),
        (["DELETE FROM area_lift"], "entry 3 records lift A1, which is gone"),
    ],
)  # fmt: skip
def test_accounts__names_the_first_row_that_differs(full, statements, fault):
    tamper(full, *statements)
    assert fault in str(fault_of(full))


def test_accounts__a_moved_box_is_found(full):
    with full.reading() as connection:
        at = connection.exec_driver_sql("SELECT geometry FROM assignment WHERE fid = 2").scalar()
    text = f"X'{at.hex()}'" if isinstance(at, bytes) else f"'{at}'"
    tamper(full, f"UPDATE assignment SET geometry = {text} WHERE fid = 1")
    assert "assignment P1-1 is not as it was" in str(fault_of(full))


def test_accounts__a_row_without_an_entry_is_named(full):
    with full.transaction() as connection:
        add_assignment(connection, make_assignment(3))
    assert fault_of(full) == "assignment P1-3 is in no entry of the log"


def test_accounts__a_second_entry_cannot_cover_a_change(full):
    tamper(full, "UPDATE plan SET seed = '18'")
    name = "plan:P1"
    cover = {name: logged_records(plan=make_plan(seed="18"))[name]}
    AuditLog(full).append("note", {"records": cover}, actor="mallory", at=NOON)
    assert "entry 4 records plan P1 again and differently than entry 1" in str(fault_of(full))


def append_many(location, writer, times):
    log = AuditLog(Database.open(location, crs=None))
    for number in range(times):
        log.append("note", {"writer": writer, "number": number}, actor="w", at=NOON)


def test_append__four_processes_lose_nothing(log, location):
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=append_many, args=(location, name, 25)) for name in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = log.verify()
    assert found.intact
    assert found.entries == 100
    written = [json.loads(entry.detail) for entry in log.entries()]
    for writer in range(4):
        numbers = [detail["number"] for detail in written if detail["writer"] == writer]
        assert numbers == list(range(25))


def test_append__refused_by_a_read_only_database(log, database):
    def read_only(connection):
        word = "SET TRANSACTION READ ONLY" if database.is_postgis else "PRAGMA query_only = ON"
        connection.exec_driver_sql(word)

    with pytest.raises(AuditError, match="refused an entry"), database.transaction() as connection:
        read_only(connection)
        log.append("note", {}, actor="a", at=NOON, connection=connection)
    assert log.verify().entries == 0


@pytest.fixture
def older(tmp_path, filled):
    """The file of an older workspace, with the rows of a log."""
    path = tmp_path / "audit.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE audit_log (entry INTEGER PRIMARY KEY, at TEXT, actor TEXT, action TEXT, "
            "detail TEXT, previous_hash TEXT, hash TEXT)"
        )
        for entry in filled.entries():
            connection.execute(
                "INSERT INTO audit_log VALUES (?, ?, ?, ?, ?, ?, ?)", tuple(asdict(entry).values())
            )
    connection.close()
    return path


def test_bring_over__every_hash_unchanged(older, filled, tmp_path):
    database = Database.open(tmp_path / "new.gpkg", crs=None)
    assert bring_over(database, older) == 6
    log = AuditLog(database)
    assert list(log.entries()) == list(filled.entries())
    log.append("note", {}, actor="a", at=NOON)
    assert log.verify(filled.verify().head).intact
    assert not older.exists()
    assert older.with_name("audit.sqlite.moved").exists()
    assert bring_over(database, older) == 0


def test_bring_over__after_a_crash_before_the_renaming(older, filled, database):
    assert bring_over(database, older) == 0
    assert older.with_name("audit.sqlite.moved").exists()
    assert filled.verify().entries == 6


def test_bring_over__not_into_a_log_of_its_own(older, tmp_path):
    database = Database.open(tmp_path / "new.gpkg", crs=None)
    AuditLog(database).append("note", {}, actor="a", at=NOON)
    with pytest.raises(AuditError, match="has a log of its own"):
        bring_over(database, older)
    assert older.exists()


def test_bring_over__a_broken_log_stays_where_it_is(older, tmp_path):
    with sqlite3.connect(older) as connection:
        connection.execute("UPDATE audit_log SET actor = 'x' WHERE entry = 2")
    connection.close()
    database = Database.open(tmp_path / "new.gpkg", crs=None)
    with pytest.raises(AuditError, match=r"entry 2 .* was changed"):
        bring_over(database, older)
    assert AuditLog(database).verify().entries == 0
    assert older.exists()
    older.write_text("nothing" * 100)
    with pytest.raises(AuditError, match="cannot be read"):
        bring_over(database, older)


@pytest.fixture
def exported(filled, tmp_path):
    """A signed export and the public key."""
    public = make_key(tmp_path / "key.pem")
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(export_lines(filled.entries(), key=tmp_path / "key.pem")) + "\n")
    return path, public


def test_export__can_be_checked_without_the_database(exported, filled, tmp_path):
    path, public = exported
    found = check_export(path, public=public)
    assert found == filled.verify()
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0
    assert check_export(path, anchored_head=found.head).intact
    assert not check_export(path, anchored_head="f" * 64).intact


def test_export__a_changed_file_is_found(exported, tmp_path):
    path, public = exported
    lines = path.read_text().splitlines()
    changed = tmp_path / "changed.jsonl"

    def checked(kept, key=public):
        changed.write_text("\n".join(kept) + "\n")
        return check_export(changed, public=key)

    assert "entry 2" in str(checked([lines[0], lines[1].replace("analyst", "x"), *lines[2:]]).fault)
    assert "entry 3 is missing" in str(checked(lines[:2] + lines[3:]).fault)
    with pytest.raises(AuditError, match="was cut off: it ends at entry 5"):
        checked([*lines[:5], lines[-1]])
    with pytest.raises(AuditError, match="has no signature"):
        checked(lines[:5])
    with pytest.raises(AuditError, match="not of this key"):
        checked(lines, make_key(tmp_path / "other.pem"))
    with pytest.raises(AuditError, match="goes on after its last line"):
        checked([*lines, lines[0]])
    with pytest.raises(AuditError, match="line 1 is no entry"):
        checked(["{}"])
    with pytest.raises(AuditError, match="line 1 is not JSON"):
        checked(["?"])
    with pytest.raises(AuditError, match="is no public Ed25519 key"):
        checked(lines, tmp_path / "key.pem")


def test_make_key__replaces_nothing(tmp_path):
    make_key(tmp_path / "key.pem")
    with pytest.raises(AuditError, match="is there already"):
        make_key(tmp_path / "key.pem")
    with pytest.raises(AuditError, match="is no private Ed25519 key"):
        list(export_lines([], key=tmp_path / "key.pub"))


def test_missing__nothing_on_a_new_database(database):
    with database.reading() as connection:
        assert missing(connection) == []


def test_verify__counts_and_heads_of_an_empty_log(log):
    found = log.verify()
    assert (found.entries, found.head, found.intact) == (0, GENESIS, True)
    assert log.head() is None
    assert log.verify(GENESIS).intact
