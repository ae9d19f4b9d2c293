"""Set a model's expected counts right by district; the profile of totals sets the rest right."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evenbeat.core.grid import Grid
from evenbeat.core.models.interface import FittedModel, Floats
from evenbeat.core.models.training import TrainingRows

TRAILING_DAYS = 182
"""[choice] Half a year: long enough for districts, short enough to follow a change."""
_PRIOR_INCIDENTS = 50.0


def calibrate_districts(model: FittedModel, training: TrainingRows, grid: Grid) -> Floats:
    """Return the factor by which each district is multiplied.

    It is what happened in the newest half year over what was expected there, both as shares of the
    jurisdiction, drawn towards 1 where incidents are few.

    Parameters
    ----------
    model
        Fitted.
    training
        Rows to compare on.
    grid
        Tells the district of a cell.

    Returns
    -------
    Factors of shape ``(districts,)``.
    """
    newest = training.take(training.rows.day >= training.n_days - TRAILING_DAYS)
    district, n_districts = grid.district.ravel()[newest.rows.cell], len(grid.district_ids)
    expected = np.bincount(
        district, newest.weight * model.expected_counts(newest.matrix), minlength=n_districts
    )
    observed = np.bincount(district, newest.weight * newest.count, minlength=n_districts)
    if not (observed.sum() > 0 and expected.sum() > 0):
        return np.ones(n_districts)
    expected *= observed.sum() / expected.sum()
    return np.asarray((observed + _PRIOR_INCIDENTS) / (expected + _PRIOR_INCIDENTS))


def spread_totals(
    raw: Floats, totals: Floats, factors: Floats, district: npt.NDArray[np.int16]
) -> Floats:
    """Return cells' expected counts that add up to a shift's total.

    Parameters
    ----------
    raw
        What the model expects of each cell, shape ``(cells,)``.
    totals
        What the profile expects of each district, shape ``(districts,)``; its sum is kept.
    factors
        As `calibrate_districts` gives them.
    district
        District of each cell.
    """
    calibrated = raw * factors[district]
    whole = calibrated.sum()
    if whole > 0:
        return np.asarray(calibrated * (totals.sum() / whole))
    return np.full(raw.size, totals.sum() / raw.size)
