"""The NIJ challenge: what it admits, how much it flags, how it scores."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from evenbeat.core.backtest import contest_budgets, require_contest, score_contest
from evenbeat.core.backtest.contest import RULES, horizon_end
from evenbeat.core.errors import BacktestError
from evenbeat.core.grid import Grid

FEET, METRES = "EPSG:2913", "EPSG:26971"


def square(cell_size, side=40, crs=FEET):
    return Grid(crs, cell_size, 0.0, side * cell_size, np.zeros((side, side), np.int16))


@pytest.mark.parametrize(
    ("crs", "cell_size"),
    [(FEET, 250.0), (FEET, 500.0), (FEET, 600.0), (METRES, 150.0), ("EPSG:2229", 600.0)],
)
def test_require_contest__admits_cells_of_250_to_600_feet(crs, cell_size):
    require_contest(square(cell_size, side=60, crs=crs), "1 week")


@pytest.mark.parametrize(("crs", "cell_size"), [(FEET, 249.0), (FEET, 601.0), (METRES, 250.0)])
def test_require_contest__refuses_other_cells(crs, cell_size):
    with pytest.raises(BacktestError, match=r"62,500 to 360,000 square feet, got .*250 to 600 ft"):
        require_contest(square(cell_size, crs=crs), "1 week")


def test_require_contest__refuses_other_horizons():
    with pytest.raises(BacktestError, match=r"covers 1 week, 2 weeks, .*3 months; got '4 weeks'"):
        require_contest(square(600.0), "4 weeks")


@pytest.mark.parametrize(
    ("horizon", "end"),
    [
        ("1 week", (2017, 3, 8)), ("2 weeks", (2017, 3, 15)), ("1 month", (2017, 4, 1)),
        ("2 months", (2017, 5, 1)), ("3 months", (2017, 6, 1)),
    ],
)  # fmt: skip
def test_horizon_end__is_a_whole_number_of_weeks_or_months(horizon, end):
    assert horizon_end(dt.date(2017, 3, 1), horizon) == dt.date(*end)


@pytest.mark.parametrize("cell_size", [250.0, 328.0, 500.0, 600.0])
def test_contest_budgets__stay_within_a_quarter_and_three_quarters_of_a_square_mile(cell_size):
    budgets = contest_budgets(square(cell_size, side=60))
    areas = [budget.n_cells * cell_size**2 / 5280**2 for budget in budgets]
    assert [budget.key for budget in budgets] == ["nij_0.25", "nij_0.5", "nij_0.75"]
    assert [budget.label for budget in budgets] == ["0.25 sq mi", "0.5 sq mi", "0.75 sq mi"]
    assert areas == pytest.approx(RULES.areas_sqmi, abs=cell_size**2 / 5280**2)
    assert areas[0] >= 0.25
    assert areas[2] <= 0.75


def test_contest_budgets__refuses_a_study_area_that_is_too_small():
    with pytest.raises(BacktestError, match=r"20 to 58 cells; the grid has 25 inside"):
        contest_budgets(square(600.0, side=5))


def test_score_contest__worked_by_hand():
    grid = square(600.0, side=20)
    expected, observed = np.zeros(400), np.zeros(400)
    expected[:20] = 2.0
    observed[10:30] = 1.0
    quarter, _, most = score_contest(
        expected=expected, observed=observed, events=25, grid=grid, seed=1
    )
    assert quarter.area_sqmi == pytest.approx(20 * 360_000 / 5280**2)
    assert (quarter.hits, quarter.most) == (10, 20)
    assert quarter.pai == pytest.approx((10 / 25) / (20 / 400))
    assert quarter.pei == 0.5
    assert most.most == 20


def test_score_contest__pei_is_pai_over_the_largest_of_the_same_area():
    grid = square(600.0, side=20)
    rng = np.random.default_rng(3)
    observed = rng.poisson(0.2, 400)
    ours = score_contest(expected=rng.random(400), observed=observed, events=90, grid=grid, seed=1)
    perfect = score_contest(expected=observed, observed=observed, events=90, grid=grid, seed=1)
    for one, best in zip(ours, perfect, strict=True):
        assert best.pei == 1
        assert one.pei == pytest.approx(one.pai / best.pai)


def test_score_contest__refuses_fewer_events_than_the_cells_hold():
    with pytest.raises(BacktestError, match=r"whole study area, got 3 while 400 happened"):
        score_contest(
            expected=np.ones(400), observed=np.ones(400), events=3,
            grid=square(600.0, side=20), seed=1,
        )  # fmt: skip
