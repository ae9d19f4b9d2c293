"""Cells from a reviewer's hand: which ones a box may have, and which one a point is in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from evenbeat.core.errors import ReviewError
from evenbeat.core.grid import Grid
from evenbeat.core.pipeline.review.grid import review_grid
from evenbeat.core.pipeline.review.past import MOST_CELLS
from evenbeat.core.planning.metering.past import Cell

if TYPE_CHECKING:
    from pyproj import Transformer
    from shapely import MultiPolygon, Polygon

    from evenbeat.core.store.workspace import Workspace


def checked_cells(grid: Grid, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return cells that can be one box, the first one its seed.

    Raises
    ------
    ReviewError
        There are none or more than nine, one is named twice or outside, they do not hang together
        by their edges, or they are of several districts.
    """
    chosen = tuple((int(row), int(column)) for row, column in cells)
    if not 1 <= len(chosen) <= MOST_CELLS or len(set(chosen)) < len(chosen):
        raise ReviewError(
            f"A box has 1 to {MOST_CELLS} different cells, got {list(chosen)}. Larger places need "
            "several boxes."
        )
    homes = {district_of(grid, cell) for cell in chosen}
    if len(homes) > 1:
        raise ReviewError(
            f"The cells {list(chosen)} are of the districts {sorted(homes)}; a box has one "
            "district. Make one box for each."
        )
    if not hang_together(chosen):
        raise ReviewError(
            f"The cells {list(chosen)} do not share edges, so they are no one box. Name cells "
            "beside each other, or make several boxes."
        )
    return chosen


def district_of(grid: Grid, cell: Cell) -> str:
    """Return the district of a cell.

    Raises
    ------
    ReviewError
        It is outside the jurisdiction.
    """
    row, column = cell
    height, width = grid.shape
    if not (0 <= row < height and 0 <= column < width) or grid.district[row, column] < 0:
        raise ReviewError(
            f"Row {row}, column {column} is outside the jurisdiction; the grid has {height} rows "
            f"and {width} columns, from the north-west. Choose a cell inside."
        )
    return grid.district_ids[int(grid.district[row, column])]


def shifted_cells(cells: Sequence[Cell], target: Cell) -> tuple[Cell, ...]:
    """Return a box's cells moved so that its seed lies on the target.

    Examples
    --------
    >>> shifted_cells([(2, 2), (2, 3)], (5, 1))
    ((5, 1), (5, 2))
    """
    down, across = target[0] - cells[0][0], target[1] - cells[0][1]
    return tuple((row + down, column + across) for row, column in cells)


def hang_together(cells: Sequence[Cell]) -> bool:
    """Return whether cells are one piece by their edges.

    Examples
    --------
    >>> hang_together([(0, 0), (0, 1)]), hang_together([(0, 0), (1, 1)])
    (True, False)
    """
    reached, waiting = {cells[0]}, [cells[0]]
    while waiting:
        row, column = waiting.pop()
        beside = ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1))
        fresh = [cell for cell in beside if cell in cells and cell not in reached]
        reached.update(fresh)
        waiting += fresh
    return len(reached) == len(cells)


def cell_at(
    workspace: Workspace, first: float, second: float, *, crs: str | None = None
) -> Cell:  # fmt: skip
    """Return the cell of a point.

    Parameters
    ----------
    first, second
        Easting and northing, or longitude and latitude.
    crs
        What they are in; the grid's by default.

    Raises
    ------
    ReviewError
        It is outside the grid, or there is no such CRS.
    """
    grid = review_grid(workspace).grid
    easting, northing = first, second
    if crs is not None:
        easting, northing = to_grid(crs, grid.crs).transform(first, second)
    row, column = grid.locate(easting, northing)
    if row < 0:
        raise ReviewError(
            f"The point {first:g}, {second:g} is outside the grid, which reaches from "
            f"{grid.bounds[0]:.0f}, {grid.bounds[1]:.0f} to {grid.bounds[2]:.0f}, "
            f"{grid.bounds[3]:.0f} in {grid.crs}. Choose a place inside."
        )
    return int(row), int(column)


def cells_of_outline(workspace: Workspace, outline: MultiPolygon | Polygon) -> tuple[Cell, ...]:
    """Return the cells whose centre a drawing covers, the one nearest its middle first.

    A drawing that is smaller than a cell stands for the cell under its middle.

    Raises
    ------
    ReviewError
        Its middle is outside the grid.
    """
    from evenbeat.core.pipeline.plan_inputs import covered_cells

    grid = review_grid(workspace).grid
    middle = outline.centroid
    flat = sorted(covered_cells(grid, outline))
    if not flat:
        return (cell_at(workspace, middle.x, middle.y),)
    cells = [divmod(cell, grid.shape[1]) for cell in flat]
    return tuple(sorted(
        cells,
        key=lambda cell: (grid.eastings[cell[1]] - middle.x) ** 2
        + (grid.northings[cell[0]] - middle.y) ** 2,
    ))  # fmt: skip


@lru_cache(maxsize=8)
def to_grid(crs: str, grid_crs: str) -> Transformer:
    """Return what brings points to the grid's CRS.

    Raises
    ------
    ReviewError
        There is no such CRS.
    """
    from pyproj import Transformer
    from pyproj.exceptions import CRSError

    try:
        return Transformer.from_crs(crs, grid_crs, always_xy=True)
    except CRSError as error:
        raise ReviewError(
            f"There is no CRS {crs!r}. Give a code such as EPSG:4326, or leave it out for the "
            f"grid's own, {grid_crs}."
        ) from error
