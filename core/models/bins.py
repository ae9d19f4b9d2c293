"""Replace predictors by the number of their bin, so that trees are grown on whole numbers.

scikit-learn would find weighted quantiles one by one, which takes longer than growing the trees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.models.interface import Floats, Matrix

MOST_BINS = 255


@dataclass(frozen=True, eq=False)
class Bins:
    """The upper edges of each column's bins.

    A value is in bin ``k`` when it is above edge ``k - 1`` and not above edge ``k``; the last bin
    has no edge. Missing values stay missing.

    Parameters
    ----------
    columns
        Which columns of the matrix have at least two different values; no others are used.
    edges
        Rising edges of each of these columns.
    """

    columns: npt.NDArray[np.int64]
    edges: tuple[Floats, ...]

    @classmethod
    def of(cls, matrix: Matrix) -> Bins:
        """Choose edges so that bins hold about equally many rows, at most 255 a column.

        Parameters
        ----------
        matrix
            Predictors, shape ``(features, rows)``.
        """
        columns, edges = [], []
        for column, values in enumerate(matrix):
            found = _edges(values[~np.isnan(values)])
            if found.size:
                columns.append(column)
                edges.append(found)
        return cls(np.array(columns, dtype=np.int64), tuple(edges))

    def encode(self, matrix: Matrix) -> Matrix:
        """Return the bin of each value, shape ``(used columns, rows)``."""
        codes = np.empty((self.columns.size, matrix.shape[1]), dtype=np.float32)
        for position, column in enumerate(self.columns):
            values = matrix[column]
            codes[position] = np.searchsorted(self.edges[position], values, side="left")
            codes[position, np.isnan(values)] = np.nan
        return codes

    def decode(self, position: npt.NDArray[np.int64], threshold: Floats) -> Floats:
        """Return the thresholds on values that mean the same as thresholds on bins.

        Parameters
        ----------
        position
            Position among the used columns.
        threshold
            Bins not above it go left.
        """
        # A threshold that parts the missing from the rest lies above the last edge.
        return np.array(
            [
                self.edges[p][int(t)] if t < self.edges[p].size else np.inf
                for p, t in zip(position, threshold, strict=True)
            ],
            dtype=np.float64,
        )


def _edges(values: npt.NDArray[np.float32]) -> Floats:
    """Return the edges of one column; none when all of its values are the same."""
    ordered = np.sort(values.astype(np.float64))
    distinct = ordered[np.flatnonzero(np.diff(ordered, prepend=np.nan))]
    if distinct.size <= MOST_BINS:
        return np.asarray((distinct[1:] + distinct[:-1]) / 2)
    places = np.linspace(0, ordered.size - 1, MOST_BINS + 1)[1:-1].astype(np.int64)
    chosen = np.unique(ordered[places])
    return np.asarray(chosen[chosen < ordered[-1]])
