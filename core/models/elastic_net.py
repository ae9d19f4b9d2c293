"""Poisson regression under an elastic net: coordinate descent within Newton's method."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LASSO_SHARE = 0.5
"""[choice] Half lasso, half ridge: of factors that say nearly the same, several are kept."""
_MOST_STEPS, _MOST_SWEEPS = 25, 200
_LONGEST_STEP = 3.0
_CLOSE, _CLOSER = 1e-5, 1e-7
_ROUNDING = 1e-9


def strongest_penalty(design: Floats, count: Floats, exposure: Floats, spread: Floats) -> float:
    """Return the smallest penalty at which every coefficient is 0.

    Parameters
    ----------
    design, count, exposure, spread
        As in `fit_elastic_net`.
    """
    expected = exposure * count.sum() / exposure.sum()
    pull = np.abs(design[:, 1:].T @ (count - expected)) / count.sum()
    return float((pull / (LASSO_SHARE * spread)).max())


def fit_elastic_net(
    design: Floats, count: Floats, exposure: Floats, spread: Floats, penalty: float, start: Floats
) -> Floats:
    """Fit ``count ~ Poisson(exposure * exp(design @ coefficients))`` under a penalty.

    The penalty is added to minus the log likelihood per incident. It is of the coefficients of
    standardised columns.

    Parameters
    ----------
    design
        The constant and the columns, shape ``(rows, 1 + columns)``.
    count, exposure
        Incidents of each row, and what they are proportional to; 0 leaves a row out.
    spread
        Standard deviation of each column, shape ``(columns,)``.
    penalty
        Strength.
    start
        Coefficients at a penalty close by, shape ``(1 + columns,)``.

    Returns
    -------
    The constant, which is not penalised, and the coefficients.

    References
    ----------
    Friedman, Hastie & Tibshirani 2010, doi:10.18637/jss.v033.i01.
    """
    n = max(float(count.sum()), 0.5)
    lasso = np.concatenate([[0.0], penalty * LASSO_SHARE * spread])
    ridge = np.concatenate([[0.0], penalty * (1 - LASSO_SHARE) * spread**2])
    coefficients = start.copy()
    active = coefficients != 0
    active[0] = True
    while True:
        on = np.flatnonzero(active)
        coefficients[on] = _newton(
            np.ascontiguousarray(design[:, on]), count, exposure, coefficients[on],
            lasso[on], ridge[on], n,
        )  # fmt: skip
        excess = count - exposure * np.exp(design[:, on] @ coefficients[on])
        violated = ~active & (np.abs(design.T @ excess) / n > lasso * (1 + _ROUNDING))
        if not violated.any():
            return coefficients
        active |= violated


def _newton(
    design: Floats, count: Floats, exposure: Floats, start: Floats, lasso: Floats, ridge: Floats,
    n: float,
) -> Floats:  # fmt: skip
    """Minimise the penalised likelihood by steps that each minimise its parabola."""
    coefficients = start
    for _ in range(_MOST_STEPS):
        expected = exposure * np.exp(design @ coefficients)
        curvature = (design.T * expected) @ design / n
        gradient = design.T @ (count - expected) / n
        step = _descend(curvature, gradient, coefficients, lasso, ridge) - coefficients
        longest = float(np.abs(design @ step).max())
        coefficients = coefficients + step * min(1.0, _LONGEST_STEP / max(longest, _CLOSE))
        if longest < _CLOSE:
            break
    return coefficients


def _descend(
    curvature: Floats, gradient: Floats, start: Floats, lasso: Floats, ridge: Floats
) -> Floats:
    """Minimise a parabola with an elastic net, one coefficient at a time."""
    found, pull, bend = start.copy(), gradient.copy(), curvature.diagonal()
    for _ in range(_MOST_SWEEPS):
        largest = 0.0
        for j in range(found.size):
            free = pull[j] + bend[j] * found[j]
            shrunk = max(abs(free) - lasso[j], 0.0) / (bend[j] + ridge[j])
            change = np.copysign(shrunk, free) - found[j]
            if change != 0.0:
                pull -= change * curvature[j]
                found[j] += change
                largest = max(largest, abs(change) * bend[j] ** 0.5)
        if largest < _CLOSER:
            break
    return found
