"""No cap is ever broken, in any mode: random days judged by two checkers."""

from __future__ import annotations

import json
import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from planning import naive_planning as naive
from planning.cities import DATE
from planning.days import random_days

from evenbeat.core.planning.metering.breaches import breaches
from evenbeat.core.planning.metering.claims import Bounds, Claim

# `make bench` asks for 10,000.
EXAMPLES = int(os.environ.get("EVENBEAT_PLAN_EXAMPLES", "250"))


def bounds_of(day, made):
    grid, width = day.grid, day.grid.shape[1]
    from evenbeat.core.planning.metering.neighbourhoods import Neighbourhoods

    held_out = {}
    for row in made.candidates:
        if row["outcome"] == "held_out":
            cells = [r * width + c for r, c in row["cells"]]
            held_out.setdefault(row["shift"], set()).update(cells)
    return Bounds(
        grid=grid, caps=day.settings.caps, past=day.past,
        shifts={shift.name: shift for shift in day.calendar.shifts_on(DATE)},
        neighbourhoods=Neighbourhoods.of(
            grid, day.surroundings.neighbourhoods, day.settings.caps.neighbourhood_share
        ),
        issued_minutes=made.issued_minutes, excluded=day.surroundings.excluded, held_out=held_out,
    )  # fmt: skip


def claims_of(made):
    return [
        Claim(row.assignment_id, row.shift, row.district_id, row.unit,
              tuple(map(tuple, json.loads(row.cells))), row.visits, row.visit_minutes,
              row.visit_gap_hours)
        for row in made.assignments.itertuples()
    ]  # fmt: skip


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(random_days())
def test_plan_day__breaks_no_cap_in_any_mode(day):
    made = day.plan()
    part_of, parts = day.parts
    excluded = {
        name: {divmod(cell, day.grid.shape[1]) for cell in cells}
        for name, cells in day.surroundings.excluded.items()
    }
    broken = naive.broken_rules(
        made, day.grid, day.calendar, DATE, day.settings, past_days=day.past_days,
        excluded=excluded, part_of=part_of, parts=parts,
    )  # fmt: skip
    assert broken == []
    assert breaches(claims_of(made), bounds_of(day, made)) == []
    if day.settings.mode != "lottery":
        return
    cells = Counter()
    for row in made.candidates:
        assert 0 <= row["inclusion_probability"] <= 1
        assert 0 <= row["hold_out_probability"] <= 1
        assert row["outcome"] != "assigned" or row["inclusion_probability"] > 0
        assert row["outcome"] != "held_out" or row["hold_out_probability"] > 0
        cells.update((row["shift"], tuple(cell)) for cell in row["cells"])
    assert not cells or max(cells.values()) == 1
    assigned = [row for row in made.candidates if row["outcome"] == "assigned"]
    assert len(assigned) == len(made.assignments)


@pytest.mark.parametrize("seed", range(3))
def test_plan_day__the_same_inputs_give_the_same_bytes(seed):
    import pandas as pd
    from planning.cities import CALENDARS, city_grid
    from planning.days import RandomDay

    from evenbeat.core.config import PlanSettings
    from evenbeat.core.planning import Surroundings

    grid = city_grid(height=20, width=20, districts=3, seed=seed)
    day = RandomDay(grid, CALENDARS[0], PlanSettings(), (), Surroundings(), seed)
    one, two, other = day.plan(), day.plan(), day.plan(edition=2)
    pd.testing.assert_frame_equal(one.assignments, two.assignments)
    assert (one.candidates, one.visits, one.notes) == (two.candidates, two.visits, two.notes)
    drawn = [{(r["shift"], r["row"], r["column"]) for r in plan.candidates
              if r["outcome"] == "assigned"} for plan in (one, other)]  # fmt: skip
    assert drawn[0] != drawn[1]
    assert set(one.assignments["assignment_id"]).isdisjoint(other.assignments["assignment_id"])
