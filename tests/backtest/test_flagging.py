"""Budgets, flagged cells, ties."""

from __future__ import annotations

import naive_backtest as naive
import numpy as np
import pytest
from backtest.backtests import forecasts, home_of, small_grid
from hypothesis import given, settings

from evenbeat.core.backtest import Budget
from evenbeat.core.backtest.flagging import (
    draw_ties,
    flag_budgets,
    flag_cells,
    most_hits,
    pessimistic_hits,
)
from evenbeat.core.errors import BacktestError

ONE_POOL = np.zeros(6, dtype=np.int64)


def cells(n):
    return Budget(f"{n} cells", f"cells_{n}", n)


@pytest.mark.parametrize(("share", "n_cells"), [(0.0001, 1), (0.01, 1), (0.1, 4), (1, 41)])
def test_of_area__rounds_to_whole_cells_at_least_one(share, n_cells):
    grid = small_grid()
    budget = Budget.of_area(share, grid)
    assert (budget.n_cells, budget.area_share, budget.by_district) == (n_cells, share, None)
    assert budget.share_of(grid) == n_cells / 41
    assert budget.area_km2(grid) == pytest.approx(n_cells * 0.0225)


@pytest.mark.parametrize(
    ("share", "label", "key"),
    [(0.01, "1 %", "area_0.01"), (0.0025, "0.25 %", "area_0.0025"), (0.05, "5 %", "area_0.05")],
)
def test_of_area__names_itself(share, label, key):
    budget = Budget.of_area(share, small_grid())
    assert (budget.label, budget.key) == (label, key)


@pytest.mark.parametrize("share", [0, -0.1, 1.01, float("nan")])
def test_of_area__refuses_a_share_outside_0_to_1(share):
    with pytest.raises(BacktestError, match=r"above 0 and at most 1, got .*Usual shares"):
        Budget.of_area(share, small_grid())


def test_of_boxes__gives_every_district_its_own():
    budget = Budget.of_boxes(3, small_grid())
    assert budget == Budget("3 boxes per district", "boxes_3", 9, by_district=(3, 3, 3))


def test_of_boxes__flags_a_small_district_whole():
    assert Budget.of_boxes(14, small_grid()).by_district == (13, 14, 14)
    assert Budget.of_boxes(1, small_grid()).label == "1 box per district"


@pytest.mark.parametrize("boxes", [0, -1, 1.5])
def test_of_boxes__refuses_what_is_not_a_number_of_boxes(boxes):
    with pytest.raises(BacktestError, match=r"whole number of at least 1, got .*1 to 6"):
        Budget.of_boxes(boxes, small_grid())


def test_budget__refuses_nothing_and_districts_that_do_not_add_up():
    with pytest.raises(BacktestError, match="at least 1 cell, got 0"):
        cells(0)
    with pytest.raises(BacktestError, match=r"add up to 3 cells, expected 4.*of_boxes"):
        Budget("a", "b", 4, by_district=(1, 2))


def test_draw_ties__depends_on_seed_and_window_alone():
    assert (draw_ties(3, 8, 50) == draw_ties(3, 8, 50)).all()
    assert (draw_ties(3, 8, 50) != draw_ties(3, 9, 50)).any()
    assert (draw_ties(4, 8, 50) != draw_ties(3, 8, 50)).any()


def test_flag_cells__orders_by_expected_then_by_lot():
    expected = [0.1, 0.7, 0.3, 0.3, 0.0, 0.3]
    tie = np.array([0, 1, 5, 2, 3, 4])
    assert flag_cells(expected, cells(3), ONE_POOL, tie).tolist() == [1, 3, 5]
    assert flag_cells(expected, cells(6), ONE_POOL, tie).tolist() == [1, 3, 5, 2, 0, 4]


def test_flag_cells__ranks_within_each_district():
    expected = [0.9, 0.8, 0.7, 0.1, 0.2, 0.3]
    district = np.array([0, 0, 0, 1, 1, 1])
    budget = Budget("2 a district", "boxes_2", 4, by_district=(2, 2))
    assert flag_cells(expected, budget, district, np.arange(6)).tolist() == [0, 1, 5, 4]


def test_flag_cells__skips_a_district_without_cells():
    budget = Budget("1 a district", "boxes_1", 1, by_district=(0, 1))
    assert flag_cells([0.3, 0.4], budget, np.array([1, 1]), np.arange(2)).tolist() == [1]


def test_flag_cells__every_tied_cell_has_its_turn():
    seen = {
        int(flag_cells(np.zeros(6), cells(1), ONE_POOL, draw_ties(1, window, 6))[0])
        for window in range(60)
    }
    assert seen == set(range(6))


def test_pessimistic_hits__breaks_ties_against_the_forecast():
    expected, observed = [0.5, 0.2, 0.2, 0.2, 0.2, 0.1], [1, 0, 3, 2, 0, 9]
    assert pessimistic_hits(expected, observed, cells(1), ONE_POOL) == 1
    assert pessimistic_hits(expected, observed, cells(3), ONE_POOL) == 1
    assert pessimistic_hits(expected, observed, cells(4), ONE_POOL) == 3
    assert pessimistic_hits(expected, observed, cells(5), ONE_POOL) == 6


def test_most_hits__takes_the_fullest_cells_of_each_pool():
    observed, district = [5, 4, 3, 0, 1, 0], np.array([0, 0, 0, 1, 1, 1])
    assert most_hits(observed, cells(3), ONE_POOL) == 12
    assert most_hits(observed, Budget("x", "x", 3, by_district=(1, 2)), district) == 6


@settings(deadline=None, max_examples=150)
@given(forecasts())
def test_flagging__agrees_with_the_oracle(forecast):
    grid, expected, observed, budget, seed = forecast
    district, tie = home_of(grid), draw_ties(seed, 1, grid.n_inside)
    flagged = flag_cells(expected, budget, district, tie)
    assert flagged.tolist() == naive.flag(expected, budget, district, tie)
    worst = pessimistic_hits(expected, observed, budget, district)
    assert worst == naive.pessimistic_hits(expected, observed, budget, district)
    best = most_hits(observed, budget, district)
    assert best == naive.most_hits(observed, budget, district)
    assert worst <= observed[flagged].sum() <= best


@settings(deadline=None, max_examples=50)
@given(forecasts())
def test_flag_budgets__gives_each_budget_what_it_would_get_alone(forecast):
    grid, expected, _, budget, seed = forecast
    district, tie = home_of(grid), draw_ties(seed, 1, grid.n_inside)
    budgets = [cells(2), budget, cells(grid.n_inside), cells(1)]
    together = flag_budgets(expected, budgets, district, tie)
    for one, flagged in zip(budgets, together, strict=True):
        assert flagged.tolist() == flag_cells(expected, one, district, tie).tolist()
