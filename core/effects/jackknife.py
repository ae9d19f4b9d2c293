"""The jackknife: how much an estimate owes to each matched set, and so how sure it is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def all_but_one(values: Floats) -> Floats:
    """Return the sums over all sets but each one in turn, shape as given.

    Examples
    --------
    >>> all_but_one(np.array([1.0, 2.0, 4.0])).tolist()
    [6.0, 5.0, 3.0]
    """
    return np.asarray(values.sum(axis=0) - values)


def jackknife(estimate: Floats, without: Floats) -> Floats:
    """Return the covariance of estimates from what they are without each set in turn.

    Deviations are from the estimate itself, which errs to the wide side where few sets hold many
    of the incidents.

    Parameters
    ----------
    estimate
        Shape ``(estimates,)``.
    without
        Shape ``(sets, estimates)``.

    References
    ----------
    MacKinnon & White 1985, Some heteroskedasticity-consistent covariance matrix estimators,
    doi:10.1016/0304-4076(85)90158-7.
    """
    gap = without - estimate
    return np.asarray(gap.T @ gap * ((len(without) - 1) / len(without)))


def effective_sets(weight: Floats) -> float:
    """Return how many sets of equal weight tell as much, (sum w)^2 / sum(w^2), at least 2.

    A variance that is made up of few large parts has fewer degrees of freedom than sets
    (Satterthwaite 1946, doi:10.2307/3002019, with variances in proportion to incidents).

    Examples
    --------
    >>> effective_sets(np.array([3.0, 3.0, 3.0])), effective_sets(np.array([9.0, 1.0, 1.0, 1.0]))
    (3.0, 2.0)
    """
    square = float((weight**2).sum())
    return max(float(weight.sum()) ** 2 / square, 2.0) if square > 0 else 2.0


def degrees_of_freedom(gap: Floats) -> float:
    """Return the degrees of freedom of a jackknife variance, from the spread of its own parts.

    Satterthwaite's 2 / CV^2 of the variance: as many as sets where the parts are normal, and no
    more than that.

    Examples
    --------
    >>> degrees_of_freedom(np.array([1.0, -1.0, 1.0, -1.0]))
    4.0
    >>> round(degrees_of_freedom(np.array([5.0, 1.0, -1.0, 1.0])), 2)
    3.63
    """
    square, even = float((gap**2).sum()), 1.0 / len(gap)
    share = float((gap**4).sum()) / square**2 if square > 0.0 else even
    return min(max(2.0 / (share - even), 1.0), len(gap)) if share > even else float(len(gap))
