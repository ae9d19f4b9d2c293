"""Four counts: treated and matched boxes before and after, and how sure their ratio is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.effects.jackknife import (
    all_but_one,
    degrees_of_freedom,
    effective_sets,
    jackknife,
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FourCounts:
    """Totals before and after, per set of one treated and the mean of its matches.

    Parameters
    ----------
    totals
        Treated before and after, matched before and after.
    log_error, difference_error
        Standard errors of the log ratio, and of the treated less what was expected of them; NaN
        where a total is 0, or one set holds all of it, or the sets do not differ at all.
    freedom
        Degrees of freedom of the errors.
    """

    totals: list[float]
    log_error: float
    difference_error: float
    freedom: float

    @property
    def before(self) -> float:
        """Return incidents of the treated before."""
        return self.totals[0]

    @property
    def after(self) -> float:
        """Return incidents of the treated afterwards."""
        return self.totals[1]

    @property
    def control_before(self) -> float:
        """Return incidents of a mean match before, over all sets."""
        return self.totals[2]

    @property
    def control_after(self) -> float:
        """Return incidents of a mean match afterwards, over all sets."""
        return self.totals[3]

    @property
    def expected(self) -> float:
        """Return what the treated would have had afterwards."""
        return self.before * self.control_after / self.control_before


def count_four(mine: Floats, theirs: Floats, *, first: int, start: int) -> FourCounts:
    """Return the four totals of matched sets with their errors by the jackknife.

    Parameters
    ----------
    mine, theirs
        Counts by set and week: of the treated box, and the mean of its matches.
    first, start
        The first week before, and the first week of patrol.
    """
    before, after = mine[:, first:start].sum(axis=1), mine[:, start:].sum(axis=1)
    early, late = theirs[:, first:start].sum(axis=1), theirs[:, start:].sum(axis=1)
    parts = np.stack([before, after, early, late], axis=1)
    totals = parts.sum(axis=0)
    log_error = gap_error = math.nan
    freedom = effective_sets(parts.sum(axis=1)) - 1.0
    without = all_but_one(parts)
    if without.min() > 1e-9:
        log_error = _error(_log_ratio(totals), _log_ratio(without))
        scale = len(mine) / (len(mine) - 1)
        gap_error = _error(_excess(totals), _excess(without) * scale)
        freedom = min(freedom, degrees_of_freedom(_log_ratio(without) - _log_ratio(totals)))
    return FourCounts(totals.tolist(), log_error, gap_error, freedom)


def _log_ratio(totals: Floats) -> Floats:
    log = np.log(totals)
    return np.asarray(log[..., 1] - log[..., 0] - log[..., 3] + log[..., 2])


def _excess(totals: Floats) -> Floats:
    """Return the treated afterwards less what was expected of them."""
    return np.asarray(totals[..., 1] - totals[..., 0] * totals[..., 3] / totals[..., 2])


def _error(estimate: Floats, without: Floats) -> float:
    variance = float(jackknife(estimate.reshape(1), without[:, np.newaxis])[0, 0])
    return math.sqrt(variance) if variance > 1e-18 else math.nan
