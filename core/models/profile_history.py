"""Totals of the past, with all that they may depend on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import ModelError
from evenbeat.core.features.catalogue import MOMENTS

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TotalsHistory:
    """Counts of consecutive days by shift and district, the newest day last.

    Parameters
    ----------
    counts
        Aoristic sums of what was known, shape ``(days, shifts, districts)``.
    hours
        True length of each shift over its usual length, shape ``(days, shifts)``.
    moments
        In the order of `catalogue.MOMENTS`, shape ``(moments, days, shifts)``; NaN is missing.
    events
        Number of planned events in the district, shape ``(days, shifts, districts)``.

    Raises
    ------
    ModelError
        There is no day, shift or district.
        The shapes do not fit each other.
        A count, a length or a number of events is negative, missing or infinite.
    """

    counts: Floats
    hours: Floats
    moments: npt.NDArray[np.float32]
    events: Floats

    def __post_init__(self) -> None:
        shape = self.counts.shape
        if len(shape) != 3 or not self.counts.size:
            raise ModelError(
                "Totals need at least one day, shift and district, as an array of shape (days, "
                f"shifts, districts), got {shape}. Ingest districts, or use one for the whole area."
            )
        expected = {
            "hours": shape[:2], "moments": (len(MOMENTS), *shape[:2]), "events": shape,
        }  # fmt: skip
        for name, wanted in expected.items():
            given = getattr(self, name).shape
            if given != wanted:
                raise ModelError(
                    f"{name} must have the shape {wanted}, to fit counts of the shape {shape}, got "
                    f"{given}."
                )
        for name in ("counts", "hours", "events"):
            values = getattr(self, name)
            if not (np.isfinite(values) & (values >= 0)).all():
                raise ModelError(f"{name} must be numbers from 0 on; some are not.")
        if not (self.hours > 0).all():
            raise ModelError("hours must be positive: a shift without length has no total.")

    def require_shape(self, n_shifts: int, n_districts: int) -> None:
        """Refuse other shifts and districts than a profile was fitted on.

        Raises
        ------
        ModelError
            Their number differs.
        """
        if self.counts.shape[1:] != (n_shifts, n_districts):
            raise ModelError(
                f"The profile was fitted on {n_shifts} shifts and {n_districts} districts, got "
                f"{self.counts.shape[1]} and {self.counts.shape[2]}. Fit again with: evenbeat fit"
            )
