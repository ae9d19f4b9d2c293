"""Poisson regression with a ridge of its own on every column, by Newton's method."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_MOST_STEPS = 60
_LONGEST_STEP = 3.0  # of any row's logarithm: from far away Newton's method overshoots
_CLOSE = 1e-8  # a step later it is the square of that
_ANY = 0.5  # where the search starts when nothing happened


def fit_log_linear(
    design: Floats,
    count: Floats,
    exposure: Floats,
    precision: Floats,
    start: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Fit ``count ~ Poisson(exposure * exp(design @ coefficients))``.

    A row that stands for several is given the sums of their counts and exposures: the likelihood
    is the same up to a constant.

    Parameters
    ----------
    design
        Columns, shape ``(rows, columns)``; the first is the constant where there is one.
    count
        Incidents of each row; where a precision is 0 their sum must be positive.
    exposure
        Positive, in any unit.
    precision
        Inverse variance of the normal prior around 0 of each coefficient, shape ``(columns,)``; 0
        leaves a coefficient free.
    start
        Coefficients that are known to be close, or None.

    Returns
    -------
    Coefficients of shape ``(columns,)``, and the penalised information, the inverse of their
    covariance, of shape ``(columns, columns)``.

    References
    ----------
    McCullagh & Nelder 1989, Generalized Linear Models, doi:10.1007/978-1-4899-3242-6.

    Examples
    --------
    >>> design = np.array([[1.0, 0.0], [1.0, 1.0]])
    >>> found, _ = fit_log_linear(design, np.array([20.0, 60.0]), np.full(2, 10.0), np.zeros(2))
    >>> np.exp(found).round(6).tolist()
    [2.0, 3.0]
    """
    if start is None:
        start = np.zeros(design.shape[1])
        start[0] = np.log(max(count.sum(), _ANY) / exposure.sum())
    coefficients = start.copy()
    for _ in range(_MOST_STEPS):
        expected = exposure * np.exp(design @ coefficients)
        gradient = design.T @ (count - expected) - precision * coefficients
        information = np.asarray((design.T * expected) @ design + np.diag(precision))
        step = np.linalg.solve(information, gradient)
        longest = float(np.abs(design @ step).max())
        coefficients += step * min(1.0, _LONGEST_STEP / max(longest, _CLOSE))
        if longest < _CLOSE:
            break
    return coefficients, information
