"""Score a block of issued forecasts against what happened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evenbeat.core.backtest.budgets import Budget, require_distinct
from evenbeat.core.backtest.flagging import draw_ties, flag_budgets, most_hits, pessimistic_hits
from evenbeat.core.backtest.likelihood import poisson_deviance, sum_logs
from evenbeat.core.backtest.reliability import N_BINS, bin_of, sum_bins
from evenbeat.core.backtest.scores import Scores
from evenbeat.core.errors import BacktestError
from evenbeat.core.grid import Grid

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def score_windows(
    *,
    expected: npt.NDArray[np.floating],
    observed: npt.NDArray[np.number],
    models: tuple[str, ...],
    budgets: Sequence[Budget],
    grid: Grid,
    window_starts_s: Integers,
    first_window: int,
    seed: int,
    beside: npt.NDArray[np.number] | None = None,
) -> Scores:
    """Score several models of one crime type over a block of consecutive windows.

    Every window is scored by itself, so blocks may be scored anywhere and in any order:
    `Scores.concatenate` gives the same bits however the windows were cut.

    Parameters
    ----------
    expected
        Expected incidents of each cell inside, shape ``(models, windows, cells)``.
    observed
        Incidents that happened, or severity-weighted ones, shape ``(windows, cells)``.
    models
        Names of the models.
    budgets
        How many cells to flag.
    grid
        The study's grid; cells are in the order of ``grid.inside_index``.
    window_starts_s
        Start of each window in seconds since 1970 UTC, shape ``(windows,)``, increasing.
    first_window
        Number of the block's first window in the whole back-test, from 0.
    seed
        Seed for ties.
    beside
        What else counts into N because it happened in the jurisdiction, though in no cell, shape
        ``(windows,)``; nothing by default.

    Raises
    ------
    BacktestError
        Shapes do not fit, names or keys repeat, a count is negative or not finite, or windows do
        not increase.

    Examples
    --------
    >>> grid = Grid("EPSG:26971", 150.0, 0.0, 300.0, np.zeros((2, 2), np.int16))
    >>> scores = score_windows(
    ...     expected=np.array([[[0.1, 0.4, 0.2, 0.3]]]), observed=np.array([[0, 2, 0, 1]]),
    ...     models=("count_28",), budgets=[Budget.of_area(0.25, grid)], grid=grid,
    ...     window_starts_s=np.array([0]), first_window=0, seed=1,
    ... )
    >>> scores.hits.item(), scores.most_hits.item(), scores.flagged[0].tolist()
    (2.0, 2.0, [[[1]]])
    """
    budgets = tuple(budgets)
    require_distinct(budgets)
    _require_shapes(expected, observed, models, grid, window_starts_s)
    _require_budgets(budgets, grid)
    _require_counts(expected, "expected")
    _require_counts(observed, "observed")
    if beside is None:
        beside = np.zeros(len(window_starts_s))
    _require_beside(beside, window_starts_s)
    _require_windows(window_starts_s, first_window)
    district = grid.district.ravel()[grid.inside_index].astype(np.int64)
    numbers = first_window + np.arange(len(window_starts_s), dtype=np.int64)
    scores = _allocate(models, budgets, len(grid.district_ids), numbers, window_starts_s)
    scores.beside[:] = beside
    for window, number in enumerate(numbers):
        happened = np.ascontiguousarray(observed[window], dtype=np.float64)
        tie = draw_ties(seed, int(number), grid.n_inside)
        _score_observed(scores, window, happened, budgets, district)
        for model in range(len(models)):
            forecast = np.ascontiguousarray(expected[model, window], dtype=np.float64)
            _score_flagged(scores, model, window, forecast, happened, budgets, district, tie)
            _score_counts(scores, model, window, forecast, happened, district)
    return scores


def _score_observed(
    scores: Scores,
    window: int,
    happened: Floats,
    budgets: Sequence[Budget],
    district: Integers,
) -> None:
    n_districts = scores.observed_by_district.shape[1]
    scores.observed[window] = happened.sum()
    scores.observed_by_district[window] = np.bincount(
        district, weights=happened, minlength=n_districts
    )
    for index, budget in enumerate(budgets):
        scores.most_hits[window, index] = most_hits(happened, budget, district)


def _score_flagged(
    scores: Scores,
    model: int,
    window: int,
    forecast: Floats,
    happened: Floats,
    budgets: Sequence[Budget],
    district: Integers,
    tie: Integers,
) -> None:
    for index, cells in enumerate(flag_budgets(forecast, budgets, district, tie)):
        at = model, window, index
        scores.flagged[index][model, window] = cells
        scores.hits[at] = happened[cells].sum()
        scores.expected_flagged[at] = forecast[cells].sum()
        scores.hits_pessimistic[at] = pessimistic_hits(
            forecast, happened, budgets[index], district, cells
        )


def _score_counts(
    scores: Scores, model: int, window: int, forecast: Floats, happened: Floats, district: Integers
) -> None:
    n_districts = scores.observed_by_district.shape[1]
    at = model, window
    scores.log_sum[at] = sum_logs(happened, forecast)
    scores.expected[at] = forecast.sum()
    scores.deviance[at] = poisson_deviance(happened, forecast)
    scores.expected_by_district[at] = np.bincount(district, weights=forecast, minlength=n_districts)
    bins = bin_of(forecast)
    scores.bin_expected[model] += sum_bins(bins, forecast)
    scores.bin_observed[model] += sum_bins(bins, happened)
    scores.bin_cells[model] += np.bincount(bins, minlength=N_BINS)


def _allocate(
    models: tuple[str, ...],
    budgets: Sequence[Budget],
    n_districts: int,
    numbers: Integers,
    starts: Integers,
) -> Scores:
    n_models, n_windows, n_budgets = len(models), len(numbers), len(budgets)
    return Scores(
        models=tuple(models),
        budgets=tuple(budget.key for budget in budgets),
        window_numbers=numbers,
        window_starts_s=np.array(starts, dtype=np.int64),
        observed=np.zeros(n_windows),
        beside=np.zeros(n_windows),
        observed_by_district=np.zeros((n_windows, n_districts)),
        most_hits=np.zeros((n_windows, n_budgets)),
        hits=np.zeros((n_models, n_windows, n_budgets)),
        hits_pessimistic=np.zeros((n_models, n_windows, n_budgets)),
        expected_flagged=np.zeros((n_models, n_windows, n_budgets)),
        log_sum=np.zeros((n_models, n_windows)),
        expected=np.zeros((n_models, n_windows)),
        deviance=np.zeros((n_models, n_windows)),
        expected_by_district=np.zeros((n_models, n_windows, n_districts)),
        bin_expected=np.zeros((n_models, N_BINS)),
        bin_observed=np.zeros((n_models, N_BINS)),
        bin_cells=np.zeros((n_models, N_BINS), dtype=np.int64),
        flagged=tuple(
            np.zeros((n_models, n_windows, budget.n_cells), dtype=np.int32) for budget in budgets
        ),
    )


def _require_shapes(
    expected: npt.NDArray[np.floating],
    observed: npt.NDArray[np.number],
    models: tuple[str, ...],
    grid: Grid,
    window_starts_s: Integers,
) -> None:
    block = (len(window_starts_s), grid.n_inside)
    if expected.shape != (len(models), *block) or observed.shape != block:
        raise BacktestError(
            f"expected must have shape {(len(models), *block)} (models, windows, cells inside) and "
            f"observed {block}, got {expected.shape} and {observed.shape}. Take the cells of "
            "grid.inside_index and one start per window."
        )
    if not models or len(set(models)) != len(models) or not len(window_starts_s):
        raise BacktestError(
            f"Scoring needs a window and models with different names, got {len(window_starts_s)} "
            f"windows and {list(models)}. Score each model once."
        )


def _require_budgets(budgets: Sequence[Budget], grid: Grid) -> None:
    home = grid.district.ravel()[grid.inside_index]
    cells = np.bincount(home, minlength=len(grid.district_ids))
    for budget in budgets:
        quotas = budget.by_district
        fits = budget.n_cells <= grid.n_inside and (
            quotas is None or (len(quotas) == cells.size and bool((cells >= quotas).all()))
        )
        if not fits:
            raise BacktestError(
                f"The budget {budget.label!r} flags more cells than the grid has, or is of other "
                f"districts: {budget.n_cells} of {grid.n_inside} cells. Make it with this grid."
            )


def _require_counts(counts: npt.NDArray[np.number], name: str) -> None:
    low, high = float(counts.min()), float(counts.max())
    if not (low >= 0 and high < np.inf):
        raise BacktestError(
            f"{name} must hold finite counts of at least 0, got values from {low:g} to {high:g}. "
            "Fit or count again."
        )


def _require_beside(beside: npt.NDArray[np.number], window_starts_s: Integers) -> None:
    if np.shape(beside) != (len(window_starts_s),):
        raise BacktestError(
            f"beside must have shape {(len(window_starts_s),)} (windows), got {np.shape(beside)}. "
            "Count what happened beside the cells once for each window."
        )
    _require_counts(beside, "beside")


def _require_windows(starts: Integers, first_window: int) -> None:
    if first_window < 0 or (np.diff(starts) <= 0).any():
        raise BacktestError(
            f"Windows must start one after the other and be numbered from 0, got first window "
            f"{first_window} and starts {np.asarray(starts).tolist()[:5]}. Sort the windows."
        )
