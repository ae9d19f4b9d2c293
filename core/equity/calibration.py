"""Calibration: incidents observed over incidents expected, by part of the city."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evenbeat.core.backtest.bootstrap import Interval

_TAIL = 0.025


def observed_over_expected(
    observed: npt.ArrayLike, expected: npt.ArrayLike
) -> tuple[Interval, ...]:
    """Return O/E of each part with its exact Poisson interval; above 1, more than was expected.

    Parameters
    ----------
    observed
        Reported incidents by part.
    expected
        Incidents that the forecasts expected there, on the same shifts. NaN where 0.

    References
    ----------
    Garwood 1936, https://doi.org/10.1093/biomet/28.3-4.437.

    Examples
    --------
    >>> found = observed_over_expected([10.0], [8.0])[0]
    >>> round(found.estimate, 2), round(found.low, 2), round(found.high, 2)
    (1.25, 0.6, 2.3)
    """
    from scipy.stats import chi2

    count = np.asarray(observed, dtype=np.float64)
    mean = np.asarray(expected, dtype=np.float64)
    usable = np.where(mean > 0, mean, np.nan)
    low = np.where(count > 0, chi2.ppf(_TAIL, 2 * np.maximum(count, 1.0)) / 2, 0.0)
    high = chi2.ppf(1 - _TAIL, 2 * count + 2) / 2
    return tuple(
        Interval(*map(float, row))
        for row in zip(count / usable, low / usable, high / usable, strict=True)
    )
