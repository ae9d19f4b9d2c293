"""The plan of a day: every cap, every figure, every note."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from planning import naive_planning as naive
from planning.cities import (
    CALENDARS,
    DATE,
    FEET,
    TYPES,
    city_grid,
    explain,
    grids,
    no_history,
    past_of,
    risk_cube,
)  # fmt: skip

from evenbeat.core.config import CapSettings, PlanSettings
from evenbeat.core.errors import CubeError, PlanError
from evenbeat.core.grid import Grid
from evenbeat.core.planning import Surroundings, plan_day, priority_surface
from evenbeat.core.planning.draw.task import draw_order


def full_plan(
    grid, calendar=CALENDARS[0], *, plan=None, risk=None, history=None, run_id="run-1", date=DATE,
    past=None, **surroundings,
):  # fmt: skip
    plan = plan or PlanSettings(mode="greedy")
    risk = risk_cube(grid, calendar) if risk is None else risk
    priority = priority_surface(risk=risk, grid=grid, settings=plan)
    if past is None:
        past = past_of(grid, calendar, no_history() if history is None else history, date)
    return plan_day(
        risk=risk, priority=priority, grid=grid, calendar=calendar, date=date, settings=plan,
        past=past, explain=explain, run_id=run_id, surroundings=Surroundings(**surroundings),
    )  # fmt: skip


def make_plan(*arguments, **options):
    """Return the assignments with the notes on shifts beside them; by default the greedy mode."""
    made = full_plan(*arguments, **options)
    notes = [note for note in made.notes if note.shift]
    made.assignments.attrs["notes"] = [str(note) for note in notes]
    made.assignments.attrs["plan_notes"] = [note.to_dict() for note in notes]
    return made.assignments


@st.composite
def histories(draw, grid: Grid) -> pd.DataFrame:
    """Draw boxes of the days around the date, mostly on few cells so that they recur."""
    rows = draw(st.lists(st.tuples(
        st.integers(-9, 7), st.integers(0, grid.shape[0] - 1), st.integers(0, grid.shape[1] - 1),
    ), max_size=60))  # fmt: skip
    table = pd.DataFrame(rows, columns=["offset", "row", "column"])
    dates = [(DATE + dt.timedelta(days=int(offset))).isoformat() for offset in table["offset"]]
    return table.drop(columns="offset").assign(service_date=dates, shift="day", district_id="00")


caps_drawn = st.builds(
    CapSettings,
    visit_minutes=st.sampled_from([5.0, 15.0, 20.0]),
    visits_per_shift=st.integers(1, 6),
    visit_gap_hours=st.sampled_from([0.0, 0.5, 2.0, 4.0]),
    recurrence_days=st.integers(1, 7),
    spacing_m=st.sampled_from([0.0, 250.0, 500.0, 820.5, 3000.0]),
    buffer_m=st.sampled_from([0.0, 100.0, 250.0, 400.0]),
)


@settings(deadline=None, max_examples=120)
@given(st.data())
def test_plan_day__no_cap_is_ever_broken_and_nothing_is_silent(data):
    grid = data.draw(grids())
    caps = data.draw(caps_drawn)
    calendar = data.draw(st.sampled_from(CALENDARS))
    history = data.draw(histories(grid))
    boxes = data.draw(st.integers(0, 5))
    levels = data.draw(st.sampled_from([None, 2, 3]))
    plan = PlanSettings(
        mode="greedy", boxes_per_district=boxes, boxes_by_district={"00": 2}, caps=caps
    )
    risk = risk_cube(grid, calendar, seed=data.draw(st.integers(0, 999)), levels=levels)
    made = make_plan(grid, calendar, plan=plan, risk=risk, history=history)

    lengths = {shift.name: shift.hours for shift in calendar.shifts_on(DATE)}
    for row in made.itertuples():
        assert row.visits <= caps.visits_per_shift
        assert row.visit_minutes <= caps.visit_limit_minutes
        assert row.minutes == row.visits * row.visit_minutes
        gaps = (row.visits - 1) * caps.visit_gap_hours
        assert row.minutes / 60 + gaps <= lengths[row.shift] + 1e-9
        assert row.visits == 1 or row.visits * caps.visit_gap_hours <= lengths[row.shift]
        assert row.days_in_last_7 <= caps.recurrence_days
        assert not naive.too_often(history, DATE, (row.row, row.column), caps.recurrence_days)
        assert grid.district_ids[grid.district[row.row, row.column]] == row.district_id
    for _, boxes_of_shift in made.groupby("shift"):
        cells = list(zip(boxes_of_shift["row"], boxes_of_shift["column"], strict=True))
        for first, second in itertools.combinations(cells, 2):
            assert naive.may_stand_together(grid, caps, first, second)
    wanted = {name: 2 if name == "00" else boxes for name in grid.district_ids}
    short = {
        (note["shift"], note["district_id"])
        for note in made.attrs["plan_notes"]
        if note["kind"] == "fewer_boxes"
    }
    for name, district_id in itertools.product(calendar.names, grid.district_ids):
        given_boxes = ((made["shift"] == name) & (made["district_id"] == district_id)).sum()
        assert given_boxes <= wanted[district_id]
        assert (given_boxes < wanted[district_id]) == ((name, district_id) in short)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_plan_day__equals_the_naive_greedy_choice(data):
    grid = data.draw(grids())
    caps = data.draw(caps_drawn).model_copy(update={"minutes_per_day": 1440.0})
    history = data.draw(histories(grid))
    calendar = CALENDARS[0]
    plan = PlanSettings(mode="greedy", boxes_per_district=data.draw(st.integers(0, 6)), caps=caps)
    levels = data.draw(st.sampled_from([None, 2]))
    risk = risk_cube(grid, calendar, seed=data.draw(st.integers(0, 999)), levels=levels)
    made = make_plan(grid, calendar, plan=plan, risk=risk, history=history)
    priority = priority_surface(risk=risk, grid=grid, settings=plan).values
    quota = dict.fromkeys(grid.district_ids, plan.boxes_per_district)
    for index, shift in enumerate(calendar.shifts_on(DATE)):
        draw = draw_order(f"run-1/{shift.id}", grid.n_inside)
        draw_of_cell = {
            divmod(int(cell), grid.shape[1]): draw[place]
            for place, cell in enumerate(grid.inside_index)
        }
        expected = naive.select(priority[index], grid, quota, caps, draw_of_cell, history, DATE)
        of_shift = made[made["shift"] == shift.name]
        for district_id in grid.district_ids:
            rows = of_shift[of_shift["district_id"] == district_id]
            assert list(rows["rank"]) == list(range(1, len(rows) + 1))
            assert list(zip(rows["row"], rows["column"], strict=True)) == expected[district_id]


def test_plan_day__figures_of_a_box_follow_from_the_cube():
    grid = city_grid(height=8, width=9, districts=2)
    plan = PlanSettings(
        mode="greedy", severity=dict.fromkeys(TYPES, 3.0), preventability={"robbery": 0.5}
    )
    risk = risk_cube(grid, CALENDARS[0], seed=4)
    made = make_plan(grid, plan=plan, risk=risk)
    box = made.iloc[0]
    counts = risk["expected_count"].values[:, 0, box["row"], box["column"]].astype(float)
    weights = np.array([3.0, 1.5, 3.0, 3.0])
    parts = counts * weights
    assert box["priority"] == pytest.approx(parts.sum(), rel=1e-6)
    assert box["expected_total"] == pytest.approx(counts.sum(), rel=1e-6)
    assert box["dominant_type"] == TYPES[int(parts.argmax())]
    for index, name in enumerate(TYPES):
        assert box[f"share_{name}"] == pytest.approx(parts[index] / parts.sum(), rel=1e-6)
        assert box[f"expected_{name}"] == pytest.approx(counts[index], rel=1e-6)
    surface = priority_surface(risk=risk, grid=grid, settings=plan).values[0]
    inside = surface[grid.mask].astype(float)
    below, equal = (inside < box["priority"]).sum(), (inside == box["priority"]).sum()
    assert box["percentile"] == pytest.approx(100 * (below + equal / 2) / inside.size)
    assert box["z_score"] == pytest.approx((box["priority"] - inside.mean()) / inside.std())
    home = surface[grid.district == 0].astype(float).sum()
    assert box["share_of_district"] == pytest.approx(box["priority"] / home)
    assert box["assignment_id"] == "2017-01-03-day-00-01"
    assert box["shift_start"] == "2017-01-03T07:00:00-06:00"
    assert box.geometry.equals(grid.box(box["row"], box["column"]))
    assert json.loads(box["why"])[0]["words"] == "many on day"
    tactics = json.loads(box["tactics"])
    assert not tactics[0]["enforcement"]
    assert [t["enforcement"] for t in tactics] == sorted(t["enforcement"] for t in tactics)


def test_plan_day__same_run_same_rows_other_run_other_draw():
    grid = city_grid(height=12, width=12, districts=3)
    risk = risk_cube(grid, CALENDARS[0], levels=1)
    risk["expected_count"].values[:, :, grid.mask] = 0.25
    first, again = make_plan(grid, risk=risk), make_plan(grid, risk=risk)
    pd.testing.assert_frame_equal(first, again)
    assert first.attrs == again.attrs
    other = make_plan(grid, risk=risk, run_id="run-2")
    assert list(first["row"]) != list(other["row"])
    by_shift = [list(rows["row"]) for _, rows in first.groupby("shift", sort=False)]
    assert by_shift[0] != by_shift[1]


def test_plan_day__spacing_is_in_metres_on_a_grid_in_feet():
    grid = city_grid(height=10, width=10, districts=1, cell_size=500.0, crs=FEET)
    made = make_plan(grid, plan=PlanSettings(mode="greedy", boxes_per_district=20))
    day = made[made["shift"] == "day"]
    cells = day[["row", "column"]].to_numpy()
    apart = [np.hypot(*(a - b)) * 500 * 0.3048 for a, b in itertools.combinations(cells, 2)]
    assert len(day) > 2
    assert min(apart) >= 500
    assert min(apart) < 700


def test_plan_day__recurrence_moves_the_box_elsewhere_and_is_counted():
    grid = Grid("EPSG:26971", 250.0, 0.0, 250.0, np.zeros((1, 1), np.int16), ("only",))
    days = [(DATE - dt.timedelta(days=back)).isoformat() for back in (1, 2, 4, 6)]
    history = pd.DataFrame(
        {"service_date": days, "shift": "day", "row": 0, "column": 0, "district_id": "only"}
    )
    made = make_plan(grid, history=history)
    assert made.empty
    assert made.attrs["plan_notes"][0]["rules"] == {"recurrence": 1}
    assert made.attrs["notes"][0] == (
        "day, district only: 0 of 3 boxes (1 cell had a box on too many of seven days)"
    )
    made = make_plan(grid, history=history.iloc[1:])
    assert set(made["days_in_last_7"]) == {4}


def test_plan_day__a_plan_made_again_does_not_count_itself():
    grid = city_grid(height=6, width=6, districts=1)
    first = make_plan(grid)
    columns = ["service_date", "shift", "row", "column", "district_id"]
    history = pd.concat([pd.DataFrame(first[columns])] * 5, ignore_index=True)
    pd.testing.assert_frame_equal(first, make_plan(grid, history=history))


def test_plan_day__an_empty_plan_has_every_column_and_says_why():
    grid = city_grid(height=4, width=4, districts=2)
    risk = risk_cube(grid, CALENDARS[0])
    risk["expected_count"].values[:, :, grid.mask] = 0.0
    made = make_plan(grid, risk=risk)
    full = make_plan(grid)
    assert made.empty
    assert list(made.columns) == list(full.columns)
    assert made.dtypes.equals(full.dtypes)
    assert made.crs == grid.crs
    assert len(made.attrs["notes"]) == 6
    assert all("have no risk" in note for note in made.attrs["notes"])


def test_plan_day__a_district_without_cells_is_named():
    grid = city_grid(height=4, width=4, districts=2)
    grid = dataclasses.replace(grid, district_ids=("00", "01", "tiny"))
    notes = make_plan(grid).attrs["notes"]
    assert "night, district tiny: 0 of 3 boxes (the district holds no cell)" in notes


def test_plan_day__more_boxes_than_one_unit_can_take_is_said():
    grid = city_grid(height=20, width=20, districts=1)
    notes = make_plan(grid, plan=PlanSettings(mode="greedy", boxes_per_district=7)).attrs["notes"]
    assert notes == [
        f"{s}, district 00: the boxes take at least 2 units, not one" for s in CALENDARS[0].names
    ]


def test_plan_day__short_shifts_get_fewer_visits_and_say_so():
    grid = city_grid(height=6, width=6, districts=1)
    made = make_plan(grid, CALENDARS[2])
    # A box of shift one keeps its gap into shift two, so not every box there gets two visits.
    assert made.groupby("shift")["visits"].max().to_dict() == {"one": 1, "two": 2, "three": 3}
    assert "one: 1 of 3 visits a box fit in the shift" in made.attrs["notes"]


def test_plan_day__wall_clock_of_a_23_hour_day():
    grid = city_grid(height=6, width=6, districts=1)
    night = make_plan(grid, date=dt.date(2017, 3, 11)).query("shift == 'night'").iloc[0]
    assert night["shift_start"] == "2017-03-11T23:00:00-06:00"
    assert night["shift_end"] == "2017-03-12T07:00:00-05:00"
    assert night["visits"] == 3


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (PlanSettings(mode="greedy", boxes_by_district={"99": 1}), "boxes_by_district"),
        (PlanSettings(mode="greedy", boxes_by_district={"00": -1}), "negative"),
        (PlanSettings(mode="greedy", severity={"theft": 1}), "gives no weight for"),
        (
            PlanSettings(mode="greedy", severity={**dict.fromkeys(TYPES, 1.0), "thefts": 1}),
            "thefts",
        ),
        (PlanSettings(preventability={"theft": -1}), "at least 0"),
        (PlanSettings(preventability={"drugs": 1}), "drugs"),
        (PlanSettings(district_weights={"99": {"theft": 1}}), "district_weights"),
        (PlanSettings(district_weights={"00": {"thefts": 1}}), "thefts"),
        (PlanSettings(caps=CapSettings(visit_minutes=21)), "hard limit of 20"),
    ],
)
def test_plan_day__refuses_impossible_settings(plan, words):
    with pytest.raises(PlanError, match=words):
        make_plan(city_grid(height=4, width=4, districts=2), plan=plan)


def test_plan_day__refuses_cubes_that_do_not_fit():
    grid, calendar = city_grid(height=4, width=4, districts=1), CALENDARS[0]
    risk = risk_cube(grid, calendar)
    with pytest.raises(CubeError, match="one layer for each"):
        make_plan(grid, CALENDARS[1], risk=risk)
    with pytest.raises(CubeError, match="where 2017-01-03-day should be"):
        make_plan(grid, calendar, risk=risk.assign_coords(shift=["night", "day", "evening"]))
    broken = risk.copy(deep=True)
    broken["expected_count"].values[0, 0][grid.mask] = -1.0
    with pytest.raises(CubeError, match="negative or missing"):
        make_plan(grid, calendar, risk=broken)
    with pytest.raises(CubeError, match="must have dims"):
        make_plan(city_grid(height=5, width=4, districts=1), calendar, risk=risk)
    with pytest.raises(CubeError, match="lacks expected_count"):
        priority_surface(
            risk=risk.rename(expected_count="other"), grid=grid, settings=PlanSettings()
        )


def test_plan_day__tactics_fit_the_places_in_the_box():
    grid = city_grid(height=6, width=6, districts=1)
    plan = PlanSettings(
        mode="greedy", boxes_per_district=1, severity={**dict.fromkeys(TYPES, 0.0), "robbery": 1}
    )
    bare = make_plan(grid, plan=plan)
    row = bare.iloc[0]
    stop = shapely.Point(row["easting"] + grid.cell_size / 2 + 49, row["northing"])
    for away, expected in ((0, "at-the-stop"), (2, "walk-the-block")):
        places = gpd.GeoDataFrame(
            {"category": ["transit_stop"], "valid_from": pd.to_datetime([None], utc=True),
             "valid_to": pd.to_datetime([None], utc=True)},
            geometry=[shapely.affinity.translate(stop, away)], crs=grid.crs,
        )  # fmt: skip
        made = make_plan(grid, plan=plan, places=places)
        assert json.loads(made.iloc[0]["tactics"])[0]["id"] == expected
        closed = places.assign(valid_to=pd.to_datetime(["2017-01-01"], utc=True))
        made = make_plan(grid, plan=plan, places=closed)
        assert json.loads(made.iloc[0]["tactics"])[0]["id"] == "walk-the-block"


def test_plan_day__refuses_an_explanation_that_misses_a_box():
    grid = city_grid(height=4, width=4, districts=1)
    risk = risk_cube(grid, CALENDARS[0])
    priority = priority_surface(risk=risk, grid=grid, settings=PlanSettings())
    with pytest.raises(PlanError, match="were to be explained"):
        plan_day(
            risk=risk, priority=priority, grid=grid, calendar=CALENDARS[0], date=DATE,
            settings=PlanSettings(), past=past_of(grid, CALENDARS[0], no_history(), DATE),
            explain=lambda shift, cells: [],
            run_id="r",
        )  # fmt: skip


def test_priority_surface__factors_of_one_district_change_only_it():
    grid = city_grid(height=5, width=6, districts=2)
    risk = risk_cube(grid, CALENDARS[0])
    plain = priority_surface(risk=risk, grid=grid, settings=PlanSettings())
    factors = PlanSettings(district_weights={"01": dict.fromkeys(TYPES, 2.0)})
    doubled = priority_surface(risk=risk, grid=grid, settings=factors)
    ratio = (doubled / plain).values[0]
    np.testing.assert_allclose(ratio[grid.district == 0], 1.0)
    np.testing.assert_allclose(ratio[grid.district == 1], 2.0)
    assert np.isnan(doubled.values[:, ~grid.mask]).all()
    assert doubled.dims == ("shift", "y", "x")
    assert doubled.dtype == np.float32
