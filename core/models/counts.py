"""Count baselines: what happened in a window goes on at the same rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import ModelError
from evenbeat.core.features.catalogue import Catalogue
from evenbeat.core.models.interface import Floats, Matrix
from evenbeat.core.models.training import TrainingRows

_UNIFORM_SHARE = 0.05


@dataclass(frozen=True)
class CountModel:
    """The count of a window, spread evenly over its days and shifts.

    Parameters
    ----------
    window_days
        28, 365 or 1095; a shorter history shortens the last.
    bandwidth_m
        0 for the count in the cell; else the bandwidth of a kernel density. A smoothed count also
        mixes in a twentieth of the city's mean, so that no cell is impossible.

    Examples
    --------
    >>> CountModel(1095, 400).column(Catalogue(1095))
    'density_1095d_400m'
    """

    window_days: int
    bandwidth_m: int = 0

    def column(self, catalogue: Catalogue) -> str:
        """Return the name of the feature that the model goes by.

        Raises
        ------
        ModelError
            No feature has that window and bandwidth.
        """
        days = min(self.window_days, catalogue.history_days)
        plain = f"count_{days}d"
        name = f"density_{days}d_{self.bandwidth_m}m" if self.bandwidth_m else plain
        if name not in catalogue.names:
            raise ModelError(
                f"No feature counts {days} days at {self.bandwidth_m} m. Windows are 28, 365 and "
                "1095 days, smoothed at 400 m, the last also at 200 and 900 m."
            )
        return name

    def fit(self, training: TrainingRows) -> FittedCount:
        """Learn the mean by shift, which the mixed-in uniform part needs."""
        name = self.column(training.catalogue)
        days = min(self.window_days, training.catalogue.history_days)
        total = float(training.weight.sum())
        mean = float((training.weight * training.count).sum()) / total if total else 0.0
        return FittedCount(
            column=training.catalogue.position(name),
            feature=name,
            divisor=float(days * training.n_shifts),
            mean=mean,
            smoothed=self.bandwidth_m > 0,
        )


@dataclass(frozen=True)
class FittedCount:
    """A count baseline that knows its column.

    Parameters
    ----------
    column, feature
        Position and name of the feature.
    divisor
        Shifts in the window.
    mean
        Mean count of a cell-shift.
    smoothed
        Whether the feature is a kernel density; the mean is then mixed in.
    """

    column: int
    feature: str
    divisor: float
    mean: float
    smoothed: bool

    @property
    def kind(self) -> str:
        """Return the name of the kind of model."""
        return "smoothed count" if self.smoothed else "count"

    def expected_counts(self, matrix: Matrix) -> Floats:
        """Return the expected number of incidents of each row."""
        rate = matrix[self.column].astype(np.float64) / self.divisor
        share = _UNIFORM_SHARE if self.smoothed else 0.0
        return np.asarray((1 - share) * rate + share * self.mean)

    def facts(self) -> dict[str, Any]:
        """Return what JSON can keep."""
        return {
            "column": self.column, "feature": self.feature, "divisor": self.divisor,
            "mean": self.mean, "smoothed": self.smoothed,
        }  # fmt: skip

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return nothing: a count has no arrays."""
        return {}
