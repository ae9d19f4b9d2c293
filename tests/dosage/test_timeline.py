"""What units did from when to when, worked out by hand, and nothing of it lost or twice."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from evenbeat.core.dosage import Pings, clean_pings, movement_states
from evenbeat.core.dosage.boxes import AssignedBox, BoxVisits
from evenbeat.core.dosage.tables import ACTIVITIES, TIMELINE, TRACKS, UNITS
from evenbeat.core.dosage.timeline import steps_of, timeline_table, tracks_table, units_table
from evenbeat.core.dosage.visit_detection import Visit
from evenbeat.core.grid import Grid
from evenbeat.core.shifts import ShiftCalendar
from tests.dosage.scene import SETTINGS, planned_facts

SHIFTS = ShiftCalendar.three_by_eight("America/Chicago").shifts_on(dt.date(2023, 3, 7))
EDGES = np.array([*(one.start.timestamp() for one in SHIFTS), SHIFTS[-1].end.timestamp()])
DAWN = EDGES[0]
HOUR = 3600.0
DISTRICT = np.zeros((8, 8), np.int16)
DISTRICT[:, 4:] = 1
GRID = Grid("EPSG:26971", 250.0, 0.0, 2000.0, DISTRICT, ("w", "e"))


def measured(pings, found=(), at_base=None, activities=()):
    """Return the three tables of a day's pings, which may be in any order."""
    kept, _ = clean_pings(pings, SETTINGS)
    states = movement_states(kept, SETTINGS)
    steps = steps_of(kept, states, EDGES, found)
    base = np.zeros(len(kept), bool) if at_base is None else at_base
    units = units_table(steps, SHIFTS, GRID, base, np.full(len(kept.unit_ids), 60.0),
                        ACTIVITIES.frame(list(activities)))  # fmt: skip
    return timeline_table(steps, SHIFTS, found), tracks_table(steps, SHIFTS), units


def way(*knots, unit="a", start=DAWN, step=60.0, **others):
    """Return pings at each place given, one every so many seconds; None leaves one out."""
    seen = [(start + number * step, *knot) for number, knot in enumerate(knots) if knot]
    times, east, north = (np.array(part) for part in zip(*seen, strict=True))
    return Pings.of((unit,), np.zeros(times.size), times, east, north, **others)


HERE, THERE = (125.0, 125.0), (1625.0, 125.0)


def test_timeline_table__a_tour_worked_out_by_hand():
    # 10 minutes still, one at 30 km/h, one at 60 km/h, then 10 on an incident, 5 unknown, 5 still.
    places = [HERE] * 11 + [(625.0, 125.0)] + [THERE] * 11 + [None] * 4 + [THERE] * 6
    incident = np.zeros(29, bool)
    incident[12:22] = True
    timeline, _, units = measured(way(*places, is_committed=incident))
    found = [
        (row.state, row.committed, row.start_s - DAWN, row.end_s - DAWN)
        for row in timeline.itertuples()
    ]
    assert found == [
        ("stationary", False, 0, 600), ("slow", False, 600, 660), ("transit", False, 660, 720),
        ("stationary", True, 720, 1320), ("unknown", False, 1320, 1620),
        ("stationary", False, 1620, 1920),
    ]  # fmt: skip
    (unit,) = units.to_dict("records")
    expected = {
        "pings": 29, "on_duty_minutes": 32, "unknown_minutes": 5, "committed_minutes": 10,
        "uncommitted_minutes": 17, "engaged_minutes": 26, "outside_minutes": 0,
        "at_base_minutes": 0, "in_boxes_minutes": 0, "directed_minutes": 0, "crew": 1,
        "district_id": "e", "shift": "day", "unit": "a", "service_date": "2023-03-07",
    }  # fmt: skip
    assert {name: unit[name] for name in expected} == pytest.approx(expected)


def test_steps_of__cut_at_the_edges_of_shifts_and_of_the_day():
    times = np.array([DAWN - 120, DAWN + 60, EDGES[1] - 30, EDGES[1] + 60])
    timeline, _, units = measured(
        Pings.of(("a",), [0] * 4, times, [125.0] * 4, [125.0] * 4)
    )  # fmt: skip
    spans = list(zip(timeline["shift"], timeline["start_s"], timeline["end_s"], strict=True))
    assert spans == [("day", DAWN, DAWN + 60), ("day", EDGES[1] - 30, EDGES[1]),
                     ("evening", EDGES[1], EDGES[1] + 60)]  # fmt: skip
    on_duty = units.set_index("shift")["on_duty_minutes"]
    assert on_duty.to_dict() == {"day": 1.5, "evening": 1.0}
    # A ping counts in the shift in which it was sent, and that before the day in none.
    assert units.set_index("shift")["pings"].to_dict() == {"day": 2, "evening": 1}


def test_steps_of__a_long_silence_is_no_duty():
    places = [HERE] * 5 + [None] * 61 + [HERE] * 5
    timeline, _, units = measured(way(*places))
    assert (timeline["end_s"] - timeline["start_s"]).tolist() == [240, 240]
    assert units["on_duty_minutes"].tolist() == [8]
    assert units["pings"].tolist() == [10]


def test_timeline_table__of_nothing():
    tables = measured(Pings.of((), [], [], [], []))
    for table, declared in zip(tables, (TIMELINE, TRACKS, UNITS), strict=True):
        assert table.empty
        assert list(table.columns) == [column.name for column in declared.columns]
    alone = measured(way(HERE))
    assert all(table.empty for table in alone)


def visited(name, unit, arrive, leave):
    made = AssignedBox(planned_facts(assignment_id=name), box(0, 0, 250, 250))
    stay = (DAWN + arrive, DAWN + leave)
    return BoxVisits(made, (Visit(unit, *stay, (leave - arrive) / 60, 1.0, (stay,)),))


def test_timeline_table__names_the_box_that_a_unit_visited():
    both = way(*[HERE] * 21)
    other = way(*[HERE] * 21, unit="b")
    pings = Pings.of(
        ("a", "b"), [*np.zeros(21), *np.ones(21)], [*both.time_s, *other.time_s],
        [125.0] * 42, [125.0] * 42,
    )  # fmt: skip
    found = [visited("box-1", "b", 120, 600), visited("box-2", "b", 900, 1200)]
    timeline, _, units = measured(pings, found)
    spans = [(row.unit, row.assignment_id, row.start_s - DAWN, row.end_s - DAWN)
             for row in timeline.itertuples()]  # fmt: skip
    assert spans == [("a", "", 0, 1200), ("b", "", 0, 120), ("b", "box-1", 120, 600),
                     ("b", "", 600, 900), ("b", "box-2", 900, 1200)]  # fmt: skip
    assert units.set_index("unit")["in_boxes_minutes"].to_dict() == {"a": 0, "b": 13}


def test_units_table__outside_at_base_crew_and_logged_minutes():
    places = [(-500.0, 125.0)] * 6 + [HERE] * 11
    pings = way(*places, crew=[2.0] * 8 + [1.0] * 9)
    base = np.zeros(17, bool)
    base[10:] = True
    row = {column.name: {"real": 0.0, "count": 0, "flag": False, "text": ""}[column.kind]
           for column in ACTIVITIES.columns}  # fmt: skip
    logged = [{**row, "shift": "day", "unit": "a", "minutes": 4.0, "ended_s": 240.0},
              {**row, "shift": "day", "unit": "a", "minutes": 3.0, "started_s": 300.0,
               "ended_s": 480.0},
              {**row, "shift": "night", "unit": "a", "minutes": 9.0, "ended_s": 540.0}]  # fmt: skip
    _, _, units = measured(pings, at_base=base, activities=logged)
    (unit,) = units.to_dict("records")
    # Five minutes still outside, and the way in counts where it begins.
    assert unit["outside_minutes"] == 6
    assert unit["at_base_minutes"] == 6
    assert unit["crew"] == pytest.approx((8 * 2 + 8 * 1) / 16)
    assert unit["directed_minutes"] == 7
    assert unit["district_id"] == "w"


def test_units_table__of_equal_minutes_the_first_district():
    _, _, units = measured(way(*[THERE] * 6, *[HERE] * 6))
    # Five minutes still in each, and the way back begins in the east.
    assert units["district_id"].tolist() == ["e"]
    _, _, units = measured(way(*[THERE] * 6, *[HERE] * 7))
    assert units["district_id"].tolist() == ["w"]
    _, _, units = measured(way(*[(-900.0, 0.0)] * 6))
    assert units["district_id"].tolist() == [""]


def test_tracks_table__a_position_each_half_minute_and_at_each_change():
    times = DAWN + np.arange(0, 600, 10.0)
    pings = Pings.of(("a",), np.zeros(60), times, [125.0] * 60, [125.0] * 60)
    _, tracks, _ = measured(pings)
    # Dawn is a whole half minute since 1970.
    assert (tracks["time_s"] - DAWN).tolist() == list(range(0, 600, 30))
    assert set(tracks["state"]) == {"stationary"}


@st.composite
def fleets(draw):
    """Return pings of three units in any order, around the edges of the day's shifts."""
    size = draw(st.integers(0, 40))
    several = {"min_size": size, "max_size": size}
    near = st.tuples(st.sampled_from(EDGES.tolist()), st.integers(-4000, 4000)).map(sum)
    place = st.sampled_from([-300.0, 125.0, 140.0, 900.0, 1900.0, 2300.0])
    return Pings.of(
        ("a", "b", "c"), draw(st.lists(st.integers(0, 2), **several)),
        draw(st.lists(near, **several)), draw(st.lists(place, **several)),
        draw(st.lists(place, **several)),
        crew=draw(st.lists(st.sampled_from([1.0, 2.0]), **several)),
        is_committed=draw(st.lists(st.booleans(), **several)),
    )  # fmt: skip


def naive_duty(pings):
    """Return the minutes on duty by shift and unit, step by step."""
    kept, _ = clean_pings(pings, SETTINGS)
    duty = {}
    for at in range(len(kept) - 1):
        long = kept.time_s[at + 1] - kept.time_s[at] > SETTINGS.off_duty_minutes * 60
        if kept.unit[at] != kept.unit[at + 1] or long:
            continue
        for shift, low, high in zip(SHIFTS, EDGES[:-1], EDGES[1:], strict=True):
            inside = min(kept.time_s[at + 1], high) - max(kept.time_s[at], low)
            if inside > 0:
                key = (shift.name, kept.unit_ids[kept.unit[at]])
                duty[key] = duty.get(key, 0.0) + inside / 60
    return duty


@settings(deadline=None)
@given(fleets())
def test_timeline_table__tiles_the_time_on_duty(pings):
    timeline, _, units = measured(pings)
    duty = naive_duty(pings)
    found = units.set_index(["shift", "unit"])
    assert found["on_duty_minutes"].to_dict() == pytest.approx(duty)
    taken = timeline.assign(minutes=(timeline["end_s"] - timeline["start_s"]) / 60)
    assert (taken["minutes"] > 0).all()
    assert taken.groupby(["shift", "unit"])["minutes"].sum().to_dict() == pytest.approx(duty)
    unknown = taken[taken["state"] == "unknown"].groupby(["shift", "unit"])["minutes"].sum()
    assert found["unknown_minutes"].to_dict() == pytest.approx(
        {key: unknown.to_dict().get(key, 0.0) for key in duty}
    )
    for _, own in timeline.groupby("unit"):
        assert (own["start_s"].to_numpy()[1:] >= own["end_s"].to_numpy()[:-1]).all()
    known = found["committed_minutes"] + found["uncommitted_minutes"]
    np.testing.assert_allclose(known + found["unknown_minutes"], found["on_duty_minutes"])
    for part in ("outside", "at_base", "engaged", "in_boxes"):
        assert (found[f"{part}_minutes"] <= known + 1e-9).all()
    assert found["crew"].between(1 - 1e-9, 2 + 1e-9).all()
