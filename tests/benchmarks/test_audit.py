"""The bars of the audit log and of a review, on both back ends."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import astuple, replace
from pathlib import Path

import pytest
from store.postgis import programs, running_server
from store.store_rows import NOON, make_assignment, make_event, store_plan

from evenbeat.core.store.database import (
    GENESIS,
    AuditEntry,
    AuditLog,
    Database,
    append_event,
    current_assignments,
    logged_records,
)
from evenbeat.core.store.database.chain import entry_hash

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800), pytest.mark.postgis]
ENTRIES, WRITERS, APPENDS = 1_000_000, 4, 300
WRITER = Path(__file__).parents[1] / "store" / "appending_writer.py"
COLUMNS = "entry, at, actor, action, detail, previous_hash, hash"


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A server whose files are on the disk, as those of a real one."""
    if programs() is None:
        pytest.skip("no PostgreSQL with PostGIS here; install it with: scripts/install-system test")
    with running_server(parent=tempfile.gettempdir()) as server:
        yield server


@pytest.fixture(scope="module")
def memory():
    """A server in memory, where waiting for the disk costs nothing."""
    if programs() is None or not os.access("/dev/shm", os.W_OK):
        pytest.skip("no PostgreSQL with PostGIS, or no folder in memory")
    with running_server(parent="/dev/shm") as server:
        yield server


def long_log():
    previous = GENESIS
    for number in range(1, ENTRIES + 1):
        fields = (
            number, "2017-01-03T12:00:00.000000+00:00", "analyst", "store",
            f'{{"code_version":"0.1.0+0123456789","rows":{number},"table":"incidents"}}', previous,
        )  # fmt: skip
        previous = entry_hash(*fields)
        yield AuditEntry(*fields, previous)


def verify(database, table, words):
    begun = time.perf_counter()
    found = AuditLog(database).verify()
    took = time.perf_counter() - begun
    assert found.intact
    assert found.entries == ENTRIES
    table.add_limit(f"verify 1 million entries, {words}", took, "s", at_most=30)


def test_verify__a_million_entries_in_a_geopackage(tmp_path, table):
    database = Database.open(tmp_path / "assignments.gpkg", crs=None)
    with database.transaction() as connection:
        cursor = connection.connection.driver_connection
        cursor.executemany(
            f"INSERT INTO audit_log ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            map(astuple, long_log()),
        )
    verify(database, table, "GeoPackage")


def test_verify__a_million_entries_in_postgis(disk, table):
    url = disk.new_store()
    database = Database.open(url, crs=None)
    with database.transaction() as connection:
        raw = connection.connection.driver_connection
        with raw.cursor() as cursor, cursor.copy(f"COPY audit_log ({COLUMNS}) FROM STDIN") as copy:
            for entry in long_log():
                copy.write_row(astuple(entry))
    verify(database, table, "PostGIS")
    database.close()


def fsync_s(folder):
    """Return the median seconds that the disk takes to write 8 kB through."""
    with tempfile.TemporaryFile(dir=folder) as stream:
        took = []
        for _ in range(60):
            stream.seek(0)
            stream.write(os.urandom(8192))
            stream.flush()
            begun = time.perf_counter()
            os.fdatasync(stream.fileno())
            took.append(time.perf_counter() - begun)
    return statistics.median(took)


def append_with_writers(location):
    """Return the seconds of every append of four processes, and those from first to last."""
    writers = [
        subprocess.Popen(
            [sys.executable, WRITER, location, str(number), str(APPENDS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(WRITERS)
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    begun = time.perf_counter()
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    took = [seconds for writer in writers for seconds in json.loads(writer.communicate()[0])]
    return took, time.perf_counter() - begun


@pytest.mark.parametrize("where", ["memory", "disk"])
def test_append__four_writers_on_postgis(request, table, where):
    server = request.getfixturevalue(where)
    location = server.new_store()
    database = Database.open(location, crs=None)
    wait = fsync_s(server.folder.parent)
    took, whole = append_with_writers(location)
    found = AuditLog(database).verify()
    assert found.intact
    assert found.entries == WRITERS * (APPENDS + 1)
    table.add_limit(
        f"append with 4 writers on PostGIS, cluster on {where}, median",
        1e3 * statistics.median(took), "ms", at_most=2,
    )  # fmt: skip
    table.add_note("    one append each, all writers together", f"{1e3 * whole / len(took):.2f} ms")
    table.add_note("    one fdatasync of 8 kB there, median", f"{1e3 * wait:.2f} ms")
    database.close()


def review(database, number):
    with database.transaction() as connection:
        (current,) = current_assignments(connection, ids=["P1-1"])
        event = make_event(current.version + 1, event_id=f"e{number}", state_before=current.state)
        detail = {"records": logged_records(events=[event])}
        entry = AuditLog(database).append(
            "review", detail, actor="ana", at=NOON, connection=connection
        )
        append_event(connection, replace(event, audit_entry=entry.entry))


@pytest.mark.parametrize("where", ["geopackage", "postgis"])
def test_review__in_a_warm_process(request, tmp_path, table, where):
    location = (
        request.getfixturevalue("disk").new_store()
        if where == "postgis"
        else tmp_path / "assignments.gpkg"
    )
    database = Database.open(location, crs="EPSG:26916")
    store_plan(database, assignments=[make_assignment(number) for number in range(1, 76)])
    took = []
    for number in range(60):
        begun = time.perf_counter()
        review(database, number)
        took.append(time.perf_counter() - begun)
    table.add_limit(
        f"one review's transaction, warm, {where} on the disk, median",
        1e3 * statistics.median(took[5:]), "ms", at_most=50,
    )  # fmt: skip
    database.close()
