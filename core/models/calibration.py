"""Set a model's totals right: by shift of the day, from the trailing weeks."""

from __future__ import annotations

import numpy as np

from evenbeat.core.models.interface import FittedModel, Floats
from evenbeat.core.models.training import TrainingRows

_TRAILING_DAYS = 56
_ENOUGH_INCIDENTS = 200.0
_PRIOR_INCIDENTS = 20.0


def calibrate(model: FittedModel, training: TrainingRows) -> tuple[Floats, int]:
    """Return the factor by which each shift of the day is multiplied.

    The factor is what happened in the whole jurisdiction over what was expected, in the newest 56
    days or, where these hold fewer than 200 incidents, in as many more as it takes. With few
    incidents it is drawn towards 1, and each shift towards the whole day.

    Returns
    -------
    Factors of shape ``(shifts,)``, and the number of days they are from.
    """
    n_days = _trailing_days(training)
    newest = training.take(training.rows.day >= training.n_days - n_days)
    expected = newest.weight * model.expected_counts(newest.matrix)
    observed = newest.weight * newest.count
    shift, n_shifts = newest.rows.shift, training.n_shifts
    by_shift = np.bincount(shift, expected, minlength=n_shifts)
    seen = np.bincount(shift, observed, minlength=n_shifts)
    whole = (seen.sum() + _PRIOR_INCIDENTS) / (by_shift.sum() + _PRIOR_INCIDENTS)
    factors = (seen + _PRIOR_INCIDENTS * whole) / (by_shift + _PRIOR_INCIDENTS)
    return np.asarray(factors, dtype=np.float64), n_days


def _trailing_days(training: TrainingRows) -> int:
    by_day = np.bincount(
        training.rows.day, training.weight * training.count, minlength=training.n_days
    )
    enough = int(np.searchsorted(np.cumsum(by_day[::-1]), _ENOUGH_INCIDENTS)) + 1
    return min(max(enough, _TRAILING_DAYS), training.n_days)
