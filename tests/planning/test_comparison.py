"""What plans reach and how evenly: against definitions, counting and the average of many draws."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning.cities import CALENDARS, DATE, city_grid, no_history, past_of, risk_cube
from planning.days import random_days

from evenbeat.core.config import CapSettings, PlanSettings
from evenbeat.core.errors import PlanError
from evenbeat.core.planning import plan_day, priority_surface
from evenbeat.core.planning.measure.comparison import average
from evenbeat.core.planning.measure.evenness import gini, gini_of_mean, pareto_front
from evenbeat.core.planning.measure.yardstick import Yardstick, measure
from evenbeat.core.planning.metering.neighbourhoods import Neighbourhoods
from evenbeat.core.planning.priority import expected_counts

CALENDAR = CALENDARS[1]
GRID = city_grid(height=14, width=14, districts=3, seed=3)
RISK = risk_cube(GRID, CALENDAR, seed=8)
# A cell may be a box on every shift, so that no shift's draw changes what another draws from.
FREE = CapSettings(minutes_per_day=1440.0, visit_gap_hours=0.0)
OWN = PlanSettings(boxes_per_district=3, neglect_area_share=0.05, caps=FREE)


def plan(edition=1, **changes):
    asked = OWN.model_copy(update=changes)
    return plan_day(
        risk=RISK, priority=priority_surface(risk=RISK, grid=GRID, settings=asked), grid=GRID,
        calendar=CALENDAR, date=DATE, settings=asked,
        past=past_of(GRID, CALENDAR, no_history(), DATE),
        explain=lambda _, cells: [[] for _ in cells], run_id="what-if", edition=edition,
    )  # fmt: skip


def yardstick(grid=GRID, calendar=CALENDAR, risk=RISK, own=OWN, parts=None):
    return Yardstick.of(
        priority=priority_surface(risk=risk, grid=grid, settings=own).values,
        counts=expected_counts(risk, grid), grid=grid,
        neighbourhoods=Neighbourhoods.of(grid, parts, own.caps.neighbourhood_share),
        shifts=calendar.names, area_share=own.neglect_area_share,
    )  # fmt: skip


BY = yardstick()


def cells_of(row):
    return [(int(r), int(c)) for r, c in json.loads(row["cells"])]


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6)), min_size=1, max_size=8).filter(
        lambda parts: sum(amount for amount, _ in parts) > 0
    )
)
def test_gini__is_the_mean_difference_between_two_units_of_size(parts):
    rates = [amount / size for amount, size in parts for _ in range(size)]
    mean = sum(rates) / len(rates)
    differences = [abs(one - other) for one in rates for other in rates]
    expected = sum(differences) / len(differences) / (2 * mean)
    found = gini([amount for amount, _ in parts], [size for _, size in parts])
    assert found == pytest.approx(expected, abs=1e-12)


def test_gini__nothing_to_share_is_unknown():
    assert np.isnan(gini([0.0, 0.0]))
    assert np.isnan(gini([3.0, 0.0], [0.0, 2.0]))


@pytest.mark.parametrize(
    ("amount", "size"), [([-1.0, 2.0], None), ([1.0], [-1.0]), ([1.0], [1.0, 2.0])]
)
def test_gini__refuses_what_cannot_be_shared(amount, size):
    with pytest.raises(PlanError, match="amounts and sizes"):
        gini(amount, size)


def test_gini_of_mean__error_is_the_spread_of_repeated_comparisons():
    random, size = np.random.default_rng(5), np.array([3.0, 2.0, 4.0, 1.0])
    sets = random.gamma(2.0, [1.0, 3.0, 2.0, 0.5], (400, 20, 4))
    found = np.array([gini_of_mean(draws, size) for draws in sets])
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.15)
    assert gini_of_mean(sets[0, :1], size) == (gini(sets[0, 0], size), 0.0)


def test_pareto_front__known():
    effect = [1.0, 0.9, 0.9, 0.8, 0.7, 0.7, np.nan]
    evenness = [0.1, 0.4, 0.3, 0.4, 0.9, 0.9, 1.0]
    assert pareto_front(effect, evenness).tolist() == [True, True, False, False, True, True, False]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=9))
def test_pareto_front__nobody_on_it_is_beaten_and_everybody_else_is(points):
    found = pareto_front(*zip(*points, strict=True))
    for point, on in zip(points, found, strict=True):
        beaten = any(
            other != point and other[0] >= point[0] and other[1] >= point[1] for other in points
        )
        assert on == (not beaten)


def test_measure__expectation_is_the_average_of_many_draws():
    drawn = [measure(plan(edition, exploration_share=0.0), BY) for edition in range(1, 101)]
    expected = drawn[0].hits
    assert all(np.array_equal(draw.hits, expected) for draw in drawn)
    assert all(np.array_equal(draw.minutes_of_part, drawn[0].minutes_of_part) for draw in drawn)
    hits = np.array([draw.drawn_hits for draw in drawn])
    error = hits.std(axis=0, ddof=1) / np.sqrt(len(hits))
    assert (error > 0).all()
    assert (np.abs(hits.mean(axis=0) - expected) < 3.5 * error).all()


def test_measure__explorers_leave_the_expectation_unbiased():
    drawn = [measure(plan(edition, exploration_share=0.4), BY) for edition in range(1, 101)]
    differences = np.array([draw.drawn_hits.sum() - draw.hits.sum() for draw in drawn])
    assert len({round(draw.hits.sum(), 9) for draw in drawn}) > 1
    assert abs(differences.mean()) < 3.5 * differences.std(ddof=1) / np.sqrt(len(drawn))
    assert max(draw.explored_from for draw in drawn) <= GRID.n_inside
    assert min(draw.explored_from for draw in drawn) > GRID.n_inside / 2


def test_measure__one_plan_against_counting():
    for changes in ({"mode": "greedy"}, {"mode": "optimal"}, {"box_cells": 3}):
        made = plan(**changes)
        found, table = measure(made, BY), made.assignments
        index = {name: position for position, name in enumerate(CALENDAR.names)}
        surface = priority_surface(risk=RISK, grid=GRID, settings=OWN).values
        by_hand = sum(
            float(surface[index[row["shift"]], r, c])
            for _, row in table.iterrows() for r, c in cells_of(row)
        )  # fmt: skip
        assert found.drawn_hits.sum() == pytest.approx(by_hand)
        assert found.boxes == len(table) > 0
        assert found.cells == sum(len(cells_of(row)) for _, row in table.iterrows())
        assert found.minutes == table["minutes"].sum()
        assert found.held_out == sum(row["outcome"] == "held_out" for row in made.candidates)
        if "mode" in changes:
            assert found.hits == pytest.approx(found.drawn_hits)
            by_part = table.groupby("neighbourhood")["minutes"].sum()
            told = dict(zip(GRID.district_ids, found.minutes_of_part, strict=False))
            assert {name: m for name, m in told.items() if m} == pytest.approx(by_part.to_dict())


def test_measure__uncovered_cells_against_counting():
    surface = priority_surface(risk=RISK, grid=GRID, settings=OWN).values.sum(axis=0)
    cells = [(r, c) for r, c in zip(*np.nonzero(GRID.mask), strict=True)]
    ranked = sorted(cells, key=lambda cell: -surface[cell])
    high = set(ranked[: round(0.05 * len(cells))])
    assert {divmod(int(i), GRID.shape[1]) for i in np.flatnonzero(BY.high_risk)} == high
    made = plan(edition=4)
    covered = {cell for _, row in made.assignments.iterrows() for cell in cells_of(row)}
    assert measure(made, BY).uncovered == len(high - covered)
    assert 0 < len(high - covered) < len(high)


def test_measure__cells_with_a_chance_are_those_of_the_candidates():
    made = plan(exploration_share=0.0)
    chance = {
        tuple(cell) for row in made.candidates if row["inclusion_probability"] > 0
        for cell in row["cells"]
    }  # fmt: skip
    found = measure(made, BY)
    assert {divmod(int(i), GRID.shape[1]) for i in np.flatnonzero(found.with_chance)} == chance
    assert len(chance) > found.boxes / len(CALENDAR)
    assert found.explored_from == 0


@settings(max_examples=40, deadline=None)
@given(random_days())
def test_measure__minutes_add_up_on_any_day(day):
    own = day.settings
    by = yardstick(
        day.grid, day.calendar, risk_cube(day.grid, day.calendar, seed=day.seed), own,
        day.surroundings.neighbourhoods,
    )  # fmt: skip
    found = measure(day.plan(), by)
    assert found.minutes_of_part.sum() == pytest.approx(found.minutes)
    assert found.minutes_of_cell.sum() == pytest.approx(found.minutes)
    assert (found.minutes_of_cell > 0).sum() <= found.with_chance.sum()
    assert (found.hits <= by.priority.sum(axis=1) + 1e-6).all()
    told = average([found], by)
    assert told.minutes == found.minutes
    assert told.hits_error == told.gini_parts_error == 0.0


def test_measure__refuses_a_plan_of_other_shifts():
    with pytest.raises(PlanError, match="measured on"):
        measure(plan(), replace(BY, shifts=("dawn", "dusk")))


def test_average__is_over_the_draws():
    draws = [measure(plan(edition), BY) for edition in range(1, 9)]
    found = average(draws, BY)
    hits = [draw.hits.sum() for draw in draws]
    assert found.hits == pytest.approx(np.mean(hits))
    assert found.hits_error == pytest.approx(np.std(hits, ddof=1) / np.sqrt(8))
    drawn = [draw.drawn_hits.sum() for draw in draws]
    assert (found.first_hits, found.least_hits) == (drawn[0], min(drawn))
    assert found.most_hits == max(drawn)
    parts = np.mean([draw.minutes_of_part for draw in draws], axis=0)
    sizes = [int((GRID.district == index).sum()) for index in range(3)]
    assert found.gini_parts == pytest.approx(gini(parts[:3], sizes))
    assert found.largest_share == pytest.approx(parts.max() / parts.sum())
    assert found.uncovered == np.mean([draw.uncovered for draw in draws])
    assert found.gap is None
    assert average([measure(plan(mode="optimal"), BY)], BY).gap <= 0.005


def test_average__optimal_reaches_most_and_draws_least_cells():
    best = average([measure(plan(mode="optimal", neglect_most=1.0), BY)], BY)
    for tau in (0.0, 1.0, 8.0):
        drawn = average([measure(plan(edition, tau=tau), BY) for edition in range(1, 6)], BY)
        assert drawn.hits < best.hits * 1.005
        assert drawn.cells_with_chance > best.cells_with_chance
