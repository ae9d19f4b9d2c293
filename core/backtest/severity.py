"""All crime types together, each weighed by its severity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.backtest.breakdowns import plain_number
from evenbeat.core.backtest.budgets import Budget, require_distinct
from evenbeat.core.backtest.comparison import (
    compare_rivals,
    describe_period,
    draw_windows,
    name_rivals,
    rate_numbers,
)
from evenbeat.core.backtest.windows import WindowFacts
from evenbeat.core.errors import BacktestError

Floats = npt.NDArray[np.float64]


def summarize_severity(
    *,
    weighted_hits: Floats,
    weighted_totals: Floats,
    models: tuple[str, ...],
    model: str,
    baselines: tuple[str, ...],
    budgets: Sequence[Budget],
    windows: WindowFacts,
    seed: int,
) -> dict[str, Any]:
    """Summarize the severity-weighted hit rate, sum(w n) / sum(w N), over all types together.

    Parameters
    ----------
    weighted_hits
        Sum over types of weight times hits, shape ``(models, windows, budgets)``.
    weighted_totals
        Sum over types of weight times events, shape ``(windows,)``.
    models
        Names along the first axis.
    model, baselines
        The model that is judged, and those that it must beat.
    budgets
        Budgets along the last axis.
    windows
        Dates and length of the windows.
    seed
        Seed of the bootstrap.

    Returns
    -------
    dict
        Plain JSON values; ``models`` holds the figures by model and then by key of the budget.

    Raises
    ------
    BacktestError
        Shapes do not fit, or a model is not among `models`.

    Examples
    --------
    >>> import datetime as dt
    >>> told = summarize_severity(
    ...     weighted_hits=np.array([[[30.0]], [[10.0]]]), weighted_totals=np.array([100.0]),
    ...     models=("evenbeat", "count_28"), model="evenbeat", baselines=("count_28",),
    ...     budgets=[Budget("2 cells", "cells_2", 2)], seed=1,
    ...     windows=WindowFacts((dt.date(2017, 1, 1),), shifts=3, days=1.0),
    ... )
    >>> told["models"]["evenbeat"]["cells_2"]["hit_rate"], told["paired"]["cells_2"]["relative"]
    (0.3, 2)
    """
    require_distinct(tuple(budgets))
    names = name_rivals(model, baselines)
    _require_fit(weighted_hits, weighted_totals, models, names, budgets, windows)
    resamples = draw_windows(windows, seed)
    hits = weighted_hits[[models.index(name) for name in names]]
    return {
        "weighted_events": plain_number(weighted_totals.sum()),
        **describe_period(windows, resamples),
        "models": {
            name: {
                budget.key: {
                    "label": budget.label,
                    "weighted_hits": plain_number(hits[place, :, index].sum()),
                    **rate_numbers(hits[place, :, index], weighted_totals, resamples),
                }
                for index, budget in enumerate(budgets)
            }
            for place, name in enumerate(names)
        },
        **compare_rivals(
            hits, names, [budget.key for budget in budgets], weighted_totals, resamples
        ),
    }


def _require_fit(
    weighted_hits: Floats,
    weighted_totals: Floats,
    models: tuple[str, ...],
    names: tuple[str, ...],
    budgets: Sequence[Budget],
    windows: WindowFacts,
) -> None:
    n_windows = len(windows.dates)
    wanted = (len(models), n_windows, len(budgets))
    if weighted_hits.shape != wanted or weighted_totals.shape != (n_windows,):
        raise BacktestError(
            f"weighted_hits must have shape {wanted} (models, windows, budgets) and weighted_totals"
            f" {(n_windows,)}, got {weighted_hits.shape} and {weighted_totals.shape}. Give the "
            "windows and budgets that were scored."
        )
    missing = [name for name in names if name not in models]
    if missing:
        raise BacktestError(f"The models {missing} are not among {list(models)}. Score them first.")
