"""Small grids, forecasts and happenings for the tests of the back-test."""

from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import strategies as st

from evenbeat.core.backtest import Budget, WindowFacts, score_windows
from evenbeat.core.grid import Grid

DAY_S = 86_400


def small_grid(height=6, width=7, districts=3, *, cell_size=150.0, crs="EPSG:26971"):
    """Return a grid with districts in bands of rows and a hole outside in its first corner."""
    district = np.repeat((np.arange(height) * districts // height)[:, None], width, axis=1)
    district[0, 0] = -1
    ids = tuple(f"d{index}" for index in range(districts))
    north = height * cell_size
    return Grid(crs, cell_size, 0.0, north, district.astype(np.int16), ids)


def home_of(grid):
    return grid.district.ravel()[grid.inside_index]


def dates_from(first, n_windows, days=1):
    return tuple(first + dt.timedelta(days=days * step) for step in range(n_windows))


def daily(n_windows, first=dt.date(2017, 1, 1)):
    return WindowFacts(dates_from(first, n_windows), shifts=3, days=1.0)


def starts(n_windows, first_window=0):
    return DAY_S * (17_000 + first_window + np.arange(n_windows))


def score(expected, observed, grid, budgets=None, *, models=None, first_window=0, seed=5):
    expected = np.asarray(expected)
    return score_windows(
        expected=expected,
        observed=np.asarray(observed),
        models=models or tuple(f"m{index}" for index in range(len(expected))),
        budgets=budgets or [Budget.of_area(0.1, grid)],
        grid=grid,
        window_starts_s=starts(expected.shape[1], first_window),
        first_window=first_window,
        seed=seed,
    )


def simulated(grid, n_windows=20, n_models=2, seed=1, rate=0.3):
    """Return expected and observed counts; the first model is the truth, the others blur it."""
    rng = np.random.default_rng(seed)
    truth = rng.gamma(0.5, 2 * rate, (n_windows, grid.n_inside))
    blurred = [truth] + [
        truth * rng.lognormal(0, 0.7 * place, truth.shape) for place in range(1, n_models)
    ]
    return np.stack(blurred).astype(np.float32), rng.poisson(truth)


@st.composite
def forecasts(draw):
    """Draw a grid, expected counts with many ties, observed counts, a budget and a seed."""
    grid = small_grid(draw(st.integers(2, 5)), draw(st.integers(2, 5)), draw(st.integers(1, 2)))
    cells = grid.n_inside
    values = st.sampled_from([0.0, 0.001, 0.25, 0.5, 2.0])
    expected = draw(st.lists(values, min_size=cells, max_size=cells))
    observed = draw(st.lists(st.integers(0, 3), min_size=cells, max_size=cells))
    if draw(st.booleans()):
        budget = Budget.of_area(draw(st.floats(0.01, 1.0)), grid)
    else:
        budget = Budget.of_boxes(draw(st.integers(1, 4)), grid)
    return grid, np.array(expected), np.array(observed), budget, draw(st.integers(0, 99))
