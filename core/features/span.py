"""The features of one crime type in every cell on consecutive days, each with its own cut-off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.features.catalogue import Catalogue
from evenbeat.core.features.declarations import Layout
from evenbeat.core.features.timeline import Timeline

Matrix = npt.NDArray[np.float32]

MOST_DAYS = 28
"""Days at a time: with 25,000 cells and 70 features, 200 MB."""


@dataclass(frozen=True, eq=False)
class SpanPredictors:
    """Features by day; history is carried from day to day, not summed anew.

    Parameters
    ----------
    catalogue
        The features.
    timeline
        The days.
    cell
        Flat indices of the inside cells.
    blocks
        Values by layout, float32: ``own`` and ``shared`` of shape ``(features, days, cells)``,
        ``own_shift`` and ``shared_shift`` of shape ``(features, days, shifts, cells)``, and
        ``moment`` of shape ``(features, days, shifts)``.
    """

    catalogue: Catalogue
    timeline: Timeline
    cell: npt.NDArray[np.int64]
    blocks: dict[Layout, Matrix]

    def empty_matrix(self) -> Matrix:
        """Return room for the predictors of one shift, shape ``(features, cells)``."""
        return np.empty((len(self.catalogue.names), self.cell.size), dtype=np.float32)

    def fill(self, day: int, shift: int, out: Matrix) -> Matrix:
        """Write the predictors of every cell on one shift and return them.

        Parameters
        ----------
        day, shift
            Day of the timeline and shift of the day.
        out
            As of `empty_matrix`.
        """
        parts: dict[Layout, Matrix] = {
            "own": self.blocks["own"][:, day],
            "own_shift": self.blocks["own_shift"][:, day, shift],
            "shared": self.blocks["shared"][:, day],
            "shared_shift": self.blocks["shared_shift"][:, day, shift],
            "moment": self.blocks["moment"][:, day, shift, None],
        }
        for layout, values in parts.items():
            for column, value in zip(self.catalogue.columns_of(layout), values, strict=True):
                out[column] = value
        return out

    def column(self, name: str) -> Matrix:
        """Return one feature of the crime type's own history, shape ``(days, cells)``."""
        names = [feature.name for feature in self.catalogue.of_layout("own")]
        found: Matrix = self.blocks["own"][names.index(name)]
        return found
