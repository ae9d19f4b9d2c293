"""Do expected counts come true? Fine bins that add up over blocks, and deciles read from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

BINS_PER_DOUBLING = 16
_LOWEST, _HIGHEST = -40, 16
N_BINS = BINS_PER_DOUBLING * (_HIGHEST - _LOWEST)
"""Bins of expected count from 2**-41 to 2**15, sixteen to each doubling; the ends take the rest."""

_GRAIN = 2.0**30


def bin_of(expected: npt.ArrayLike) -> Integers:
    """Return the bin of each expected count, between 0 and `N_BINS` - 1.

    Taken from the binary exponent and mantissa and not from a logarithm, whose last bit differs
    between machines.

    Examples
    --------
    >>> bin_of([0.0, 0.25, 0.5, 1.0]).tolist()
    [0, 624, 640, 656]
    """
    values = np.asarray(expected, dtype=np.float64)
    mantissa, exponent = np.frexp(values)
    step = np.floor((2.0 * mantissa - 1.0) * BINS_PER_DOUBLING)
    place = (exponent - _LOWEST) * BINS_PER_DOUBLING + step
    return np.where(values > 0, np.clip(place, 0, N_BINS - 1), 0).astype(np.int64)


def sum_bins(bins: Integers, values: Floats) -> Floats:
    """Return the sum of values in each bin, shape ``(N_BINS,)``, to the nearest 2**-30.

    Sums of such numbers are exact below 8 million, so blocks of windows add up to the same bits
    in whatever order they are added.
    """
    sums = np.bincount(bins, weights=values, minlength=N_BINS)
    return np.asarray(np.rint(sums * _GRAIN) / _GRAIN, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Reliability:
    """Groups of cell-windows from the lowest expected count to the highest.

    Parameters
    ----------
    expected, observed
        Sums over each group, shape ``(groups,)``; each group has the same expected sum.
    cell_windows
        Cell-windows in each group, to whole numbers.
    """

    expected: Floats
    observed: Floats
    cell_windows: Integers


def group_bins(
    expected: Floats, observed: Floats, cells: Integers, groups: int = 10
) -> Reliability:
    """Cut the bins into groups of equal expected sum: reliability by decile.

    Most cells expect almost nothing, so tenths of the cells would put all that matters into the
    last; tenths of the expected sum weigh a cell by what it expects. A bin that a cut falls into
    is shared out in proportion: its counts are within about 6 % of one another.

    Parameters
    ----------
    expected, observed, cells
        Sum of expected and of observed counts, and number of cell-windows, shape ``(N_BINS,)``.
    groups
        Number of groups.

    Examples
    --------
    >>> two = group_bins(np.array([1.0, 3.0]), np.array([2.0, 3.0]), np.array([90, 10]), groups=2)
    >>> two.expected.tolist(), two.observed.tolist(), two.cell_windows.tolist()
    ([2.0, 2.0], [3.0, 2.0], [93, 7])
    """
    mass = np.concatenate([[0.0], np.cumsum(expected)])
    cuts = mass[-1] * np.arange(groups + 1) / groups

    def share_out(values: npt.NDArray[np.generic]) -> Floats:
        running = np.concatenate([[0.0], np.cumsum(values)])
        at_cuts = np.interp(cuts, mass, running)
        at_cuts[0], at_cuts[-1] = 0.0, running[-1]
        return np.asarray(at_cuts, dtype=np.float64)

    return Reliability(
        np.diff(cuts),
        np.diff(share_out(observed)),
        np.diff(np.rint(share_out(cells))).astype(np.int64),
    )


def observed_over_expected(observed: float, expected: float) -> float:
    """Return O/E: above 1 more happened than was forecast; NaN when nothing was.

    Examples
    --------
    >>> observed_over_expected(observed=90, expected=100.0)
    0.9
    """
    return observed / expected if expected > 0 else math.nan
