"""Randomisation inference for a rate ratio: the lottery is drawn again for every incident.

Take a box-shift of which is known only that it was drawn for patrol or held out. The logged
chances say how likely the first was: ``e = inclusion / (inclusion + hold-out)``. If patrol
multiplies incidents by ``r``, an incident in such a box-shift fell into a patrolled one with the
chance ``p = r e / (r e + 1 - e)``, whatever the box's own rate, the season or the weather. So only
box-shifts with incidents count, and their outcomes stay as they are: what is drawn anew is who was
patrolled. At r = 1 this is Fisher's test of no effect at all.

Box-shifts are redrawn one by one. The lottery fixes how many boxes of a shift it takes, so its own
draws vary a little less: the intervals err to the wide side, the more so the denser incidents are.
Where earlier draws decide who is in later pools, each chance is that given the draws before, and
the terms of the sum remain free of drift.

For every redraw, each box-shift has one logistic number that says from which r on it is patrolled.
Sorted and summed up, they give the r at which the redraw reaches the treated incidents observed.
The share of redraws that reach it below r is the p-value of r on one side, so the quantiles of
these values are the limits of the inverted test. Half of the weight is that of redraws that go
beyond what was observed: the mid-p rule, without which few incidents give intervals too wide.

References
----------
Imbens & Rubin 2015, Causal Inference for Statistics, Social, and Biomedical Sciences, chapter 5,
doi:10.1017/CBO9781139025751. Lancaster 1961, Significance tests in discrete distributions,
doi:10.1080/01621459.1961.10482105 (mid-p).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.effects.estimate import TAIL

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

REDRAWS = 4999
_ROWS_AT_ONCE = 2_000_000
_TIE = 1e-9


@dataclass(frozen=True, eq=False)
class RatioDistribution:
    """The ratios at which redraws reach what was observed.

    Parameters
    ----------
    log_ratio
        Shape ``(2 * redraws,)``: ``redraws`` values that reach it, then those that go beyond, in
        the same order. Minus infinity without treated incidents, infinity without others.
    """

    log_ratio: Floats

    def limits(self) -> tuple[float, float]:
        """Return the 95 % limits of the ratio."""
        return limits_of(np.exp(self.log_ratio))

    def p_value(self) -> float:
        """Return the two-sided p-value of no effect; it agrees with the limits."""
        count = len(self.log_ratio)
        below = int(np.count_nonzero(self.log_ratio <= 0.0))
        above = int(np.count_nonzero(self.log_ratio >= 0.0))
        return min(1.0, 2.0 * (min(below, above) + 1) / (count + 2))


def limits_of(values: Floats) -> tuple[float, float]:
    """Return the values that cut off 2.5 % at either end.

    Examples
    --------
    >>> limits_of(np.arange(1.0, 79.0))
    (2.0, 77.0)
    """
    ordered = np.sort(values)
    rank = max(1, math.floor(TAIL * (len(ordered) + 2)))
    return float(ordered[rank - 1]), float(ordered[-rank])


def patrolled_chance(share: Floats, ratio: float) -> Floats:
    """Return the chance that an incident fell into a patrolled box-shift, under a ratio.

    Examples
    --------
    >>> patrolled_chance(np.array([0.75]), 1.0).tolist(), patrolled_chance(np.array([0.5]), 3.0)
    ([0.75], array([0.75]))
    """
    return np.asarray(ratio * share / (ratio * share + 1.0 - share))


def solve_ratio(count: Floats, patrolled: Flags, share: Floats) -> float:
    """Return the ratio at which the treated incidents are as many as expected.

    The root of ``sum(count * (patrolled - p(ratio)))``, the most likely ratio of Poisson counts.

    Parameters
    ----------
    count
        Outcome of each box-shift, above 0.
    patrolled
        Which were drawn for patrol.
    share
        Chance of that, given that it was drawn or held out.

    Returns
    -------
    0 without treated incidents, infinity without others, NaN without any.

    Examples
    --------
    >>> flags = np.array([True, True, False, False, False, False])
    >>> round(solve_ratio(np.ones(6), flags, np.full(6, 0.5)), 6)
    0.5
    """
    treated, total = float(count[patrolled].sum()), float(count.sum())
    if total == 0.0:
        return math.nan
    if treated in (0.0, total):
        return 0.0 if treated == 0.0 else math.inf
    from scipy.optimize import brentq

    logit = np.log(share) - np.log1p(-share)

    def surplus(log_ratio: float) -> float:
        return (
            float((count / (1.0 + np.exp(-np.clip(logit + log_ratio, -700, 700)))).sum()) - treated
        )

    pooled = math.log(treated) - math.log(total - treated)
    low, high = pooled - float(logit.max()) - 1.0, pooled - float(logit.min()) + 1.0
    return math.exp(float(brentq(surplus, low, high, xtol=1e-10)))


def redraw(
    count: Floats, patrolled: Flags, share: Floats, *, seed: int, redraws: int = REDRAWS
) -> RatioDistribution:
    """Draw the lottery again and return the ratios at which it gives what was observed.

    Parameters
    ----------
    count, patrolled, share
        As of `solve_ratio`.
    seed
        Seed of the redraws.
    redraws
        Their number.

    Examples
    --------
    >>> flags = np.arange(100) < 50
    >>> low, high = redraw(np.ones(100), flags, np.full(100, 0.5), seed=1).limits()
    >>> 0.6 < low < 0.7 and 1.4 < high < 1.6
    True
    """
    rng = np.random.default_rng(seed)
    logit = np.log(share) - np.log1p(-share)
    observed = float(count[patrolled].sum())
    slack = _TIE * max(float(count.sum()), 1.0)
    reach, exceed = np.empty(redraws), np.empty(redraws)
    rows = max(1, _ROWS_AT_ONCE // max(len(count), 1))
    for first in range(0, redraws, rows):
        last = min(first + rows, redraws)
        edge = rng.logistic(size=(last - first, len(count))) - logit
        order = np.argsort(edge, axis=1)
        sums = np.cumsum(count[order], axis=1)
        edge = np.take_along_axis(edge, order, axis=1)
        reach[first:last] = _first(edge, sums >= observed - slack) if observed > slack else -np.inf
        exceed[first:last] = _first(edge, sums > observed + slack)
    return RatioDistribution(np.concatenate([reach, exceed]))


def _first(edge: Floats, passed: Flags) -> Floats:
    """Return the first edge of each row that is passed; infinity where none is."""
    if not passed.shape[1]:
        return np.full(len(passed), np.inf)
    place = passed.argmax(axis=1)
    return np.where(passed[:, -1], edge[np.arange(len(edge)), place], np.inf)
