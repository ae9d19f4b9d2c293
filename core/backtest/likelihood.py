"""How well expected counts fit what happened, as a likelihood: deviance, log score, gain."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

Floats = npt.NDArray[np.float64]

LEAST_EXPECTED = 1e-9
"""Incidents per cell and window that the logarithm takes a smaller expected count for.

A count of past incidents gives 0 to most cells, and one incident there would make its log score
minus infinity, whatever it got right elsewhere. With this floor such an incident costs at most
20.7 nats. It touches logarithms alone: totals are added up as forecast.
"""


def sum_logs(observed: Floats, expected: Floats) -> float:
    """Return the sum of n log(lambda) over cells, lambda at least `LEAST_EXPECTED`.

    Parameters
    ----------
    observed, expected
        Observed and expected count of each cell, shape ``(cells,)``.

    Examples
    --------
    >>> round(sum_logs(np.array([2.0, 0.0, 1.0]), np.array([1.0, 5.0, 0.0])), 2)
    -20.72
    """
    happened = np.flatnonzero(observed)
    floored = np.maximum(expected[happened], LEAST_EXPECTED)
    return float((observed[happened] * np.log(floored)).sum())


def poisson_deviance(observed: Floats, expected: Floats) -> float:
    """Return the Poisson deviance, 2 sum [n log(n / lambda) - (n - lambda)], over cells.

    Parameters
    ----------
    observed, expected
        Observed and expected count of each cell, shape ``(cells,)``.

    References
    ----------
    Czado, Gneiting & Held 2009, Predictive model assessment for count data,
    doi:10.1111/j.1541-0420.2009.01191.x.

    Examples
    --------
    >>> poisson_deviance(np.array([2.0, 0.0]), np.array([2.0, 0.5]))
    1.0
    """
    happened = observed[np.flatnonzero(observed)]
    logs = float(xlogy(happened, happened).sum()) - sum_logs(observed, expected)
    return 2.0 * (logs - float(observed.sum()) + float(expected.sum()))


def mean_deviance(deviance: float, cell_windows: float) -> float:
    """Return the mean Poisson deviance of a cell in a window; NaN without any.

    Examples
    --------
    >>> mean_deviance(30.0, 1200)
    0.025
    """
    return deviance / cell_windows if cell_windows > 0 else math.nan


def log_score(log_sum: float, expected: float, events: float) -> float:
    """Return the log score in nats per event: [sum n log(lambda) - sum lambda] / N.

    Higher is better. log(n!) is left out, which is the same for every model; the level depends
    on the size of cells and windows, so compare models on the same ones alone. NaN without
    events.

    Parameters
    ----------
    log_sum
        Sum of n log(lambda) over cells and windows.
    expected, events
        Sum of lambda, and of n.

    References
    ----------
    Daley & Vere-Jones 2004, Scoring probability forecasts for point processes: the entropy score
    and information gain, doi:10.1239/jap/1082552206.

    Examples
    --------
    >>> log_score(log_sum=-40.0, expected=10.0, events=10.0)
    -5.0
    """
    return (log_sum - expected) / events if events > 0 else math.nan


def information_gain(log_sum: float, expected: float, events: float, cell_windows: float) -> float:
    """Return the gain over a uniform forecast in nats per event.

    [sum n log(lambda / u) - (sum lambda - sum u)] / N, where u = N / (cells x windows) spreads
    the total that was observed evenly over cells and windows. That reference has **hindsight**:
    no forecast knew the total, so a model that is off in level pays for it. NaN without events.

    Parameters
    ----------
    log_sum
        Sum of n log(lambda) over cells and windows.
    expected, events
        Sum of lambda, and of n.
    cell_windows
        Number of cells times number of windows.

    References
    ----------
    Rhoades et al. 2011, Efficient testing of earthquake forecasting models,
    doi:10.2478/s11600-011-0013-5.

    Examples
    --------
    A forecast that gives twice the uniform count where everything happened gains log 2.

    >>> gain = information_gain(10 * math.log(0.2), expected=10, events=10, cell_windows=100)
    >>> round(gain, 4) == round(math.log(2), 4)
    True
    """
    if not events > 0:
        return math.nan
    uniform = events / cell_windows
    return (log_sum - events * math.log(uniform) - (expected - events)) / events
