"""Is a forecast of a plausible size? Its totals against what lately happened."""

from __future__ import annotations

import numpy as np

from evenbeat.core.errors import ModelError
from evenbeat.core.features import Study
from evenbeat.core.features.knowledge import DAY_S, require_utc

TRAILING_DAYS = 28
_FACTOR = 2.0
_STANDARD_ERRORS = 4.0


def check_totals(totals: dict[str, float], study: Study) -> list[str]:
    """Return a sentence for each crime type whose total is far from the trailing four weeks.

    Parameters
    ----------
    totals
        Expected incidents of the day, by crime type.
    study
        What was known at the cut-off.

    Raises
    ------
    ModelError
        A total is negative, infinite or not a number.
    """
    notes: list[str] = []
    for name, total in totals.items():
        if not 0 <= total < np.inf:
            raise ModelError(
                f"The forecast of {name} adds up to {total}. Fit again with: evenbeat fit --force"
            )
        lately = _mean_per_day(name, study)
        error = _STANDARD_ERRORS * np.sqrt(max(lately, 1.0 / TRAILING_DAYS) / TRAILING_DAYS)
        apart = abs(total - lately) > error
        if apart and not lately / _FACTOR <= total <= lately * _FACTOR:
            notes.append(
                f"{name}: {total:.2f} incidents expected on the day, {lately:.2f} a day were "
                f"known of the {TRAILING_DAYS} days before the cut-off. Check that the newest "
                "incidents were ingested."
            )
    return notes


def _mean_per_day(name: str, study: Study) -> float:
    known = study.known(name)
    newest = known.occurred_s > require_utc(study.cutoff) - TRAILING_DAYS * DAY_S
    inside = (known.cell >= 0) & study.grid.mask.ravel()[known.cell]
    return float(known.weight[newest & inside].sum()) / TRAILING_DAYS
