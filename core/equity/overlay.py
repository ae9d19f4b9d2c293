"""Areas laid over cells: exact areal weights, which keep every resident and every minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from evenbeat.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evenbeat.core.equity.areas import DemographicAreas
    from evenbeat.core.grid import Grid

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Parts:
    """Parts of the city as sums of parts of cells: areas, neighbourhoods or quintiles.

    Parameters
    ----------
    names
        Of the parts.
    of_cell
        Share of each cell that is in each part, sparse, shape ``(part, cell)``; cells are those
        inside the jurisdiction, in row-major order. A cell's shares sum to at most 1.
    residents
        Residents by part.
    km2
        Square kilometres of cells by part.
    """

    names: tuple[str, ...]
    of_cell: Any
    residents: Floats
    km2: Floats

    def sums(self, values: npt.ArrayLike) -> Floats:
        """Return sums by part of values by cell, from ``(..., cell)`` to ``(..., part)``."""
        array = np.asarray(values, dtype=np.float64)
        flat = array.reshape(-1, array.shape[-1])
        found = (self.of_cell @ flat.T).T
        return np.asarray(found).reshape(*array.shape[:-1], len(self.names))

    def grouped(self, index: npt.NDArray[np.int64], names: Sequence[str]) -> Parts:
        """Return larger parts: each part goes to one of them, or to none where its index is -1."""
        from scipy import sparse

        known = np.flatnonzero(index >= 0)
        gather = sparse.csr_matrix(
            (np.ones(known.size), (index[known], known)), shape=(len(names), len(self.names))
        )
        return Parts(
            tuple(names), gather @ self.of_cell, np.asarray(gather @ self.residents),
            np.asarray(gather @ self.km2),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Overlay:
    """Demographic areas over the cells of a study.

    Parameters
    ----------
    areas
        The areas as parts: their residents and square kilometres within the cells.
    residents_of_cell
        Residents of each inside cell.
    residents_outside
        Residents of each area that live outside the cells.
    """

    areas: Parts
    residents_of_cell: Floats
    residents_outside: Floats

    def by_cell(self, names: Sequence[str], of_cell: npt.NDArray[np.int64], km2: float) -> Parts:
        """Return parts of whole cells, such as neighbourhoods.

        Parameters
        ----------
        names
            Of the parts.
        of_cell
            Part of each inside cell; -1 for none.
        km2
            Area of a cell.
        """
        from scipy import sparse

        known = np.flatnonzero(of_cell >= 0)
        shape = (len(names), of_cell.size)
        matrix = sparse.csr_matrix((np.ones(known.size), (of_cell[known], known)), shape=shape)
        return Parts(
            tuple(names), matrix, np.asarray(matrix @ self.residents_of_cell),
            km2 * _binned(of_cell[known], np.ones(known.size), len(names)),
        )  # fmt: skip


def lay_over(areas: DemographicAreas, grid: Grid) -> Overlay:
    """Lay areas over the cells of a grid by the exact area of each intersection.

    Residents are spread evenly over their area (areal weighting), minutes evenly over their cell.
    Residents within cells and outside sum to all residents.

    Parameters
    ----------
    areas
        In the grid's CRS.
    grid
        The study's grid.

    Raises
    ------
    InputError
        No area touches the cells.

    References
    ----------
    Goodchild and Lam 1980, Areal interpolation: a variant of the traditional spatial problem,
    Geo-Processing 1, 297-312.
    """
    area, cell, shared = _intersections(areas, grid)
    if not area.size:
        raise InputError(
            "No area of the demographic table touches the jurisdiction. Check its CRS, and whether "
            "it is of this city."
        )
    whole = shapely.area(areas.outlines)
    weight = shared / whole[area]
    n_areas, n_cells = len(areas.ids), grid.n_inside
    inside = _binned(area, areas.residents[area] * weight, n_areas)
    # An area within the cells has nobody outside, whatever the last digits say.
    inside = np.where(np.isclose(inside, areas.residents, rtol=1e-12), areas.residents, inside)
    of_cell = _binned(cell, areas.residents[area] * weight, n_cells)
    # Slivers where areas overlap must not make a minute count twice.
    covered = _binned(cell, shared, n_cells) / grid.cell_size**2
    part = shared / grid.cell_size**2 / np.maximum(covered, 1.0)[cell]
    km2 = _binned(area, part, n_areas) * grid.cell_area_km2
    matrix = _sparse(part, area, cell, (n_areas, n_cells))
    return Overlay(
        Parts(areas.ids, matrix, inside, km2), of_cell, np.maximum(areas.residents - inside, 0.0)
    )


def _intersections(
    areas: DemographicAreas, grid: Grid
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
    """Return area, inside cell and shared area of every pair that overlaps, in that order."""
    row, column = np.divmod(grid.inside_index, grid.shape[1])
    west, north = grid.west + column * grid.cell_size, grid.north - row * grid.cell_size
    squares = shapely.box(west, north - grid.cell_size, west + grid.cell_size, north)
    cell, area = shapely.STRtree(areas.outlines).query(squares, predicate="intersects")
    shared = shapely.area(shapely.intersection(squares[cell], areas.outlines[area]))
    kept = np.flatnonzero(shared > 0)
    kept = kept[np.lexsort((cell[kept], area[kept]))]
    return area[kept].astype(np.int64), cell[kept].astype(np.int64), shared[kept]


def _sparse(
    values: Floats, row: npt.NDArray[np.int64], column: npt.NDArray[np.int64],
    shape: tuple[int, int],
) -> Any:  # fmt: skip
    from scipy import sparse

    return sparse.csr_matrix((values, (row, column)), shape=shape)


def _binned(index: npt.NDArray[np.int64], values: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(index, values, size), dtype=np.float64)
