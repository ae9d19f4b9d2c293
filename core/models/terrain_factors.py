"""Ways to say that a cell is near places: binary factors, made of the measures of places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.features.catalogue import Catalogue
from evenbeat.core.features.declarations import Measure, PlaceMeasure
from evenbeat.core.models.interface import Floats, Matrix

Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

BLOCKS = (0.5, 1.0, 1.5, 2.0, 3.0)
"""[choice] Distances that are tried, in blocks; beyond three blocks a place is not nearby."""
DENSE_DEVIATIONS = 2.0
"""[pub] Risk terrain modelling calls a density high two standard deviations above the mean."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One way in which places of one category may matter; it holds in a cell or it does not.

    Parameters
    ----------
    category
        Of the places.
    measure
        What is compared with the limit.
    column
        Position of the measure among the predictors.
    limit
        A distance holds up to it (metres), a density from it on (places per km2), a length or
        share above it.

    Examples
    --------
    >>> Factor("bar", "distance", 0, 150.0).how
    'within 150 m'
    """

    category: str
    measure: Measure
    column: int
    limit: float

    @property
    def how(self) -> str:
        """Return the factor in words."""
        if self.measure == "distance":
            return f"within {self.limit:g} m"
        if self.measure == "density":
            return (
                f"{self.limit:.3g} or more per km2, {DENSE_DEVIATIONS:g} standard deviations "
                "above the mean"
            )
        return "in the cell"

    def holds(self, matrix: Matrix) -> Flags:
        """Return whether it holds in each row; a missing distance is that of no place at all.

        Parameters
        ----------
        matrix
            Predictors, shape ``(features, rows)``.
        """
        values = matrix[self.column]
        if self.measure == "distance":
            return np.asarray(values <= self.limit)
        return np.asarray(values >= self.limit if self.measure == "density" else values > 0)

    def to_dict(self) -> dict[str, Any]:
        """Return what makes the factor again, and what it is in words."""
        return {
            "place": self.category, "how": self.how, "measure": self.measure,
            "column": self.column, "limit": self.limit,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Factor:
        """Make the factor of `to_dict` again."""
        return cls(*(document[key] for key in ("place", "measure", "column", "limit")))


def list_factors(
    catalogue: Catalogue, matrix: Matrix, weight: Floats, block_m: float
) -> tuple[Factor, ...]:
    """Return every factor that the places of a catalogue allow.

    Distances give one for each of `BLOCKS`, densities one at two standard deviations above the
    mean of all cell-shifts, lengths and shares one for any at all.

    Parameters
    ----------
    catalogue
        The features.
    matrix
        Predictors, shape ``(features, rows)``.
    weight
        How many cell-shifts each row stands for.
    block_m
        Length of a block of houses.
    """
    return tuple(
        Factor(entry.category, entry.measure, column, limit)
        for entry in catalogue.places
        for column in (catalogue.position(entry.feature.name),)
        for limit in _limits(entry, matrix[column], weight, block_m)
    )


def hold(factors: tuple[Factor, ...], matrix: Matrix) -> Flags:
    """Return where each factor holds, shape ``(factors, rows)``."""
    out = np.empty((len(factors), matrix.shape[1]), dtype=np.bool_)
    for position, factor in enumerate(factors):
        out[position] = factor.holds(matrix)
    return out


def find_patterns(holds: Flags) -> tuple[Flags, Integers]:
    """Return the distinct combinations of factors, and which of them each row has.

    Rows of one pattern have one expected count, so their counts and weights may be added up: the
    likelihood of a log-linear model stays the same up to a constant.

    Parameters
    ----------
    holds
        Shape ``(factors, rows)``.

    Returns
    -------
    Patterns of shape ``(patterns, factors)``, and the pattern of each row.

    Examples
    --------
    >>> patterns, pattern = find_patterns(np.array([[True, False, True]]))
    >>> patterns.tolist(), pattern.tolist()
    ([[False], [True]], [1, 0, 1])
    """
    packed = np.ascontiguousarray(np.packbits(holds, axis=0).T)
    if not packed.shape[1]:
        return np.zeros((1, 0), np.bool_), np.zeros(packed.shape[0], np.int64)
    key = packed.view(f"V{packed.shape[1]}").ravel()
    _, first, pattern = np.unique(key, return_index=True, return_inverse=True)
    return np.ascontiguousarray(holds[:, first].T), pattern.astype(np.int64)


def add_up(values: Floats, key: Integers, n_keys: int) -> Floats:
    """Return the sum of the values of each key, shape ``(n_keys,)``."""
    return np.asarray(np.bincount(key, values, minlength=n_keys), dtype=np.float64)


def _limits(
    entry: PlaceMeasure, values: npt.NDArray[np.float32], weight: Floats, block_m: float
) -> tuple[float, ...]:
    if entry.measure == "distance":
        return tuple(blocks * block_m for blocks in BLOCKS)
    if entry.measure != "density" or not weight.sum():
        return (0.0,)
    mean = np.average(values, weights=weight)
    spread = np.sqrt(np.average((values - mean) ** 2, weights=weight))
    return (float(mean + DENSE_DEVIATIONS * spread),)
