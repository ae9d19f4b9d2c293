"""kill -9 at any point of any operation leaves a consistent database."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from store.postgis import programs, running_server
from store.store_rows import (
    NOON,
    make_assignment,
    make_candidate,
    make_plan,
    make_visit,
    store_plan,
)

from evenbeat.core.store.database import AuditLog, Database, current_assignments, events_of_all
from evenbeat.core.store.database.accounts import Accounts

KILLS = 240
SCRIPT = Path(__file__).with_name("killed_writers.py")


@pytest.mark.slow
def test_kill__two_hundred_times_and_nothing_is_half_done(database, location):
    store_plan(database, assignments=[make_assignment(number) for number in range(1, 7)])
    done = subprocess.run(
        [sys.executable, SCRIPT, str(location), str(KILLS), "20170103"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert json.loads(done.stdout) == ["killed"] * KILLS

    again = Database.open(location, crs="EPSG:26916")
    accounts, log = Accounts(), AuditLog(again)
    with again.reading() as connection:
        found = log.verify(seen=accounts.note, connection=connection)
        assert found.intact, found.fault
        assert accounts.fault(connection) is None
        rows = current_assignments(connection)
        events = events_of_all(connection, [row.assignment.assignment_id for row in rows])
        counts = [
            connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table}").scalar_one()
            for table in ("review_event", "plan", "area")
        ]
    # Enough got through that the kills fell into work, and all kinds of it.
    # On a busy machine most kills come before a commit.
    assert found.entries > KILLS / 20
    assert counts[0] == len(events)
    assert min(counts) > 1
    entries = {entry.entry: entry for entry in log.entries()}
    for event in events:
        assert event.event_id in entries[event.audit_entry].detail
    newest = {event.assignment_id: event for event in events}
    for row in rows:
        event = newest.get(row.assignment.assignment_id)
        expected = ("proposed", 0) if event is None else (event.state_after, event.version)
        assert (row.state, row.version) == expected
    replaced = {row.assignment.replaces for row in rows if row.assignment.replaces}
    moved = {event.assignment_id for event in events if event.state_after == "replaced"}
    assert replaced == moved
    log.append("note", {}, actor="after", at=events[0].at)
    assert log.verify().entries == found.entries + 1
    again.close()


@pytest.mark.slow
@pytest.mark.postgis
def test_crash__of_the_server_loses_nothing_that_was_confirmed():
    if programs() is None:
        pytest.skip("no PostgreSQL with PostGIS here; install it with: scripts/install-system test")
    # A server that by itself writes through as late as it may, so that only our waiting can.
    with running_server(options="-c wal_writer_delay=10s") as server:
        url = server.new_store()
        last_acts = [append_note, store_one_plan, append_note, store_one_plan]
        for number, act in enumerate(last_acts):
            database = Database.open(url, crs="EPSG:26916")
            act(database, number)
            server.stop()
            database.close()
            server.start()
        database = Database.open(url, crs="EPSG:26916")
        log = AuditLog(database)
        assert log.verify().intact
        assert [entry.action for entry in log.entries()] == ["note", "plan", "note", "plan"]
        with database.reading() as connection:
            assert len(current_assignments(connection)) == 2
        database.close()


def append_note(database, _number):
    AuditLog(database).append("note", {}, actor="a", at=NOON)


def store_one_plan(database, number):
    plan_id = f"P{number}"
    store_plan(
        database, make_plan(plan_id), [make_assignment(1, plan_id)],
        [make_candidate(plan_id=plan_id)], [make_visit(f"{plan_id}-1")],
    )  # fmt: skip
