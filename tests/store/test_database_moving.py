"""Moving a database: every row, every hash, on both back ends."""

from __future__ import annotations

import pytest
from store import store_rows as rows

from evenbeat.core.errors import StoreError
from evenbeat.core.store.database import (
    AuditLog,
    Database,
    add_area,
    areas_on,
    candidates_of,
    current_assignments,
    events_of,
    lift_area,
    visits_of,
)
from evenbeat.core.store.database.moving import copy_database


def filled(path):
    source = Database.open(path, crs="EPSG:26916")
    rows.store_plan(source)
    rows.store_event(source, rows.make_event())
    with source.transaction() as connection:
        add_area(connection, rows.make_area("A1"))
        add_area(connection, rows.make_area("A2"))
        lift_area(connection, rows.make_lift("A1"))
    return source


def everything(database):
    with database.reading() as connection:
        current = current_assignments(connection)
        ids = [found.assignment.assignment_id for found in current]
        return (
            current, candidates_of(connection, "P1"), visits_of(connection, ids),
            [events_of(connection, name) for name in ids],
            areas_on(connection, rows.make_plan().service_date),
            list(AuditLog(database).entries()),
        )  # fmt: skip


def test_copy_database__is_the_same_to_every_reader(database, tmp_path):
    source = filled(tmp_path / "source.gpkg")
    counts = copy_database(source, database)
    assert everything(database) == everything(source)
    assert AuditLog(database).verify().head == AuditLog(source).head().hash
    assert counts["area"] == 2
    assert counts["area_lift"] == 1
    assert all(counts.values())


def test_copy_database__goes_on_where_it_was(database, tmp_path):
    copy_database(filled(tmp_path / "source.gpkg"), database)
    rows.store_event(database, rows.make_event(version=2))
    assert AuditLog(database).verify().intact


def test_copy_database__never_mixes_two_logs(database, tmp_path):
    rows.store_plan(database)
    before = everything(database)
    with pytest.raises(StoreError, match="already holds rows"):
        copy_database(filled(tmp_path / "source.gpkg"), database)
    assert everything(database) == before
