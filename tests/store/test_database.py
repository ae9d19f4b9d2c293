"""Plans, reviews and areas come back as they were written, on both back ends."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
import shapely
from store.store_rows import (
    DAY,
    NOON,
    make_area,
    make_assignment,
    make_candidate,
    make_event,
    make_lift,
    make_plan,
    make_visit,
    square,
    store_event,
    store_plan,
)

from evenbeat.core.errors import StoreError
from evenbeat.core.store.database import (
    add_area,
    add_assignment,
    areas_on,
    candidates_of,
    current_assignments,
    lift_area,
    plan_of,
    plans_between,
    visits_of,
)
from evenbeat.core.store.database.rows import digest


def as_stored(assignment):
    return replace(assignment, geometry=shapely.MultiPolygon([assignment.geometry]))


def test_record_plan__everything_comes_back(database):
    rows = store_plan(database)
    with database.reading() as connection:
        assert plan_of(connection, DAY) == rows["plan"]
        found = current_assignments(connection)
        assert candidates_of(connection, "P1") == rows["candidates"]
        assert visits_of(connection, ["P1-1", "P1-2"]) == rows["visits"]
    assert [current.assignment for current in found] == [
        as_stored(row) for row in rows["assignments"]
    ]
    assert {(current.state, current.version) for current in found} == {("proposed", 0)}
    assert shapely.get_srid(found[0].assignment.geometry) == 26916


def test_record_plan__numbers_of_numpy_are_plain_numbers(database):
    given = make_assignment(
        rank=np.int64(1), priority=np.float32(0.5), expected={"robbery": np.float64(0.25)}, visits=3
    )
    store_plan(database, assignments=[given], candidates=[make_candidate(column=np.int32(4))])
    with database.reading() as connection:
        (found,) = current_assignments(connection)
        (candidate,) = candidates_of(connection, "P1")
    assert found.assignment.rank == 1
    assert type(found.assignment.priority) is float
    assert found.assignment.expected == {"robbery": 0.25}
    assert candidate.column == 4
    assert digest(found.assignment) == digest(given)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"priority": float("nan")}, "priority must be a finite number"),
        ({"district_id": None}, "needs a value for district_id"),
        ({"geometry": shapely.Point(0, 0)}, "must be a polygon, got a Point"),
        ({"plan_id": "nowhere"}, "refused a row of assignment"),
        ({"why": [object()]}, "cannot be stored as JSON"),
    ],
)
def test_add_assignment__refuses_what_does_not_fit(database, changes, message):
    store_plan(database)
    with pytest.raises(StoreError, match=message), database.transaction() as connection:
        add_assignment(connection, make_assignment(9, **changes))
    with database.reading() as connection:
        assert len(current_assignments(connection)) == 2


def test_add_assignment__refuses_an_id_twice(database):
    store_plan(database)
    with pytest.raises(StoreError, match="written once"), database.transaction() as connection:
        add_assignment(connection, make_assignment(1))


def test_record_plan__half_a_plan_is_no_plan(database):
    with pytest.raises(StoreError, match="refused"):
        store_plan(database, visits=[make_visit("unknown")])
    with database.reading() as connection:
        assert plan_of(connection, DAY) is None
        assert current_assignments(connection) == []
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM audit_log").scalar() == 0


def test_plan_of__the_newest_plan_of_the_day(database):
    store_plan(database)
    store_plan(
        database,
        plan=make_plan("P2", supersedes="P1"),
        assignments=[make_assignment(1, "P2")],
        candidates=[make_candidate(plan_id="P2")],
        visits=[make_visit("P2-1")],
    )
    with database.reading() as connection:
        newest = plan_of(connection, DAY)
        assert newest is not None
        assert newest.plan_id == "P2"
        assert [plan.plan_id for plan in plans_between(connection, DAY, DAY)] == ["P1", "P2"]
        assert plan_of(connection, DAY + dt.timedelta(days=1)) is None
        counting = current_assignments(connection, superseded=False)
    assert [current.assignment.assignment_id for current in counting] == ["P2-1"]


def test_current_assignments__conditions(database):
    later = DAY + dt.timedelta(days=1)
    store_plan(
        database,
        assignments=[
            make_assignment(1),
            make_assignment(2, shift="night"),
            make_assignment(3, district_id="D2"),
            make_assignment(4, service_date=later),
        ],
        visits=[make_visit("P1-1")],
    )
    store_event(database, make_event(assignment_id="P1-2"))

    def found(**conditions):
        with database.reading() as connection:
            rows = current_assignments(connection, **conditions)
        return [row.assignment.assignment_id for row in rows]

    assert found() == ["P1-1", "P1-2", "P1-3", "P1-4"]
    assert found(last=DAY) == ["P1-1", "P1-2", "P1-3"]
    assert found(first=later) == ["P1-4"]
    assert found(shift="night") == ["P1-2"]
    assert found(district_id="D2") == ["P1-3"]
    assert found(states=["approved", "rejected"]) == ["P1-2"]
    assert found(ids=["P1-3", "P1-1"]) == ["P1-1", "P1-3"]
    assert found(ids=[]) == []
    assert found(plan_id="P2") == []


def test_areas_on__until_lifted_or_expired(database):
    with database.transaction() as connection:
        add_area(connection, make_area())
        add_area(connection, make_area("A2", expires_on=None, kind="custom", shifts=()))
        assert shapely.get_num_geometries(areas_on(connection, DAY)[0].geometry) == 1

    def found(date):
        with database.reading() as connection:
            return [area.area_id for area in areas_on(connection, date)]

    assert found(dt.date(2017, 2, 1)) == ["A1", "A2"]
    assert found(dt.date(2017, 2, 2)) == ["A2"]
    with database.transaction() as connection:
        lift_area(connection, make_lift("A1"))
    assert found(dt.date(2017, 2, 1)) == ["A2"]
    with pytest.raises(StoreError, match="refused"), database.transaction() as connection:
        lift_area(connection, make_lift("A1"))


def test_digest__the_same_before_and_after(database):
    rows = store_plan(database)
    event = store_event(database, make_event(reason="näher"))
    with database.reading() as connection:
        stored = [current.assignment for current in current_assignments(connection)]
        assert [digest(row) for row in stored] == [digest(row) for row in rows["assignments"]]
        assert digest(plan_of(connection, DAY)) == digest(rows["plan"])
    assert digest(event) == digest(replace(event, audit_entry=99))
    assert digest(event) != digest(replace(event, reason="nah"))


def test_digest__times_count_not_their_zones():
    local = NOON.astimezone(dt.timezone(dt.timedelta(hours=-6)))
    assert digest(make_event(at=local)) == digest(make_event(at=NOON))
    with pytest.raises(StoreError, match="must carry its zone"):
        digest(make_event(at=NOON.replace(tzinfo=None)))


def test_geometry__holes_and_parts_come_back(database):
    ring = shapely.Polygon(square(0).exterior, [square(0).buffer(-50).exterior])
    both = shapely.MultiPolygon([ring, square(4)])
    store_plan(database, assignments=[make_assignment(1, geometry=both)])
    with database.reading() as connection:
        (found,) = current_assignments(connection)
    assert shapely.equals_identical(found.assignment.geometry, both)
