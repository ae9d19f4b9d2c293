"""Random operations on a database, in child processes that are killed at random moments.

Usage: killed_writers.py LOCATION ATTEMPTS SEED; prints how each attempt ended, as JSON.
"""

import json
import os
import random
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

# Everything is loaded before the first fork, so that a child spends its life on the database.
import psycopg  # noqa: F401
import shapely  # noqa: F401
from store.store_rows import (
    NOON,
    make_area,
    make_assignment,
    make_candidate,
    make_event,
    make_plan,
    make_visit,
    store_plan,
)

from evenbeat.core.store.database import (
    AuditLog,
    Database,
    add_area,
    add_assignment,
    append_event,
    current_assignments,
    logged_records,
)

LONGEST_S = 0.04


def main(location: str, attempts: int, seed: int) -> None:
    moments = random.Random(seed)
    endings = []
    for attempt in range(attempts):
        hearing, telling = os.pipe()
        child = os.fork()
        if child == 0:
            work(location, attempt, random.Random(seed + attempt), telling)
        # Some are killed while they open the database, most while they write to it.
        if attempt % 6:
            os.read(hearing, 1)
        time.sleep(moments.uniform(0.0, LONGEST_S))
        os.kill(child, signal.SIGKILL)
        os.close(hearing)
        os.close(telling)
        _, status = os.waitpid(child, 0)
        endings.append("killed" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}")
    print(json.dumps(endings))


def work(location: str, attempt: int, choices: random.Random, telling: int) -> None:
    """Do one random operation after the other until killed; tell when the database is open."""
    database = Database.open(location, crs=None)
    os.write(telling, b"x")
    for number in range(1_000_000):
        name = f"{attempt}-{number}"
        choices.choice([plan, review, review, move, close_area, note])(database, name, choices)
    os._exit(1)


def plan(database, name, _choices):
    rows = [make_assignment(1, name), make_assignment(2, name)]
    store_plan(
        database, make_plan(name), rows, [make_candidate(plan_id=name)],
        [make_visit(f"{name}-1", number) for number in (1, 2, 3)],
    )  # fmt: skip


def review(database, name, choices):
    """Change the state of some assignment."""
    with database.transaction() as connection:
        current = choices.choice(current_assignments(connection, plan_id="P1"))
        event = next_event(current, name, choices.choice(["approved", "rejected"]))
        log_and_append(database, connection, event, {})


def move(database, name, choices):
    """Replace an assignment by another one: two rows, an event and a log entry in one."""
    with database.transaction() as connection:
        current = choices.choice(current_assignments(connection, plan_id="P1"))
        added = replace(
            current.assignment, assignment_id=f"moved-{name}", chosen_by="reviewer",
            replaces=current.assignment.assignment_id,
        )  # fmt: skip
        visits = [make_visit(added.assignment_id)]
        add_assignment(connection, added, visits)
        also = {"assignments": [added], "visits": visits}
        log_and_append(database, connection, next_event(current, name, "replaced"), also)


def next_event(current, name, state):
    return make_event(
        current.version + 1, current.assignment.assignment_id, event_id=name,
        state_before=current.state, state_after=state,
    )  # fmt: skip


def log_and_append(database, connection, event, also):
    detail = {"records": logged_records(events=[event], **also)}
    log = AuditLog(database)
    entry = log.append("review", detail, actor="ana", at=NOON, connection=connection)
    append_event(connection, replace(event, audit_entry=entry.entry))


def close_area(database, name, _choices):
    area = make_area(name)
    with database.transaction() as connection:
        add_area(connection, area)
        detail = {"records": logged_records(areas=[area])}
        AuditLog(database).append("area", detail, actor="ana", at=NOON, connection=connection)


def note(database, name, _choices):
    AuditLog(database).append("note", {"name": name}, actor="ana", at=NOON)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
