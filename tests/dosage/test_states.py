"""What units do between pings, and the visits they pay to boxes."""

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, box

from evenbeat.core.dosage import (
    Pings,
    State,
    clean_pings,
    count_minutes,
    describe_visits,
    find_visits,
    movement_states,
    state_minutes,
)
from tests.dosage.scene import SETTINGS, pings_of, shift_edges


def drive(*metres, step=60.0):
    size = len(metres)
    return Pings.of(("a",), np.zeros(size), np.arange(size) * step, metres, np.zeros(size))


@pytest.mark.parametrize(
    ("metres", "expected"),
    [
        ((0, 5, 10), "STATIONARY STATIONARY OFF_DUTY"),
        ((0, 5, 400), "SLOW SLOW OFF_DUTY"),  # a stop of a minute is no standing
        ((0, 700, 1400), "TRANSIT TRANSIT OFF_DUTY"),
        ((0, 600, 1200), "SLOW SLOW OFF_DUTY"),
    ],
)
def test_movement_states__of_speeds(metres, expected):
    states = movement_states(drive(*metres), SETTINGS)
    assert " ".join(State(state).name for state in states) == expected


def test_movement_states__longer_than_the_cap_is_unknown_and_a_night_off_duty():
    times = [*np.arange(0, 300, 15.0), 485, 9000]
    pings = Pings.of(("a",), [0] * 22, times, [0] * 22, [0] * 22)
    states = [State(state).name for state in movement_states(pings, SETTINGS)]
    assert states[18:] == ["STATIONARY", "UNKNOWN", "OFF_DUTY", "OFF_DUTY"]
    assert movement_states(pings.take(np.array([0])), SETTINGS).tolist() == [State.OFF_DUTY]


def test_state_minutes__are_those_of_the_minutes(patrolled_city):
    kept, _ = clean_pings(pings_of(patrolled_city.pings()), SETTINGS)
    found = state_minutes(kept, movement_states(kept, SETTINGS))
    grid, edges = patrolled_city.grid(), shift_edges(patrolled_city, 2)
    dosage = count_minutes(kept, grid, [edges[0] - 1e6, edges[-1] + 1e6], SETTINGS)
    known = found["stationary"] + found["slow"] + found["transit"]
    assert known == pytest.approx(dosage.unit.sum(dtype=float) + dosage.outside_total[0], rel=1e-6)
    assert known == pytest.approx(found["committed"] + found["uncommitted"])
    assert found["unknown"] == pytest.approx(dosage.unknown_total[0], abs=1e-6)
    stopped = patrolled_city.pings()["status"].isin(["directed", "onscene", "station"]).mean()
    assert found["stationary"] / known == pytest.approx(stopped, abs=0.05)


BOX = box(0, -100, 200, 100)


def test_find_visits__absences_are_merged_and_passing_through_is_none():
    east = [50, 50, 400, 50, 50, 900, 900, 900, 100, 900]
    visits = find_visits(drive(*east), BOX, SETTINGS)
    assert len(visits) == 1
    assert visits[0].arrive_s == 0
    assert visits[0].leave_s == pytest.approx(240 + 60 * 180 / 850)
    inside = 60 + 2 * 60 * 180 / 350 + 60 + 60 * 180 / 850
    assert visits[0].minutes == pytest.approx(inside / 60)


def test_find_visits__as_near_as_the_tolerance_is_inside():
    assert len(find_visits(drive(-29, -29, -29), BOX, SETTINGS)) == 1
    assert not find_visits(drive(-31, -31, -31), BOX, SETTINGS)


def test_find_visits__time_is_that_of_shapely(patrolled_city):
    kept, _ = clean_pings(pings_of(patrolled_city.pings()), SETTINGS)
    loose = SETTINGS.model_copy(update={"visit_least_s": 0.0, "visit_gap_s": 0.0})
    east, north = np.median(kept.easting), np.median(kept.northing)
    ring = Point(east, north).buffer(800).difference(Point(east, north).buffer(300))
    both = ring.union(box(east + 1000, north, east + 1400, north + 250))
    visits = find_visits(kept, both, loose)

    wide = both.buffer(SETTINGS.boundary_tolerance_m, quad_segs=4)
    seconds = 0.0
    ends = np.column_stack([kept.easting, kept.northing])
    step = np.diff(kept.time_s)
    usable = (np.diff(kept.unit) == 0) & (step <= 90) & (step > 0)
    for first in np.flatnonzero(usable):
        one, other = ends[first], ends[first + 1]
        if (one == other).all():
            seconds += step[first] * wide.covers(Point(one))
            continue
        line = LineString([one, other])
        seconds += step[first] * line.intersection(wide).length / line.length
    assert seconds > 3600
    assert sum(visit.minutes for visit in visits) == pytest.approx(seconds / 60, rel=1e-6)
    assert all(visit.arrive_s < visit.leave_s for visit in visits)
    assert shapely.is_valid(wide)


def test_describe_visits__none_one_and_overlapping():
    none = describe_visits([])
    assert none.count == 0
    assert np.isnan(none.mean_minutes)
    stand = find_visits(drive(50, 50, 50), BOX, SETTINGS)
    assert describe_visits(stand).mean_minutes == pytest.approx(2)
    assert np.isnan(describe_visits(stand).gap_minutes)
    assert describe_visits([*stand, *stand]).gap_minutes == 0


def test_find_visits__a_longer_absence_makes_two():
    visits = find_visits(drive(50, 50, 900, 900, 900, 900, 50, 50), BOX, SETTINGS)
    assert len(visits) == 2
    assert describe_visits(visits).gap_minutes == pytest.approx(5 - 2 * 180 / 850)
