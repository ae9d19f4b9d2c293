"""An assignment's state is its newest event; two reviewers never overwrite each other."""

import datetime as dt
import itertools
import threading
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from store.store_rows import (
    NOON,
    make_assignment,
    make_candidate,
    make_event,
    make_plan,
    make_visit,
    store_event,
    store_plan,
)

from evenbeat.core.errors import ConflictError, StoreError
from evenbeat.core.store.database import (
    AuditLog,
    Database,
    append_event,
    current_assignments,
    events_of,
    events_of_all,
    logged_records,
)
from evenbeat.core.store.database.accounts import Accounts


def states(database):
    with database.reading() as connection:
        return {
            row.assignment.assignment_id: (row.state, row.version)
            for row in current_assignments(connection)
        }


def test_append_event__the_newest_one_counts(database):
    store_plan(database)
    first = store_event(database, make_event(overridden=True, role="supervisor", reason="court"))
    later = make_event(
        2, action="reject", state_after="rejected", actor="bo", role="supervisor", reason="closed",
        at=NOON + dt.timedelta(minutes=3),
    )  # fmt: skip
    second = store_event(database, later)
    with database.reading() as connection:
        found = {row.assignment.assignment_id: row for row in current_assignments(connection)}
        assert events_of(connection, "P1-1") == [first, second]
        assert events_of_all(connection, ["P1-2"]) == []
    now = found["P1-1"]
    assert (now.state, now.version, now.last_action) == ("rejected", 2, "reject")
    assert (now.reviewer, now.reason, now.reviewed_at) == ("bo", "closed", later.at)
    assert now.ever_overridden
    assert not found["P1-2"].ever_overridden
    assert found["P1-2"].reviewed_at is None


def test_append_event__the_second_reviewer_is_told_who_was_first(database):
    store_plan(database)
    store_event(database, make_event())
    second = make_event(event_id="other", action="reject", state_after="rejected", actor="bo")
    with pytest.raises(ConflictError, match=r"ana \(analyst\) changed .*approve.*saw version 0"):
        store_event(database, second)
    assert states(database)["P1-1"] == ("approved", 1)
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT MAX(entry) FROM audit_log").scalar() == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": 3}, "next event has version 1, got 3"),
        ({"state_before": "approved"}, "is proposed, got an event that starts from approved"),
        ({"assignment_id": "nowhere"}, "no assignment nowhere"),
        ({"role": None}, "needs a value for role"),
    ],
)
def test_append_event__refuses_what_does_not_follow(database, changes, message):
    store_plan(database)
    with pytest.raises(StoreError, match=message):
        store_event(database, replace(make_event(), **changes))
    assert states(database)["P1-1"] == ("proposed", 0)


def test_append_event__needs_its_log_entry(database):
    store_plan(database)
    refused = pytest.raises(StoreError, match="Append its log entry first")
    with refused, database.transaction() as connection:
        append_event(connection, make_event(audit_entry=99))
    assert states(database)["P1-1"] == ("proposed", 0)


def test_append_event__of_two_at_once_one_is_told(database, location):
    store_plan(database)
    ready, told = threading.Barrier(2), []

    def review(actor):
        own = Database.open(location, crs=None)
        ready.wait()
        try:
            store_event(own, make_event(event_id=actor, actor=actor))
        except ConflictError as error:
            told.append(str(error))
        own.close()

    reviewers = [threading.Thread(target=review, args=(name,)) for name in ("ana", "bo")]
    for reviewer in reviewers:
        reviewer.start()
    for reviewer in reviewers:
        reviewer.join()
    assert len(told) == 1
    assert states(database)["P1-1"] == ("approved", 1)


def test_append_event__the_database_alone_refuses_a_version_that_skips(database):
    store_plan(database)
    store_event(database, make_event())
    raw = (
        "INSERT INTO review_event (event_id, assignment_id, version, action, state_before, "
        "state_after, actor, role, at, overridden, detail, audit_entry) VALUES "
        "('x', 'P1-1', {version}, 'a', 'approved', 'approved', 'm', 'r', 't', {no}, '', 2)"
    )
    no = "false" if database.is_postgis else "0"
    for version in (1, 3):
        with pytest.raises(DBAPIError, match="append-only"), database.transaction() as connection:
            connection.exec_driver_sql(raw.format(version=version, no=no))
    with database.transaction() as connection:
        connection.exec_driver_sql(raw.format(version=2, no=no))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    attempts=st.lists(
        st.tuples(
            st.integers(0, 1),
            st.integers(0, 4),
            st.sampled_from(["proposed", "approved", "rejected"]),
            st.sampled_from(["approved", "rejected"]),
        ),
        max_size=12,
    )
)
def test_append_event__only_the_next_version_from_the_true_state(database, fresh_numbers, attempts):
    plan_id = f"H{next(fresh_numbers)}"
    store_plan(
        database,
        plan=make_plan(plan_id),
        assignments=[make_assignment(number, plan_id) for number in (0, 1)],
        candidates=[make_candidate(plan_id=plan_id)],
        visits=[make_visit(f"{plan_id}-0")],
    )
    model = {0: (0, "proposed"), 1: (0, "proposed")}
    for attempt, (which, version, before, after) in enumerate(attempts):
        event = make_event(
            version, f"{plan_id}-{which}", event_id=f"{plan_id}-{attempt}", state_before=before,
            state_after=after,
        )  # fmt: skip
        at, state = model[which]
        if version == at + 1 and before == state:
            store_event(database, event)
            model[which] = (version, after)
        else:
            expected = ConflictError if at > 0 and version <= at else StoreError
            with pytest.raises(expected):
                store_event(database, event)
    found = states(database)
    assert {which: found[f"{plan_id}-{which}"][::-1] for which in model} == model
    accounts = Accounts()
    log = AuditLog(database)
    assert log.verify(seen=accounts.note).intact
    with database.reading() as connection:
        assert accounts.fault(connection) is None


@pytest.fixture
def fresh_numbers():
    return itertools.count()


def test_logged_records__name_every_row():
    names = logged_records(
        events=[make_event()],
        assignments=[make_assignment(1)],
        visits=[make_visit("P1-1", 1), make_visit("P1-1", 2)],
    )
    assert sorted(names) == ["assignment:P1-1", "event:P1-1-v1", "visits:P1-1"]
    assert (
        names["visits:P1-1"]
        == (logged_records(visits=[make_visit("P1-1", 2), make_visit("P1-1", 1)])["visits:P1-1"])
    )
