"""A day measured: its tables, its shifts, its hours and its cubes say one and the same."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage import Pings
from evenbeat.core.dosage.activities import LoggedActivity
from evenbeat.core.dosage.boxes import AssignedBox
from evenbeat.core.dosage.day import day_window, hour_edges, measure_day
from evenbeat.core.dosage.tables import DECLARED_TABLES
from evenbeat.core.grid import Grid
from evenbeat.core.shifts import ShiftCalendar
from tests.dosage.scene import SETTINGS, pings_of, planned_facts

CALENDAR = ShiftCalendar.three_by_eight("America/Chicago")
DAY = dt.date(2023, 3, 7)
SHIFTS = CALENDAR.shifts_on(DAY)
EDGES = np.array([*(one.start.timestamp() for one in SHIFTS), SHIFTS[-1].end.timestamp()])
DAWN = EDGES[0]
DISTRICT = np.zeros((8, 8), np.int16)
DISTRICT[:, 4:], DISTRICT[0, 0] = 1, -1
GRID = Grid("EPSG:26971", 250.0, 0.0, 2000.0, DISTRICT, ("w", "e"))
NOWHERE = np.empty((0, 2))


def planned(row, column, shift="day", **facts):
    """Return a box of one cell in a shift."""
    one = next(each for each in SHIFTS if each.name == shift)
    known = {"assignment_id": f"{shift}-{row}-{column}", "shift": shift,
             "shift_start_s": one.start.timestamp(), "shift_end_s": one.end.timestamp(),
             "row": row, "column": column, **facts}  # fmt: skip
    return AssignedBox(planned_facts(**known), GRID.box(row, column))


def measured(pings, *, boxes=(), activities=(), sites=NOWHERE, shifts=SHIFTS, by=SETTINGS):
    return measure_day(pings, grid=GRID, shifts=shifts, settings=by, boxes=boxes,
                       activities=activities, fixed_sites=sites)  # fmt: skip


def standing(seconds, place, *, unit="a", start=DAWN, step=60.0, **others):
    times = start + np.arange(0, seconds + 1, step)
    return Pings.of((unit,), np.zeros(times.size), times, np.full(times.size, place[0]),
                    np.full(times.size, place[1]), **others)  # fmt: skip


MIDDLE = (625.0, 1375.0)  # of the cell in row 2, column 2


def test_measure_day__a_stay_worked_out_by_hand():
    found = measured(standing(1200, MIDDLE, crew=[2.0] * 21), boxes=[planned(2, 2)])
    (row,) = found.tables["delivered"].to_dict("records")
    expected = {
        "presence_minutes": 20, "unit_minutes": 20, "officer_minutes": 40, "visits": 1,
        "units_seen": 1, "first_arrive_s": DAWN, "last_leave_s": DAWN + 1200,
        "longest_visit_minutes": 20, "over_minutes": 0, "outcome": "visited", "reason": "",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == pytest.approx(expected)
    assert found.shifts.presence[0, 2, 2] == pytest.approx(20)
    assert found.shifts.officer[0, 2, 2] == pytest.approx(40)
    assert found.hours.presence[0, 2, 2] == pytest.approx(20)
    assert found.patrol[0, 2, 2] == pytest.approx(20)
    assert found.newest_ping_s == DAWN + 1200
    assert (found.account.rows_in, found.account.rows_kept) == (21, 21)


def test_measure_day__on_an_incident_is_presence_in_the_cell_but_nothing_delivered():
    found = measured(standing(1200, MIDDLE, is_committed=[True] * 21), boxes=[planned(2, 2)])
    (row,) = found.tables["delivered"].to_dict("records")
    assert (row["presence_minutes"], row["visits"]) == (0, 0)
    assert row["reason"] == "units of the district were on incidents 100 % of their time"
    assert found.shifts.presence[0, 2, 2] == pytest.approx(20)
    assert found.patrol.sum() == 0


def test_measure_day__part_of_a_stay_on_an_incident():
    # From the tenth minute on tied to an incident, for five minutes; then free again.
    committed = (np.arange(21) >= 10) & (np.arange(21) < 15)
    found = measured(standing(1200, MIDDLE, is_committed=committed), boxes=[planned(2, 2)])
    (row,) = found.tables["delivered"].to_dict("records")
    assert row["presence_minutes"] == pytest.approx(15)
    assert row["visits"] == 2
    assert found.patrol[0, 2, 2] == pytest.approx(15)


def test_measure_day__passing_through_is_no_visit():
    # 30 km/h through 250 m and 30 m on both sides takes 37 seconds, less than a minute.
    east = np.arange(0, 2000, 125.0)
    pings = Pings.of(("a",), np.zeros(east.size), DAWN + 15.0 * np.arange(east.size), east,
                     np.full(east.size, MIDDLE[1]))  # fmt: skip
    (row,) = measured(pings, boxes=[planned(2, 2)]).tables["delivered"].to_dict("records")
    assert (row["visits"], row["presence_minutes"]) == (0, 0)
    assert row["outcome"] == "not_visited"


def test_measure_day__a_visit_is_counted_in_each_shift_up_to_its_edge():
    pings = standing(1200, MIDDLE, start=EDGES[1] - 630)
    boxes = [planned(2, 2), planned(2, 2, "evening", planned_minutes=5.0)]
    rows = measured(pings, boxes=boxes).tables["delivered"].set_index("shift")
    assert rows["presence_minutes"].to_dict() == pytest.approx({"day": 10.5, "evening": 9.5})


def test_measure_day__standing_at_a_fixed_site_is_no_patrol():
    near = (MIDDLE[0] + 40.0, MIDDLE[1])
    sites = np.array([[*near], [1900.0, 100.0]])
    found = measured(standing(1200, MIDDLE), sites=sites)
    assert found.patrol.sum() == 0
    assert found.shifts.presence[0, 2, 2] == pytest.approx(20)
    assert found.tables["units"]["at_base_minutes"].tolist() == [20]
    far = measured(standing(1200, MIDDLE), sites=np.array([[MIDDLE[0] + 76.0, MIDDLE[1]]]))
    assert far.patrol[0, 2, 2] == pytest.approx(20)
    driving = standing(600, MIDDLE)
    east = np.linspace(500, 740, 11) + np.array([0, 120] * 5 + [0])
    moved = Pings.of(driving.unit_ids, driving.unit, driving.time_s, east, driving.northing)
    assert measured(moved, sites=sites).patrol.sum() == pytest.approx(10)


def test_measure_day__in_transit_is_no_patrol():
    times = DAWN + np.arange(0, 121, 60.0)
    pings = Pings.of(("a",), [0] * 3, times, [100.0, 900.0, 1700.0], [1375.0] * 3)
    found = measured(pings)
    assert found.patrol.sum() == 0
    assert found.shifts.presence.sum() == pytest.approx(2)


@pytest.mark.parametrize(
    ("date", "hours", "night"),
    [(dt.date(2023, 3, 11), 23, 7), (dt.date(2022, 11, 5), 25, 9), (DAY, 24, 8)],
)
def test_measure_day__days_of_other_lengths(date, hours, night):
    shifts = CALENDAR.shifts_on(date)
    start, end = shifts[0].start.timestamp(), shifts[-1].end.timestamp()
    found = measured(standing(end - start, MIDDLE, start=start), shifts=shifts)
    assert found.hours.presence.shape == (hours, 8, 8)
    np.testing.assert_allclose(found.hours.presence[:, 2, 2], 60, atol=1e-3)
    np.testing.assert_allclose(found.shifts.presence[:, 2, 2], [480, 480, night * 60], atol=1e-2)
    assert found.tables["units"]["on_duty_minutes"].tolist() == pytest.approx(
        [480, 480, night * 60]
    )
    np.testing.assert_allclose(np.diff(hour_edges(found.shifts.edges_s)), 3600)


def test_measure_day__without_a_ping():
    found = measured(Pings.of((), [], [], [], []), boxes=[planned(2, 2), planned(3, 3, "night")])
    assert found.shifts.elapsed_total.tolist() == [0, 0, 0]
    assert found.hours.presence.shape == (24, 8, 8)
    assert found.patrol.shape == (3, 8, 8)
    assert np.isnan(found.newest_ping_s)
    rows = found.tables["delivered"]
    assert rows["outcome"].tolist() == ["not_visited"] * 2
    assert rows["reason"].tolist() == ["no vehicle reported in this shift"] * 2
    for name, table in found.tables.items():
        assert list(table.columns) == [each.name for each in DECLARED_TABLES[name].columns]
        assert table.empty == (name != "delivered")


def test_measure_day__visits_have_the_tactic_of_the_log_at_that_time():
    def logged(unit, start, tactic):
        return LoggedActivity(f"{unit}-{start}", unit, 1, (), "day-2-2", tactic, False,
                              DAWN + start, DAWN + start + 300, "")  # fmt: skip

    activities = [logged("b", 0, "Greet and listen"), logged("a", 300, "Be seen"),
                  logged("a", 5000, "Walk the block")]  # fmt: skip
    found = measured(standing(1200, MIDDLE), boxes=[planned(2, 2)], activities=activities)
    assert found.tables["visits"]["tactic"].tolist() == ["Be seen"]
    assert found.tables["delivered"]["directed_minutes"].tolist() == [15]
    others = measured(standing(1200, MIDDLE), boxes=[planned(2, 2)], activities=activities[:1])
    assert others.tables["visits"]["tactic"].tolist() == ["Greet and listen"]


def test_measure_day__same_pings_in_any_order_same_tables(patrolled_city):
    grid = patrolled_city.grid(250.0)
    shifts = patrolled_city.calendar().shifts_on(
        patrolled_city.forecast_date - dt.timedelta(days=2)
    )
    window = day_window(shifts, SETTINGS)
    pings = pings_of(patrolled_city.pings()).between(*window)
    shuffled = pings.take(np.random.default_rng(3).permutation(len(pings)))
    row, column = grid.locate(np.median(pings.easting), np.median(pings.northing))
    one = planned_facts(shift=shifts[0].name, shift_start_s=shifts[0].start.timestamp(),
                        shift_end_s=shifts[0].end.timestamp())  # fmt: skip
    boxes = [AssignedBox(one, grid.box(int(row), int(column)))]
    both = [
        measure_day(each, grid=grid, shifts=shifts, settings=SETTINGS, boxes=boxes,
                    activities=[], fixed_sites=NOWHERE)
        for each in (pings, shuffled)
    ]  # fmt: skip
    for name in both[0].tables:
        assert both[0].tables[name].equals(both[1].tables[name]), name
    np.testing.assert_array_equal(both[0].shifts.unit, both[1].shifts.unit)
    _say_the_same(both[0], boxes)


@st.composite
def fleets(draw):
    """Return pings of three units in any order, about the box and the edges of shifts."""
    size = draw(st.integers(0, 50))
    several = {"min_size": size, "max_size": size}
    near = st.tuples(st.sampled_from(EDGES.tolist()), st.integers(-60, 60)).map(
        lambda both: both[0] + 45.0 * both[1]
    )
    place = st.sampled_from([-300.0, 480.0, 520.0, 625.0, 700.0, 900.0, 1900.0])
    return Pings.of(
        ("a", "b", "c"), draw(st.lists(st.integers(0, 2), **several)),
        draw(st.lists(near, **several)), draw(st.lists(place, **several)),
        2000.0 - np.array(draw(st.lists(place, **several))),
        crew=draw(st.lists(st.sampled_from([1.0, 2.0]), **several)),
        is_committed=draw(st.lists(st.booleans(), **several)),
    )  # fmt: skip


def _say_the_same(found, boxes):
    """Check that tables, shifts, hours and patrol agree."""
    units, shifts = found.tables["units"], found.shifts
    duty = units.groupby("shift")["on_duty_minutes"].sum().to_dict()
    unknown = units.groupby("shift")["unknown_minutes"].sum().to_dict()
    names = list(dict.fromkeys(one.name for one in SHIFTS))
    np.testing.assert_allclose(
        shifts.elapsed_total, [duty.get(name, 0.0) for name in names], rtol=0, atol=1e-6
    )
    np.testing.assert_allclose(
        shifts.unknown_total, [unknown.get(name, 0.0) for name in names], rtol=0, atol=1e-6
    )
    np.testing.assert_allclose(
        found.hours.elapsed_total.sum(), shifts.elapsed_total.sum(), rtol=0, atol=1e-6
    )
    assert shifts.imbalance <= 1e-6
    assert (found.patrol <= shifts.presence + 1e-3).all()
    timeline = found.tables["timeline"]
    spans = (timeline["end_s"] - timeline["start_s"]).sum() / 60
    assert spans == pytest.approx(units["on_duty_minutes"].sum(), abs=1e-6)
    delivered = found.tables["delivered"]
    assert (delivered["presence_minutes"] <= delivered["unit_minutes"] + 1e-6).all()
    assert len(delivered) == len(boxes)


@settings(deadline=None, max_examples=60)
@given(fleets())
def test_measure_day__tables_and_cubes_say_the_same(pings):
    boxes = [planned(2, 2), planned(2, 3), planned(2, 2, "night")]
    found = measured(pings, boxes=boxes, sites=np.array([[700.0, 1300.0]]))
    _say_the_same(found, boxes)


@settings(deadline=None, max_examples=60)
@given(fleets())
def test_measure_day__what_is_delivered_in_a_cell_is_its_free_presence(pings):
    # Without tolerance, least visit and incidents, a box of one cell is the cell.
    plain = DosageSettings(boundary_tolerance_m=0.0, visit_least_s=0.0, visit_gap_s=0.0)
    free = Pings.of(pings.unit_ids, pings.unit, pings.time_s, pings.easting, pings.northing)
    boxes = [planned(row, column, shift.name) for shift in SHIFTS
             for row, column in ((2, 2), (5, 2), (4, 3))]  # fmt: skip
    found = measured(free, boxes=boxes, by=plain)
    for _, row in found.tables["delivered"].iterrows():
        at = [one.name for one in SHIFTS].index(row["shift"])
        cell = found.shifts.presence[at, row["row"], row["column"]]
        assert row["presence_minutes"] == pytest.approx(float(cell), abs=1e-3)


def test_day_window__is_an_off_duty_silence_on_both_sides():
    assert day_window(SHIFTS, SETTINGS) == (EDGES[0] - 3600, EDGES[-1] + 3600)


def test_measure_day__a_shift_that_a_clock_change_leaves_no_time_is_empty():
    hourly = ShiftCalendar("America/Chicago", tuple((f"h{h:02d}", dt.time(h)) for h in range(24)))
    shifts = hourly.shifts_on(dt.date(2023, 3, 12))
    times = np.arange(shifts[0].start.timestamp(), shifts[-1].end.timestamp(), 30.0)
    grid = Grid("EPSG:26971", 100.0, 0.0, 1000.0, np.zeros((10, 10), np.int16))
    pings = Pings.of(("a",), np.zeros(times.size, int), times, np.full(times.size, 500.0),
                     np.full(times.size, 500.0))  # fmt: skip
    found = measure_day(
        pings, grid=grid, shifts=shifts, settings=DosageSettings(), boxes=(), activities=(),
        fixed_sites=np.empty((0, 2)),
    )  # fmt: skip
    elapsed = found.shifts.elapsed_total
    assert elapsed[2] == 0.0
    assert np.delete(elapsed, [2, 23]) == pytest.approx(60.0)
    assert found.patrol.sum(dtype=float) == pytest.approx(found.shifts.presence.sum(dtype=float))
