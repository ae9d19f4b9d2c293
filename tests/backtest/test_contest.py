"""The NIJ challenge: what it admits, how much it flags, what N counts."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from evenbeat.core.backtest import (
    WindowFacts,
    contest_budgets,
    require_contest,
    score_windows,
    summarize_type,
)
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


def told_of(expected, observed, beside, *, n_windows=1):
    """Score one model and a count of everything as the contest does, and summarize."""
    grid, models = square(600.0, side=20), ("evenbeat", "count_28")
    budgets = contest_budgets(grid)
    expected = np.tile(np.asarray(expected, float), (2, n_windows, 1))
    expected[1] = np.arange(400)[::-1]
    scores = score_windows(
        expected=expected, observed=np.tile(np.asarray(observed, float), (n_windows, 1)),
        beside=np.full(n_windows, float(beside)), models=models, budgets=budgets, grid=grid,
        window_starts_s=604_800 * np.arange(n_windows), first_window=0, seed=1,
    )  # fmt: skip
    dates = tuple(dt.date(2017, 3, 1) + dt.timedelta(weeks=week) for week in range(n_windows))
    return summarize_type(
        scores, model=models[0], baselines=models[1:], budgets=budgets, grid=grid,
        windows=WindowFacts(dates, 21, 7.0), seed=3,
    )  # fmt: skip


def test_contest_scores__worked_by_hand():
    expected, observed = np.zeros(400), np.zeros(400)
    expected[:20] = 2.0
    observed[10:30] = 1.0
    told = told_of(expected, observed, beside=5)
    assert (told["events"], told["events_beside"]) == (25, 5)
    quarter = told["models"]["evenbeat"]["budgets"]["nij_0.25"]
    assert quarter["area_km2"] / 2.589988 == pytest.approx(20 * 360_000 / 5280**2, rel=1e-5)
    assert quarter["hits"] == 10
    assert quarter["hit_rate"] == 10 / 25
    assert quarter["pai"] == pytest.approx((10 / 25) / (20 / 400))
    assert quarter["pei"] == 0.5
    count = told["models"]["count_28"]["budgets"]["nij_0.25"]
    assert count["pai"] == pytest.approx((10 / 25) / (20 / 400))
    month = told["models"]["evenbeat"]["over_time"]["nij_0.25"][0]
    assert (month["events"], month["pai"]) == (25, quarter["pai"])


def test_contest_scores__what_lies_beside_lowers_pai_alone():
    rng = np.random.default_rng(3)
    expected, observed = rng.random(400), rng.poisson(0.2, 400)
    seen = observed.sum()
    inside, whole = (told_of(expected, observed, beside, n_windows=30) for beside in (0, seen))
    assert whole["events"] == 2 * inside["events"]
    for name in ("evenbeat", "count_28"):
        one, other = inside["models"][name], whole["models"][name]
        for key, at in one["budgets"].items():
            halved = other["budgets"][key]
            for figure in ("pai", "hit_rate", "hit_rate_low", "hit_rate_high"):
                assert halved[figure] == pytest.approx(at[figure] / 2, abs=1e-5), figure
            for figure in ("pei", "hits", "rri", "ser", "precision_per_box_shift"):
                assert halved[figure] == at[figure], figure
        for figure in ("gain_nats", "observed_over_expected", "reliability", "by_quarter"):
            assert other[figure] == one[figure], figure
    for key, paired in inside["paired"].items():
        assert whole["paired"][key]["relative"] == paired["relative"]
        assert whole["paired"][key]["difference_points"] == pytest.approx(
            paired["difference_points"] / 2, abs=1e-5
        )


def test_contest_scores__pei_is_pai_over_the_largest_of_the_same_area():
    rng = np.random.default_rng(3)
    observed = rng.poisson(0.2, 400)
    ours, perfect = (told_of(expected, observed, 9)["models"]["evenbeat"]["budgets"]
                     for expected in (rng.random(400), observed))  # fmt: skip
    for key, at in ours.items():
        assert perfect[key]["pei"] == 1
        assert at["pei"] == pytest.approx(at["pai"] / perfect[key]["pai"], rel=1e-5)


@pytest.mark.parametrize(
    ("beside", "message"),
    [([-1.0], "beside must hold finite counts"), ([1.0, 2.0], r"shape \(1,\) \(windows\)")],
)
def test_contest_scores__refuses_what_is_no_count_of_each_window(beside, message):
    grid = square(600.0, side=20)
    with pytest.raises(BacktestError, match=message):
        score_windows(
            expected=np.ones((1, 1, 400)), observed=np.ones((1, 400)), beside=np.array(beside),
            models=("evenbeat",), budgets=contest_budgets(grid), grid=grid,
            window_starts_s=np.zeros(1, dtype=np.int64), first_window=0, seed=1,
        )  # fmt: skip
