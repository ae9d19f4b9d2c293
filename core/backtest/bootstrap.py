"""How sure is a hit rate, or a difference of two? A block bootstrap over consecutive windows.

Crime of one week resembles that of the next, so windows are not independent, and drawing them
one by one would give intervals that are too narrow. The **circular block bootstrap** draws runs
of consecutive windows instead, the first window following the last; every window is then equally
likely to be drawn.

References
----------
Künsch 1989, The jackknife and the bootstrap for general stationary observations,
doi:10.1214/aos/1176347265 (blocks). Politis & Romano 1992, A circular block-resampling procedure
for stationary data, in LePage & Billard, Exploring the Limits of Bootstrap, 263-270 (the circle).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import BacktestError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

RESAMPLES = 2000
BLOCK_DAYS = 28.0
_FEWEST_BLOCKS = 8
_TAIL = 0.025


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % percentile interval; NaN where it cannot be told."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class PairedDifference:
    """How much more one model captures than another, over the same resampled windows.

    Parameters
    ----------
    points
        Difference of the hit rates in percentage points.
    relative
        Hits of the model over hits of the other, less 1.
    share_above_zero
        Share of resamples in which the model captured more.
    """

    points: Interval
    relative: Interval
    share_above_zero: float


@dataclass(frozen=True, eq=False)
class Resamples:
    """Runs of windows drawn with replacement, the same for everything that is compared.

    Parameters
    ----------
    starts
        First window of each block, shape ``(resamples, blocks)``.
    n_windows
        Number of windows, in the sample and in each resample.
    block
        Windows in a block; the last block of a resample is cut to fit.
    """

    starts: Integers
    n_windows: int
    block: int

    def sums(self, values: npt.ArrayLike) -> Floats:
        """Return the sum over each resample of one value per window, shape ``(resamples,)``.

        Raises
        ------
        BacktestError
            There is not one value per window.
        """
        series = np.asarray(values, dtype=np.float64)
        if series.shape != (self.n_windows,):
            raise BacktestError(
                f"The bootstrap needs one value for each of {self.n_windows} windows, got shape "
                f"{series.shape}. Draw the blocks for these windows."
            )
        whole, rest = divmod(self.n_windows, self.block)
        around = np.concatenate([series, series[: self.block]])
        running = np.concatenate([[0.0], np.cumsum(around)])

        def sums_from(length: int) -> Floats:
            ends, begins = running[length : length + self.n_windows], running[: self.n_windows]
            return np.asarray(ends - begins, dtype=np.float64)

        total = sums_from(self.block)[self.starts[:, :whole]].sum(axis=1)
        if rest:
            total = total + sums_from(rest)[self.starts[:, whole]]
        return np.asarray(total, dtype=np.float64)


def block_length(days_per_window: float, n_windows: int) -> int:
    """Return how many windows make a block: 28 days' worth, but no more than an eighth of all.

    With fewer than eight blocks the resamples are too alike, and the interval looks too narrow.

    Examples
    --------
    >>> block_length(days_per_window=1.0, n_windows=365), block_length(7.0, n_windows=13)
    (28, 1)
    """
    return max(1, min(round(BLOCK_DAYS / days_per_window), n_windows // _FEWEST_BLOCKS))


def draw_blocks(n_windows: int, *, block: int, seed: int, resamples: int = RESAMPLES) -> Resamples:
    """Draw the blocks of a circular block bootstrap.

    Parameters
    ----------
    n_windows
        Number of consecutive windows.
    block
        Windows in a block, from `block_length`.
    seed
        Seed of the draw.
    resamples
        Number of resamples.

    Raises
    ------
    BacktestError
        The block is not within 1 and the number of windows, or there are no resamples.

    Examples
    --------
    >>> draw_blocks(10, block=4, seed=1, resamples=2).starts.shape
    (2, 3)
    """
    if not 1 <= block <= n_windows or resamples < 1:
        raise BacktestError(
            f"A block must hold 1 to {n_windows} windows and resamples be at least 1, got a block "
            f"of {block} and {resamples} resamples. Take the block from block_length."
        )
    rng = np.random.default_rng(seed)
    n_blocks = -(-n_windows // block)
    return Resamples(rng.integers(0, n_windows, (resamples, n_blocks)), n_windows, block)


def rate_interval(hits: npt.ArrayLike, events: npt.ArrayLike, resamples: Resamples) -> Interval:
    """Return the hit rate over all windows with its 95 % interval.

    Parameters
    ----------
    hits, events
        n and N of each window, shape ``(windows,)``. Resamples without events are left out.
    resamples
        From `draw_blocks`.

    Examples
    --------
    >>> same = rate_interval(np.full(20, 2), np.full(20, 10), draw_blocks(20, block=2, seed=1))
    >>> same.estimate, same.low, same.high
    (0.2, 0.2, 0.2)
    """
    totals = resamples.sums(events)
    told = totals > 0
    rates = resamples.sums(hits)[told] / totals[told]
    all_events = float(np.sum(events))
    estimate = float(np.sum(hits)) / all_events if all_events > 0 else math.nan
    return _interval(estimate, rates, resamples.n_windows)


def paired_difference(
    hits: npt.ArrayLike, baseline: npt.ArrayLike, events: npt.ArrayLike, resamples: Resamples
) -> PairedDifference:
    """Return how much more a model captures than a baseline, window for window.

    Parameters
    ----------
    hits, baseline
        n of the model and of the baseline in each window, shape ``(windows,)``.
    events
        N of each window. Resamples without events are left out.
    resamples
        From `draw_blocks`.

    Returns
    -------
    PairedDifference
        A relative limit is infinite where the baseline captured nothing in the resample.

    Examples
    --------
    >>> blocks = draw_blocks(20, block=2, seed=1)
    >>> gain = paired_difference(np.full(20, 3), np.full(20, 2), np.full(20, 10), blocks)
    >>> round(gain.points.low, 6), round(gain.relative.high, 6), gain.share_above_zero
    (10.0, 0.5, 1.0)
    """
    totals = resamples.sums(events)
    told = totals > 0
    ours, theirs = resamples.sums(hits)[told], resamples.sums(baseline)[told]
    points = 100.0 * (ours - theirs) / totals[told]
    ours_in_all, theirs_in_all = float(np.sum(hits)), float(np.sum(baseline))
    all_events = float(np.sum(events))
    point = 100.0 * (ours_in_all - theirs_in_all) / all_events if all_events > 0 else math.nan
    relative = float(_relative(np.array([ours_in_all]), np.array([theirs_in_all]))[0])
    n_windows = resamples.n_windows
    return PairedDifference(
        _interval(point, points, n_windows),
        _interval(relative, _relative(ours, theirs), n_windows),
        float((points > 0).mean()) if points.size and n_windows > 1 else math.nan,
    )


def _relative(ours: Floats, theirs: Floats) -> Floats:
    """Return ours / theirs - 1: infinite over nothing, and 0 where both are nothing."""
    over_nothing = np.where(ours > 0, np.inf, 0.0)
    quotient = np.divide(ours, theirs, out=np.ones_like(ours), where=theirs > 0) - 1.0
    return np.where(theirs > 0, quotient, over_nothing)


def _interval(estimate: float, values: Floats, n_windows: int) -> Interval:
    """Return the percentile interval; one window, or no resample with events, tells nothing."""
    if n_windows < 2 or not values.size:
        return Interval(estimate, math.nan, math.nan)
    ordered = np.sort(values)
    cut = int(_TAIL * ordered.size)
    return Interval(estimate, float(ordered[cut]), float(ordered[ordered.size - 1 - cut]))
