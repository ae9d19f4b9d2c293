"""Neighbourhoods: none may take more than its share of a shift's minutes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.grid import Grid

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

FEWEST_SHARES = 2.0


@dataclass(frozen=True)
class Neighbourhoods:
    """The parts of the jurisdiction between which patrol is kept even.

    Parameters
    ----------
    ids
        Their names.
    of_cell
        Index into ``ids`` of every flat cell, by its centre; -1 outside all of them.
    share
        The most of a shift's minutes that one may have.
    """

    ids: tuple[str, ...]
    of_cell: npt.NDArray[np.int64]
    share: float

    @classmethod
    def of(cls, grid: Grid, polygons: GeoDataFrame | None, share: float) -> Neighbourhoods:
        """Take the layer's neighbourhoods, or the districts where there is no layer.

        Parameters
        ----------
        grid
            The study's grid.
        polygons
            Columns ``neighbourhood_id, geometry`` in the grid's CRS, or None. Where two overlap
            the first counts.
        share
            The ``neighbourhood_share`` of the caps.
        """
        if polygons is None or polygons.empty:
            return cls(grid.district_ids, grid.district.reshape(-1).astype(np.int64), share)
        import shapely

        row, column = np.divmod(grid.inside_index, grid.shape[1])
        centres = np.asarray(shapely.points(grid.eastings[column], grid.northings[row]))
        which, polygon = shapely.STRtree(centres).query(
            np.asarray(polygons.geometry.array, dtype=object), predicate="covers"
        )[::-1]
        of_cell = np.full(grid.mask.size, -1, dtype=np.int64)
        later_first = np.argsort(-polygon, kind="stable")
        of_cell[grid.inside_index[which[later_first]]] = polygon[later_first]
        return cls(tuple(polygons["neighbourhood_id"].astype(str)), of_cell, share)

    @property
    def applied(self) -> bool:
        """Return whether there are enough of them for the ceiling to mean something.

        With fewer than two shares' worth of neighbourhoods, even patrol alone would break it.
        """
        return len(self.ids) * self.share >= FEWEST_SHARES

    def limit(self, boxes: int) -> int:
        """Return how many of a shift's boxes one neighbourhood may have.

        All boxes of a shift have equal minutes, so a share of minutes is a share of boxes. One
        box is always allowed, although it is more than the share where boxes are few.

        Examples
        --------
        >>> Neighbourhoods(tuple("abcdefgh"), np.zeros(0, np.int64), 0.25).limit(10)
        2
        """
        if not self.applied:
            return boxes
        return max(1, math.floor(self.share * boxes + 1e-9))

    def name(self, index: int) -> str:
        """Return a neighbourhood's id, empty outside all."""
        return self.ids[index] if index >= 0 else ""
