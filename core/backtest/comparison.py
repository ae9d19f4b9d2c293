"""The parts that every summary shares: its period, its rates with intervals, its rivals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.backtest.bootstrap import (
    Resamples,
    block_length,
    draw_blocks,
    paired_difference,
    rate_interval,
)
from evenbeat.core.backtest.breakdowns import plain_number
from evenbeat.core.backtest.windows import WindowFacts
from evenbeat.core.errors import BacktestError

Floats = npt.NDArray[np.float64]
Numbers = dict[str, float | int | None]


def name_rivals(model: str, baselines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the model and then its baselines.

    Raises
    ------
    BacktestError
        A name repeats.

    Examples
    --------
    >>> name_rivals("evenbeat", ("count_28", "count_365"))
    ('evenbeat', 'count_28', 'count_365')
    """
    names = (model, *baselines)
    if len(set(names)) != len(names):
        raise BacktestError(
            f"The model and its baselines must differ, got {list(names)}. Name each once."
        )
    return names


def draw_windows(windows: WindowFacts, seed: int) -> Resamples:
    """Draw the resamples of a summary: blocks of 28 days, or of an eighth of the windows."""
    n_windows = len(windows.dates)
    return draw_blocks(n_windows, block=block_length(windows.days, n_windows), seed=seed)


def describe_period(windows: WindowFacts, resamples: Resamples) -> dict[str, Any]:
    """Return how many windows there are, from when to when, and how they were resampled."""
    return {
        "windows": len(windows.dates),
        "first": windows.dates[0].isoformat(),
        "last": windows.last.isoformat(),
        "bootstrap": {
            "method": "circular block bootstrap",
            "block_windows": resamples.block,
            "resamples": len(resamples.starts),
            "level": 0.95,
        },
    }


def rate_numbers(hits: Floats, events: Floats, resamples: Resamples) -> Numbers:
    """Return the hit rate with its interval; hits and events have shape ``(windows,)``."""
    rate = rate_interval(hits, events, resamples)
    return {
        "hit_rate": plain_number(rate.estimate),
        "hit_rate_low": plain_number(rate.low),
        "hit_rate_high": plain_number(rate.high),
    }


def compare_rivals(
    hits: Floats,
    names: tuple[str, ...],
    keys: Sequence[str],
    events: Floats,
    resamples: Resamples,
) -> dict[str, Any]:
    """Return the best baseline of each budget, and the first model against it and against all.

    The best is the one that captured most over these very windows, chosen with hindsight, the
    first of equals: the comparison is against the hardest.

    Parameters
    ----------
    hits
        Shape ``(models, windows, budgets)``, the judged model first.
    names, keys
        Names along the first axis, and keys along the last.
    events
        Shape ``(windows,)``.
    resamples
        The same for every model.
    """
    if len(names) < 2:
        return {"best_baseline": {}, "paired": {}, "paired_all": {}}
    against = {
        key: {
            name: pair_numbers(hits[0, :, index], hits[place, :, index], events, resamples)
            for place, name in enumerate(names[1:], 1)
        }
        for index, key in enumerate(keys)
    }
    first_of_best = hits[1:].sum(axis=1).argmax(axis=0)
    best = {key: names[1 + int(place)] for key, place in zip(keys, first_of_best, strict=True)}
    return {
        "best_baseline": best,
        "paired": {key: {"baseline": name, **against[key][name]} for key, name in best.items()},
        "paired_all": against,
    }


def pair_numbers(ours: Floats, theirs: Floats, events: Floats, resamples: Resamples) -> Numbers:
    """Return how many more hits one forecast has than another, each of shape ``(windows,)``."""
    gap = paired_difference(ours, theirs, events, resamples)
    figures = {
        "difference_points": gap.points.estimate,
        "difference_low": gap.points.low,
        "difference_high": gap.points.high,
        "relative": gap.relative.estimate,
        "relative_low": gap.relative.low,
        "relative_high": gap.relative.high,
        "share_above_zero": gap.share_above_zero,
    }
    return {name: plain_number(value) for name, value in figures.items()}
