"""Evenness: how equally minutes are shared, and which trade-offs no other one beats."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import PlanError


def gini(amount: npt.ArrayLike, size: npt.ArrayLike | None = None) -> float:
    """Return the Gini coefficient of amounts over parts of unequal size.

    It is the mean difference of amount per size between two random units of size, as a share of
    twice the mean: 0 where every unit of size has the same, towards 1 where one has all. NaN
    where there is nothing to share.

    Parameters
    ----------
    amount
        What each part has, at least 0; shape ``(part,)``.
    size
        Area or other size of each part; equal by default. A part without size is left out.

    Raises
    ------
    PlanError
        An amount or size is negative, or their lengths differ.

    References
    ----------
    Dorfman 1979, https://doi.org/10.2307/1924845: the area beside the Lorenz curve.

    Examples
    --------
    >>> gini([1.0, 1.0, 1.0, 1.0]), gini([0.0, 0.0, 0.0, 4.0]), gini([1.0, 3.0], [1.0, 3.0])
    (0.0, 0.75, 0.0)
    """
    have = np.asarray(amount, dtype=np.float64)
    of_size = np.ones(have.shape) if size is None else np.asarray(size, dtype=np.float64)
    if have.shape != of_size.shape or (have < 0).any() or (of_size < 0).any():
        raise PlanError(
            f"A Gini coefficient needs amounts and sizes of at least 0 and equal number, got "
            f"{have.size} amounts from {have.min(initial=0.0):g} and {of_size.size} sizes."
        )
    have, of_size = have[of_size > 0], of_size[of_size > 0]
    total, whole = have.sum(), of_size.sum()
    if not total > 0:
        return float("nan")
    order = np.argsort(have / of_size, kind="stable")
    held = np.concatenate([[0.0], np.cumsum(have[order])]) / total
    doubled = float(((of_size[order] / whole) * (held[1:] + held[:-1])).sum())
    return max(0.0, 1.0 - doubled)


def pareto_front(effect: npt.ArrayLike, evenness: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return which points no other point beats: at least as good in both and better in one.

    Parameters
    ----------
    effect, evenness
        The more the better, shape ``(point,)``. A point with a NaN is never on the front.

    Examples
    --------
    >>> pareto_front([1.0, 0.9, 0.8], [0.1, 0.5, 0.4]).tolist()
    [True, True, False]
    """
    x, y = np.asarray(effect, dtype=np.float64), np.asarray(evenness, dtype=np.float64)
    reaches = (x[:, None] >= x) & (y[:, None] >= y)
    beats = reaches & ((x[:, None] > x) | (y[:, None] > y))
    return np.asarray(~beats.any(axis=0) & ~np.isnan(x) & ~np.isnan(y))


def gini_of_mean(
    amounts: npt.NDArray[np.float64], size: npt.ArrayLike | None = None
) -> tuple[float, float]:
    """Return the Gini coefficient of the mean of draws, and its standard error by jackknife.

    Parameters
    ----------
    amounts
        What each part has in each draw, ``(draw, part)``.
    size
        As of `gini`.

    Returns
    -------
    The coefficient, and its error: 0 for a single draw.

    References
    ----------
    Efron and Stein 1981, https://doi.org/10.1214/aos/1176345462.
    """
    count, total = len(amounts), amounts.sum(axis=0)
    found = gini(total, size)
    if count < 2:
        return found, 0.0
    without = np.array([gini(np.maximum(total - one, 0.0), size) for one in amounts])
    return found, math.sqrt((count - 1) * float(without.var()))
