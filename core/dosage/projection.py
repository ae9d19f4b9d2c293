"""Positions into the grid's CRS, fast: polynomials that are checked against the projection."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.grid import Grid
from evenbeat.core.kernels.pings import evaluate_polynomials

if TYPE_CHECKING:
    from pyproj import Transformer

Floats = npt.NDArray[np.float64]
MARGIN = 0.1
"""Of the grid's width and height, how far around it the polynomials hold."""
LARGEST_ERROR_M = 1e-3
_DEGREE = 6
_NODES = 14


@dataclass(frozen=True)
class Projection:
    """The way from one CRS to a grid's, the same as pyproj's to a millimetre around the grid.

    Over a city a projection is so smooth that a polynomial of degree 6 in longitude and latitude
    replaces it. Positions farther away, and CRSs for which that does not hold, go through pyproj.

    Parameters
    ----------
    crs
        CRS of the positions, longitude (or easting) first.
    grid
        Where they go.
    """

    crs: str
    grid: Grid

    @cached_property
    def _exact(self) -> Transformer:
        from pyproj import Transformer

        return Transformer.from_crs(self.crs, self.grid.crs, always_xy=True)

    @cached_property
    def _window(self) -> tuple[Floats, Floats]:
        """Return middle and half width of the window of source coordinates around the grid."""
        west, south, east, north = self.grid.bounds
        across, up = MARGIN * (east - west), MARGIN * (north - south)
        edge = self._exact.transform_bounds(
            west - across, south - up, east + across, north + up, direction="INVERSE"
        )
        low, high = np.array(edge[:2]), np.array(edge[2:])
        return (low + high) / 2, (high - low) / 2

    @cached_property
    def _factors(self) -> Floats | None:
        """Return the polynomials, or None where they are not good enough."""
        middle, half = self._window
        nodes = np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES)
        x, y = (part.ravel() for part in np.meshgrid(nodes, nodes))
        powers = [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]
        terms = np.column_stack([x**i * y**j for i, j in powers])
        exact = np.column_stack(
            self._exact.transform(middle[0] + x * half[0], middle[1] + y * half[1])
        )
        if not np.isfinite(exact).all():
            return None
        fitted = np.linalg.lstsq(terms, exact, rcond=None)[0]
        factors = np.zeros((2, _DEGREE + 1, _DEGREE + 1))
        for (i, j), pair in zip(powers, fitted, strict=True):
            factors[:, i, j] = pair
        return factors if self._largest_error_m(factors) <= LARGEST_ERROR_M else None

    def _largest_error_m(self, factors: Floats) -> float:
        """Return the largest error on a lattice that the fit did not see, edges included."""
        middle, half = self._window
        lattice = np.linspace(-1.0, 1.0, 37)
        x, y = (np.ascontiguousarray(part.ravel()) for part in np.meshgrid(lattice, lattice))
        easting, northing = np.empty_like(x), np.empty_like(x)
        evaluate_polynomials(x, y, factors, easting, northing)
        exact = self._exact.transform(middle[0] + x * half[0], middle[1] + y * half[1])
        apart = np.hypot(easting - exact[0], northing - exact[1])
        return float(apart.max() * self.grid.metres_per_unit)

    def project(self, first: Floats, second: Floats) -> tuple[Floats, Floats]:
        """Return eastings and northings in the grid's units; not finite where there are none.

        Parameters
        ----------
        first, second
            Longitudes and latitudes, or eastings and northings of the source CRS, shape ``(n,)``.
        """
        if self.crs == self.grid.crs:
            return first, second
        factors = self._factors
        if factors is None:
            easting, northing = self._exact.transform(first, second)
            return np.asarray(easting), np.asarray(northing)
        middle, half = self._window
        x, y = (first - middle[0]) / half[0], (second - middle[1]) / half[1]
        easting, northing = np.empty_like(x), np.empty_like(x)
        evaluate_polynomials(x, y, factors, easting, northing)
        far = np.flatnonzero(~((np.abs(x) <= 1.0) & (np.abs(y) <= 1.0)))
        if far.size:
            easting[far], northing[far] = self._exact.transform(first[far], second[far])
        return easting, northing
