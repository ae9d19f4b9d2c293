"""A back-test as plain values for JSON: every figure of every model, and the paired comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evenbeat.core.backtest.bootstrap import Resamples
from evenbeat.core.backtest.breakdowns import (
    district_rows,
    month_rows,
    plain_number,
    quarter_rows,
    reliability_rows,
)
from evenbeat.core.backtest.budgets import Budget
from evenbeat.core.backtest.comparison import (
    compare_rivals,
    describe_period,
    draw_windows,
    name_rivals,
    rate_numbers,
)
from evenbeat.core.backtest.likelihood import information_gain, log_score, mean_deviance
from evenbeat.core.backtest.metrics import pai, pei, precision_per_box_shift, rri, ser, stability
from evenbeat.core.backtest.reliability import observed_over_expected
from evenbeat.core.backtest.scores import Scores
from evenbeat.core.backtest.windows import WindowFacts
from evenbeat.core.errors import BacktestError
from evenbeat.core.grid import Grid


def summarize_type(
    scores: Scores,
    *,
    model: str,
    baselines: tuple[str, ...],
    budgets: Sequence[Budget],
    grid: Grid,
    windows: WindowFacts,
    seed: int,
) -> dict[str, Any]:
    """Summarize the scores of one crime type.

    The best baseline of each budget is the one that captured most over the very windows that are
    summarized, chosen with hindsight: the paired comparison is against the hardest of them.

    Parameters
    ----------
    scores
        Scores of all windows.
    model
        The model that is judged.
    baselines
        The models that it must beat.
    budgets
        The budgets of the scores, in their order.
    grid
        The study's grid.
    windows
        Dates and length of the windows.
    seed
        Seed of the bootstrap.

    Returns
    -------
    dict
        Plain JSON values, numbers to 6 digits, None where a figure has no meaning. Each budget's
        ``area_share`` is what its whole cells flag, a / A. ``events`` is N, of which
        ``events_beside`` happened in no cell; what was expected is judged by the cells alone.

    Raises
    ------
    BacktestError
        A model was not scored, or budgets, districts or windows are not those of the scores.
    """
    _require_fit(scores, budgets, grid, windows)
    resamples = draw_windows(windows, seed)
    names = name_rivals(model, baselines)
    positions = [scores.model(name) for name in names]
    return {
        "events": plain_number(scores.events.sum()),
        "events_beside": plain_number(scores.beside.sum()),
        **describe_period(windows, resamples),
        "models": {
            name: _summarize_model(scores, position, budgets, grid, windows, resamples)
            for name, position in zip(names, positions, strict=True)
        },
        **compare_rivals(scores.hits[positions], names, scores.budgets, scores.events, resamples),
    }


def _summarize_model(
    scores: Scores,
    model: int,
    budgets: Sequence[Budget],
    grid: Grid,
    windows: WindowFacts,
    resamples: Resamples,
) -> dict[str, Any]:
    events, expected = float(scores.observed.sum()), float(scores.expected[model].sum())
    log_sum = float(scores.log_sum[model].sum())
    cell_windows = grid.n_inside * scores.n_windows
    deviance = mean_deviance(float(scores.deviance[model].sum()), cell_windows)
    gain = information_gain(log_sum, expected, events, cell_windows)
    return {
        "budgets": {
            budget.key: _summarize_budget(scores, model, index, budget, grid, windows, resamples)
            for index, budget in enumerate(budgets)
        },
        "gain_nats": plain_number(gain),
        "log_score": plain_number(log_score(log_sum, expected, events)),
        "deviance": plain_number(deviance),
        "expected_total": plain_number(expected),
        "observed_over_expected": plain_number(observed_over_expected(events, expected)),
        "reliability": reliability_rows(scores, model),
        "by_quarter": quarter_rows(scores, model, windows.quarters),
        "by_district": district_rows(scores, model, grid.district_ids),
        "over_time": {
            budget.key: month_rows(scores, model, index, windows.months, budget.share_of(grid))
            for index, budget in enumerate(budgets)
        },
    }


def _summarize_budget(
    scores: Scores,
    model: int,
    index: int,
    budget: Budget,
    grid: Grid,
    windows: WindowFacts,
    resamples: Resamples,
) -> dict[str, Any]:
    at = model, slice(None), index
    hits, events = float(scores.hits[at].sum()), float(scores.events.sum())
    most, promised = float(scores.most_hits[:, index].sum()), scores.expected_flagged[at].sum()
    area_share, area_km2 = budget.share_of(grid), budget.area_km2(grid)
    shifts = windows.shifts * scores.n_windows
    figures = {
        "area_share": area_share,
        "area_km2": area_km2,
        "hits": hits,
        "hits_pessimistic": scores.hits_pessimistic[at].sum(),
        "pai": pai(hits, events, area_share),
        "pei": pei(hits, most),
        "rri": rri(promised, hits),
        "ser": ser(hits, area_km2, scores.n_windows),
        "precision_per_box_shift": precision_per_box_shift(hits, budget.n_cells, shifts),
        "stability": stability(scores.flagged[index][model], windows.per_day),
    }
    return {
        "label": budget.label,
        "cells": budget.n_cells,
        **{name: plain_number(value) for name, value in figures.items()},
        **rate_numbers(scores.hits[at], scores.events, resamples),
    }


def _require_fit(
    scores: Scores, budgets: Sequence[Budget], grid: Grid, windows: WindowFacts
) -> None:
    given = tuple(budget.key for budget in budgets)
    n_districts = scores.observed_by_district.shape[1]
    if given != scores.budgets or n_districts != len(grid.district_ids):
        raise BacktestError(
            f"The scores are of the budgets {list(scores.budgets)} and {n_districts} districts, got"
            f" {list(given)} and {len(grid.district_ids)}. Summarize with what was scored."
        )
    if scores.n_windows != len(windows.dates):
        raise BacktestError(
            f"The scores cover {scores.n_windows} windows, got dates of {len(windows.dates)}. "
            "Give the date of every window that was scored."
        )
