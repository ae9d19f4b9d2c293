"""The report of a shift: sums against sums by hand, the map, the timeline, the page."""

from __future__ import annotations

import csv
import datetime as dt
import json
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from reports.accounts.patrol_period import (
    DATE,
    SHIFT_S,
    START_S,
    ZONE,
    city_grid,
    district_outlines,
    edition_of,
    empty_period,
    patrol_period,
    row_of,
)
from reports.pages import Page, assert_self_contained

from evenbeat.core.dosage.tables import DELIVERED, TIMELINE, TRACKS, UNITS
from evenbeat.core.errors import GridError
from evenbeat.core.reports.accounts.shift import shift_report
from evenbeat.core.reports.accounts.shift_facts import NO_REASON, assignment_rows
from evenbeat.core.reports.accounts.timeline import (
    KINDS,
    MOST_UNITS,
    clock_ticks,
    stretches,
    timeline_figure,
    units_shown,
)
from evenbeat.core.reports.accounts.tracks import MINUTES_WORDS, presence_classes, tracks_map
from evenbeat.core.reports.maps import NO_CLASS


def report(folder, period, *, shift="evening", districts=True, **changed):
    given_tables = {
        "delivered": period.delivered, "visits": period.visits, "timeline": period.timeline,
        "tracks": period.tracks, "units": period.units, "presence": period.presence,
        "box_outlines": period.outlines, **changed,
    }  # fmt: skip
    paths = shift_report(
        folder, edition=edition_of(), date=DATE, shift=shift, grid=period.grid, zone=ZONE,
        districts=district_outlines(period.grid) if districts else None, **given_tables,
    )  # fmt: skip
    return paths, json.loads((folder / "shift.json").read_text("utf-8"))["document"]


def said_by(path):
    return " ".join("".join(Page(path.read_text("utf-8")).text).replace("\xa0", " ").split())


@pytest.fixture(scope="module")
def period():
    return patrol_period()


def test_shift_report__sums_are_those_of_the_tables(tmp_path, period):
    paths, told = report(tmp_path, period)
    with (tmp_path / "tables" / "shift-assignments.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    totals = told["totals"]
    assert totals["assignments"] == len(rows) == len(period.delivered)
    for key in ("planned_minutes", "presence_minutes", "directed_minutes", "visits",
                "planned_visits"):  # fmt: skip
        assert totals[key] == pytest.approx(sum(float(row[key]) for row in rows))
    for outcome in ("visited", "partly_visited", "not_visited"):
        assert totals[outcome] == sum(row["outcome"] == outcome for row in rows) > 0
    over = [row for row in rows if float(row["presence_minutes"]) > float(row["cap_minutes"])]
    assert totals["over_dosed"] == len(over) > 0
    assert totals["unit_on_duty_minutes"] == pytest.approx(period.units["on_duty_minutes"].sum())
    assert {row["assignment_id"] for row in told["assignments"] if row["over"]} == {
        row["assignment_id"] for row in over
    }
    assert len(paths) == 8


def test_shift_report__page_is_whole_and_says_the_numbers(tmp_path, period):
    paths, told = report(tmp_path, period)
    text = paths[0].read_text("utf-8")
    assert_self_contained(text)
    assert len(Page(text).figures) == 2
    said = said_by(paths[0])
    assert f"Tue 3 Jan 2017, evening. {told['sentence']}" in said
    for row in told["assignments"]:
        assert row["unit"] in said
    for one in told["reasons"]:
        assert one["reason"] in said
    assert "No box had more" not in said


def test_shift_report__same_bytes(tmp_path, period):
    first, _ = report(tmp_path / "one", period)
    shuffled = {
        name: getattr(period, name).sample(frac=1, random_state=1)
        for name in ("timeline", "tracks")
    }
    second, _ = report(tmp_path / "two", period, **shuffled)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_shift_report__missed_boxes_are_told_with_reasons_once(tmp_path, period):
    _, told = report(tmp_path, period)
    missed = {row["number"] for row in told["assignments"] if row["outcome"] != "visited"}
    numbers = [number for one in told["reasons"] for number in one["numbers"]]
    assert sorted(numbers) == sorted(missed)
    by_number = {row["number"]: row for row in told["assignments"]}
    for one in told["reasons"]:
        assert {by_number[number]["reason"] or NO_REASON for number in one["numbers"]} == {
            one["reason"]
        }
    sizes = [len(one["numbers"]) for one in told["reasons"]]
    assert sizes == sorted(sizes, reverse=True)


def test_shift_report__other_days_and_shifts_are_left_out(tmp_path, period):
    other_day = period.delivered.assign(service_date="2017-01-04")
    night = period.delivered.head(3).assign(shift="night", shift_start_s=START_S + SHIFT_S)
    delivered = pd.concat([other_day, period.delivered, night])
    _, one = report(tmp_path / "one", period, delivered=delivered)
    assert one["totals"]["assignments"] == len(period.delivered)
    paths, day = report(tmp_path / "day", period, shift=None, delivered=delivered)
    assert day["totals"]["assignments"] == len(period.delivered) + 3
    assert day["shifts"] == ["evening", "night"]
    assert [row["number"] for row in day["assignments"]] == list(range(1, 34))
    assert "all shifts" in said_by(paths[0])
    assert paths[0].read_text("utf-8").count('<tr class="group">') == 2


def test_shift_report__empty_says_so_and_what_to_do(tmp_path):
    paths, told = report(tmp_path, empty_period())
    assert told["totals"]["assignments"] == 0
    text = paths[0].read_text("utf-8")
    assert_self_contained(text)
    said = said_by(paths[0])
    assert "No assignment stood in this shift. Plan the day" in said
    assert "No pings were measured in this shift. Minutes, visits and tracks are unknown" in said
    assert Page(text).figures == []
    assert "nan" not in said


def test_shift_report__without_pings_boxes_stay_on_the_map(tmp_path, period):
    empty = empty_period()
    unseen = period.delivered.assign(presence_minutes=0.0, visits=-1, outcome="not_visited",
                                     reason="no pings", first_arrive_s=np.nan)  # fmt: skip
    paths, told = report(tmp_path, empty, delivered=unseen, districts=False)
    assert told["totals"]["visits"] is None
    assert told["totals"]["presence_minutes"] is None
    said = said_by(paths[0])
    assert "no pings tell whether anyone came" in said
    assert "Visits are not counted: pings came too seldom" in said
    assert len(Page(paths[0].read_text("utf-8")).figures) == 1


def test_shift_report__minutes_of_another_grid(tmp_path, period):
    with pytest.raises(GridError, match=r"shape \(3, 4\)"):
        report(tmp_path, period, presence=np.zeros((3, 4)))


def test_assignment_rows__times_are_local_across_a_clock_change():
    zone = ZoneInfo("America/Chicago")
    fall = dt.datetime(2016, 11, 6, 6, 30, tzinfo=dt.UTC).timestamp()
    row = row_of(DELIVERED, assignment_id="a", first_arrive_s=fall, last_leave_s=fall + 3600,
                 planned_minutes=30.0, presence_minutes=15.0, visits=-1)  # fmt: skip
    told = assignment_rows(DELIVERED.frame([row]), zone, {})[0]
    assert (told["first_arrive"], told["last_leave"]) == ("01:30", "01:30")
    assert (told["filled"], told["planned_at"], told["visits"]) == (50.0, 100.0, None)


def test_presence_classes__edges_by_hand():
    grid = city_grid(6)
    minutes = np.where(grid.mask, 0.0, np.nan)
    values = [0.0, 0.1, 4.9, 5.0, 14.9, 15.0, 29.9, 30.0, 59.9, 60.0, 500.0]
    rows, columns = np.nonzero(grid.mask)
    minutes[rows[:11], columns[:11]] = values
    classes = presence_classes(minutes, grid)
    words = [MINUTES_WORDS[index] for index in classes[rows[:11], columns[:11]]]
    assert words == ["none", "under 5", "under 5", "5 to 15", "5 to 15", "15 to 30", "15 to 30",
                     "30 to 60", "30 to 60", "60 min or more", "60 min or more"]  # fmt: skip
    assert (classes[~grid.mask] == NO_CLASS).all()


def drawn_map(boxes, *, tracks=(), outlines=None, districts=None):
    grid = city_grid()
    return str(tracks_map(
        boxes, presence=np.where(grid.mask, 1.0, np.nan), grid=grid, outlines=outlines or {},
        tracks=TRACKS.frame(list(tracks)), districts=districts, labels={}, name="map",
    ))  # fmt: skip


def box(number, outcome, *, over=False):
    grid = city_grid()
    easting, northing = float(grid.eastings[4 * number]), float(grid.northings[16])
    return {"assignment_id": f"a{number}", "number": number, "outcome": outcome, "over": over,
            "easting": easting, "northing": northing}  # fmt: skip


def test_tracks_map__outcomes_differ_by_line_and_boxes_have_numbers():
    svg = drawn_map([box(2, "visited"), box(3, "partly_visited"), box(4, "not_visited"),
                     box(5, "visited", over=True)])  # fmt: skip
    for kind in ("visited", "partly_visited", "not_visited", "over", "within"):
        assert svg.count(f'<path class="{kind}"') == 1
    assert [f">{n}</text>" in svg for n in (2, 3, 4, 5)] == [True] * 4
    assert "2 visited, 1 partly visited, 1 not visited" in svg


def test_tracks_map__tracks_break_where_the_position_is_not_known():
    grid = city_grid()
    states = ["transit", "unknown", "slow", "off_duty", "transit"]
    ways = [
        row_of(TRACKS, unit="a<b", time_s=60.0 * at, easting=float(grid.eastings[4 + 5 * at]),
               northing=float(grid.northings[10]), state=state)
        for at, state in enumerate(states)
    ]  # fmt: skip
    svg = drawn_map([], tracks=ways[::-1])
    group = svg[svg.index('<g class="tracks">') :]
    line = group.split('d="')[1].split('"')[0]
    assert line.count("M") == 2
    assert "<title>a&lt;b</title>" in svg


def test_tracks_map__uses_outlines_and_projects_districts():
    grid = city_grid()
    large = shapely.box(grid.west, grid.north - 2000, grid.west + 2000, grid.north)
    plain_box, outlined = (
        drawn_map([box(2, "visited")], outlines=outlines) for outlines in ({}, {"a2": large})
    )
    assert plain_box != outlined
    own, geographic = (
        drawn_map([], districts=table)
        for table in (district_outlines(grid), district_outlines(grid).to_crs("EPSG:4326"))
    )
    assert own.count('class="district"') == geographic.count('class="district"') == 1


def steps(*rows):
    return TIMELINE.frame([
        row_of(TIMELINE, unit=unit, start_s=start, end_s=end, state=state, committed=committed,
               assignment_id=assignment)
        for unit, start, end, state, committed, assignment in rows
    ])  # fmt: skip


def test_stretches__kinds_by_hand_and_neighbours_joined():
    told = stretches(steps(
        ("b", 0.0, 60.0, "slow", False, ""),
        ("a", 60.0, 90.0, "stationary", False, "box"),
        ("a", 0.0, 60.0, "slow", False, "box"),
        ("a", 90.0, 120.0, "slow", True, "box"),
        ("a", 120.0, 180.0, "unknown", True, ""),
        ("a", 180.0, 180.0, "slow", False, ""),
        ("a", 180.0, 240.0, "transit", False, ""),
        ("a", 400.0, 460.0, "transit", False, ""),
    ))  # fmt: skip
    assert list(told.itertuples(index=False, name=None)) == [
        ("a", "in a box", 0.0, 90.0), ("a", "on an incident", 90.0, 120.0),
        ("a", "unknown", 120.0, 180.0), ("a", "uncommitted", 180.0, 240.0),
        ("a", "uncommitted", 400.0, 460.0), ("b", "uncommitted", 0.0, 60.0),
    ]  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 200)), unique=True, max_size=150),
    st.integers(4, 60),
)
def test_units_shown__every_district_keeps_its_share(pairs, most):
    units = [(district, f"{name:03d}") for district, name in pairs]
    shown = units_shown(units, most)
    assert len(shown) == min(len(units), most)
    assert shown == sorted(set(shown) & set(units))
    for district in {district for district, _ in units}:
        own, kept = (sum(d == district for d, _ in rows) for rows in (units, shown))
        assert abs(kept - own * len(shown) / len(units)) <= 4
        assert kept >= 1


def test_shift_report__says_how_many_units_are_left_out(tmp_path, period):
    names = [f"v{number:03d}" for number in range(MOST_UNITS + 7)]
    timeline = steps(*((name, START_S, START_S + 600, "slow", False, "") for name in names))
    units = UNITS.frame([row_of(UNITS, unit=name, district_id=name[-1]) for name in names])
    paths, told = report(tmp_path, period, timeline=timeline, units=units)
    assert (told["units_shown"], told["units_left_out"]) == (MOST_UNITS, 7)
    assert "60 units by district" in said_by(paths[0])
    assert "7 more had pings and are left out here" in said_by(paths[0])


@pytest.mark.parametrize(
    ("day", "hours", "labels"),
    [
        ((2017, 1, 3), 8, ["22:00", "23:00", "00:00", "01:00", "02:00", "03:00", "04:00", "05:00",
                           "06:00"]),
        ((2016, 11, 5), 9, ["22:00", "23:00", "00:00", "01:00", "01:00", "02:00", "03:00",
                            "04:00", "05:00", "06:00"]),
        ((2017, 3, 11), 7, ["22:00", "23:00", "00:00", "01:00", "03:00", "04:00", "05:00",
                            "06:00"]),
    ],
)  # fmt: skip
def test_clock_ticks__whole_local_hours_also_at_clock_changes(day, hours, labels):
    start = dt.datetime(*day, 22, tzinfo=ZONE).timestamp()
    ticks, told = clock_ticks(start, start + hours * 3600, ZONE)
    assert told == labels
    assert np.diff(ticks).tolist() == [3600.0] * hours


def test_clock_ticks__few_for_a_day_and_whole_in_a_half_hour_zone():
    assert clock_ticks(0.0, 86_400.0, ZoneInfo("UTC"))[1][:3] == ["00:00", "02:00", "04:00"]
    ticks, labels = clock_ticks(0.0, 7200.0, ZoneInfo("Asia/Kolkata"))
    assert (ticks, labels) == ([1800.0, 5400.0], ["06:00", "07:00"])


def test_timeline_figure__tells_hours_in_words():
    told = stretches(steps(("a", 0.0, 3600.0, "slow", True, ""),
                           ("a", 3600.0, 9000.0, "slow", False, "x")))  # fmt: skip
    svg = timeline_figure(told, rows=[("1", "a")], first_s=0.0, last_s=9000.0, edges_s=[3600.0],
                          zone=ZONE, labels={"a": "short"}, name="t")  # fmt: skip
    assert "in a box 1.5, on an incident 1.0, uncommitted 0.0, unknown 0.0" in svg
    assert timeline_figure(told, rows=[], first_s=0.0, last_s=1.0, edges_s=[], zone=ZONE,
                           labels={}, name="t") is None  # fmt: skip
    assert set(told["kind"]) <= set(KINDS)
    assert ">short</text>" in svg
