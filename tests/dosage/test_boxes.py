"""Assigned boxes: visits and minutes against plain loops, and the reason where they lack."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage import Pings, clean_pings
from evenbeat.core.dosage.boxes import AssignedBox, BoxVisits, delivered_rows, visits_of_boxes
from evenbeat.core.dosage.runs import cut_runs
from evenbeat.core.dosage.tables import ACTIVITIES, DELIVERED, UNITS
from evenbeat.core.dosage.visit_detection import Visit
from tests.dosage.scene import SETTINGS, planned_facts

FIXED_CAP = DosageSettings(gap_cap_least_s=300.0, gap_cap_most_s=300.0)
SQUARE = box(0, 0, 250, 250)


def assigned(outline=SQUARE, **facts):
    return AssignedBox(planned_facts(**facts), outline)


def staying(unit, *stays, crew=1.0):
    """Return a visit that was inside at some times."""
    seconds = sum(leave - arrive for arrive, leave in stays)
    return Visit(unit, stays[0][0], stays[-1][1], seconds / 60, crew, tuple(stays))


def free_runs(pings, settings):
    """Return runs of what counts, by loops."""
    wanted = np.zeros(len(pings), bool)
    for at in range(len(pings) - 1):
        same = pings.unit[at] == pings.unit[at + 1]
        short = pings.time_s[at + 1] - pings.time_s[at] <= settings.gap_cap_most_s
        wanted[at] = same and short and not pings.is_committed[at]
    return cut_runs(pings, wanted)


def naive_stays(runs, outline, window, settings):
    """Return by visit the times inside an outline, step by step with shapely."""
    wide = outline.buffer(settings.boundary_tolerance_m, quad_segs=4)
    visits = []
    for unit in range(len(runs.unit_ids)):
        pieces = []
        for at in np.flatnonzero(runs.unit == unit)[:-1]:
            low, high = np.clip(runs.time_s[at : at + 2], *window)
            if low >= high:
                continue
            begin, step = runs.time_s[at], runs.time_s[at + 1] - runs.time_s[at]
            one = np.array([runs.easting[at], runs.northing[at]])
            way = np.array([runs.easting[at + 1], runs.northing[at + 1]]) - one
            first, last = (one + way * (moment - begin) / step for moment in (low, high))
            if np.hypot(*(last - first)) < 1e-9:
                if wide.covers(Point(first)):
                    pieces.append((low, high))
                continue
            line = LineString([first, last])
            inside = line.intersection(wide)
            if inside.length > 0:
                along = sorted(line.project(Point(end)) for end in inside.coords)
                pieces.append(tuple(low + share / line.length * (high - low) for share in along))
        groups = []
        for piece in pieces:
            if groups and piece[0] - groups[-1][-1][1] <= settings.visit_gap_s:
                groups[-1].append(piece)
            else:
                groups.append([piece])
        for group in groups:
            if sum(end - start for start, end in group) >= settings.visit_least_s:
                visits.append(group)
    return visits


def naive_union(pieces):
    """Return the minutes that at least one of some times covers, moment by moment."""
    edges = sorted({edge for piece in pieces for edge in piece})
    return sum(
        later - sooner
        for sooner, later in pairwise(edges)
        if any(start <= sooner and later <= end for start, end in pieces)
    ) / 60  # fmt: skip


@st.composite
def wanderers(draw):
    """Return pings of three units around a box, some of them on incidents."""
    parts = []
    for unit in range(3):
        size = draw(st.integers(2, 14))
        lists = {"min_size": size, "max_size": size}
        times = np.cumsum(
            draw(st.lists(st.sampled_from([30.0, 60.0, 90.0, 299.0, 400.0]), **lists))
        )
        east, north = (draw(st.lists(st.integers(-120, 370), **lists)) for _ in range(2))
        parts.append((np.full(size, unit), times, east, north,
                      draw(st.lists(st.sampled_from([False, False, True]), **lists))))  # fmt: skip
    unit, times, east, north, committed = (
        np.concatenate(part) for part in zip(*parts, strict=True)
    )
    return Pings.of(("a", "b", "c"), unit, times, east, north, is_committed=committed)


@settings(deadline=None, max_examples=60)
@given(wanderers(), st.integers(0, 300), st.integers(400, 3000))
def test_visits_of_boxes__are_those_of_a_loop_with_shapely(pings, start, end):
    runs = free_runs(clean_pings(pings, FIXED_CAP)[0], FIXED_CAP)
    # Visits near the least length may fall to either side by a rounding.
    for least in (60.0, 60.0 + 1e-4):
        set_ = FIXED_CAP.model_copy(update={"visit_least_s": least})
        expected = naive_stays(runs, SQUARE, (start, end), set_)
        (found,) = visits_of_boxes(
            runs, [assigned(shift_start_s=float(start), shift_end_s=float(end))], set_,
            metres_per_unit=1.0,
        )  # fmt: skip
        if len(found.visits) == len(expected):
            break
    pieces = [piece for group in expected for piece in group]
    assert len(found.visits) == len(expected)
    assert sum(one.minutes for one in found.visits) == pytest.approx(
        sum(end - start for start, end in pieces) / 60, abs=1e-5
    )
    assert found.presence_minutes() == pytest.approx(naive_union(pieces), abs=1e-5)


def test_presence_minutes__two_that_take_turns_are_both_counted():
    one = staying("a", (0.0, 60.0), (120.0, 180.0))
    other = staying("b", (60.0, 120.0))
    assert BoxVisits(assigned(), (one, other)).presence_minutes() == pytest.approx(3)


def test_presence_minutes__two_side_by_side_count_once_without_their_absence():
    visits = tuple(staying(name, (0.0, 60.0), (120.0, 180.0)) for name in "ab")
    assert BoxVisits(assigned(), visits).presence_minutes() == pytest.approx(2)
    assert BoxVisits(assigned(), ()).presence_minutes() == 0


def test_visits_of_boxes__a_shift_counts_up_to_its_edges():
    times = np.arange(0, 3600, 200.0)
    runs = Pings.of(("a",), np.zeros(times.size), times, np.full(times.size, 100.0),
                    np.full(times.size, 100.0))  # fmt: skip
    found = visits_of_boxes(
        runs, [assigned(shift_start_s=500.0, shift_end_s=1500.0)], FIXED_CAP, metres_per_unit=1.0
    )
    (visit,) = found[0].visits
    assert (visit.arrive_s, visit.leave_s) == (500.0, 1500.0)
    assert visit.minutes == pytest.approx(1000 / 60)


def test_visits_of_boxes__the_fleets_quick_pings_do_not_cut_a_seldom_units_stay():
    # 100 s between two pings is within the cap of a unit that always sends so; with its run cut
    # short, the median of the others must not be put in its place.
    quick = np.arange(0, 3000, 5.0)
    seldom = np.arange(0, 601, 100.0)
    runs = Pings.of(
        ("quick", "seldom"), [*np.zeros(quick.size), *np.ones(seldom.size)],
        [*quick, *seldom], [5000.0] * quick.size + [100.0] * seldom.size,
        [100.0] * (quick.size + seldom.size),
    )  # fmt: skip
    (found,) = visits_of_boxes(
        runs, [assigned(shift_start_s=0.0, shift_end_s=3000.0)], SETTINGS, metres_per_unit=1.0
    )
    assert [visit.minutes for visit in found.visits] == [pytest.approx(10)]


def test_visits_of_boxes__the_tolerance_is_in_metres_on_a_grid_in_feet():
    foot = 0.3048006096
    for metres, inside in ((29.0, 1), (31.0, 0)):
        runs = Pings.of(("a",), [0] * 3, [0, 60, 120], [250 + metres / foot] * 3, [100.0] * 3)
        (found,) = visits_of_boxes(runs, [assigned()], SETTINGS, metres_per_unit=foot)
        assert len(found.visits) == inside


def unit_row(**known):
    row = {column.name: 0.0 if column.kind == "real" else 0 if column.kind == "count" else ""
           for column in UNITS.columns}  # fmt: skip
    return {**row, "shift": "day", "unit": "a", "district_id": "w", "on_duty_minutes": 100.0,
            **known}  # fmt: skip


def note_row(text, **known):
    row = {column.name: {"real": 0.0, "count": 0, "flag": False, "text": ""}[column.kind]
           for column in ACTIVITIES.columns}  # fmt: skip
    return {**row, "assignment_id": "box-1", "note": text, **known}


SHORT_VISIT = staying("a", (0.0, 90.0))
NOBODY = ()


@pytest.mark.parametrize(
    ("units", "notes", "visits", "facts", "expected"),
    [
        ([unit_row()], ["gate locked", "left early"], NOBODY, {},
         "noted by the unit: gate locked; left early"),
        ([], [], NOBODY, {}, "no vehicle reported in this shift"),
        ([unit_row(shift="night")], [], NOBODY, {}, "no vehicle reported in this shift"),
        ([unit_row()], [], NOBODY, {"unit": "z"},
         "the unit of the plan did not report in this shift"),
        ([unit_row(district_id="e")], [], NOBODY, {"unit": "a"},
         "no vehicle was mostly in this district in this shift"),
        ([unit_row(committed_minutes=61.0)], [], NOBODY, {},
         "units of the district were on incidents 61 % of their time"),
        ([unit_row(committed_minutes=59.0)], [], NOBODY, {}, "no visit, and no reason in the data"),
        ([unit_row(unknown_minutes=75.0)], [], NOBODY, {},
         "where units of the district were is unknown for 75 % of their time"),
        ([unit_row()], [], (SHORT_VISIT,), {}, "visited for less than planned"),
        ([unit_row()], [], NOBODY, {}, "no visit, and no reason in the data"),
    ],
)  # fmt: skip
def test_delivered_rows__the_reason_of_a_box_without_its_visits(
    units, notes, visits, facts, expected
):
    (row,) = delivered_rows(
        [BoxVisits(assigned(**facts), visits)], UNITS.frame(units),
        ACTIVITIES.frame([note_row(text) for text in notes]), SETTINGS, median_interval_s=15.0,
    )  # fmt: skip
    assert row["reason"] == expected
    assert row["outcome"] == ("partly_visited" if visits else "not_visited")


@pytest.mark.parametrize(
    ("minutes", "planned_visits", "interval", "outcome", "visits"),
    [
        (11.25, 1, 15.0, "visited", 1),  # three quarters of 15
        (11.2, 1, 15.0, "partly_visited", 1),
        (15.0, 2, 15.0, "partly_visited", 1),
        (15.0, 2, 61.0, "visited", -1),  # visits cannot be counted, minutes can
        (15.0, 2, np.nan, "visited", -1),
    ],
)
def test_delivered_rows__the_outcome(minutes, planned_visits, interval, outcome, visits):
    visit = staying("a", (1000.0, 1000.0 + minutes * 60), crew=2.0)
    facts = {"planned_visits": planned_visits, "planned_minutes": 15.0, "cap_minutes": 12.0}
    logged = ACTIVITIES.frame([
        note_row("", minutes=7.5, started_s=0.0, ended_s=450.0),
        note_row("", minutes=2.0, started_s=600.0, ended_s=720.0),
        note_row("", minutes=1.0, started_s=630.0, ended_s=690.0),  # within the one before
    ])  # fmt: skip
    (row,) = delivered_rows([BoxVisits(assigned(**facts), (visit,))], UNITS.frame([unit_row()]),
                            logged, SETTINGS, median_interval_s=interval)  # fmt: skip
    assert (row["outcome"], row["visits"]) == (outcome, visits)
    assert row["presence_minutes"] == pytest.approx(minutes)
    assert row["officer_minutes"] == pytest.approx(2 * minutes)
    assert row["over_minutes"] == pytest.approx(max(minutes - 12.0, 0.0))
    assert row["directed_minutes"] == 9.5
    assert row["units_seen"] == 1
    assert (row["first_arrive_s"], row["last_leave_s"]) == (visit.arrive_s, visit.leave_s)
    assert (row["reason"] == "") == (outcome == "visited")
    assert DELIVERED.frame([row])["outcome"].tolist() == [outcome]


def test_delivered_rows__nobody_came():
    (row,) = delivered_rows([BoxVisits(assigned(), ())], UNITS.frame([]), ACTIVITIES.frame([]),
                            SETTINGS, median_interval_s=15.0)  # fmt: skip
    assert row["visits"] == 0
    assert row["presence_minutes"] == row["unit_minutes"] == row["longest_visit_minutes"] == 0
    assert np.isnan(row["first_arrive_s"])
