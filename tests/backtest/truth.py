"""How near forecasts come to a simulated city's true intensity."""

import datetime as dt

import numpy as np


def explained_share(expected, truth):
    """Return the part of what the truth explains over a uniform map that a forecast explains.

    Deviances are taken in expectation over what may happen, so no luck is in them: 1 for the true
    intensity itself, 0 for a uniform map.
    """
    expected, truth = (np.asarray(v, dtype=float) for v in (expected, truth))
    uniform = np.full_like(truth, truth.mean())

    def deviance(told):
        safe = np.maximum(told, 1e-12)
        part = np.where(truth > 0, truth * np.log(np.maximum(truth, 1e-300) / safe), 0.0)
        return 2 * (part - (truth - safe)).sum()

    return 1 - deviance(expected) / deviance(uniform)


def true_days(city, crime_type, first, n_days, grid):
    """Return the best possible forecast of each day from its first midnight, ``(days, cells)``."""
    days = [first + dt.timedelta(days=day) for day in range(n_days)]
    return np.stack([
        city.true_expected_count(
            crime_type, list(city.calendar().between(day, day)), grid=grid, history_until=day
        ).values.sum(axis=0)[grid.mask]
        for day in days
    ])  # fmt: skip
