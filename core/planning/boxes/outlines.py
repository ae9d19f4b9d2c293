"""The outline of a box of one or several cells: cut at its district, snapped to blocks."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import PlanError
from evenbeat.core.grid import Grid
from evenbeat.core.planning.boxes.snapping import Cell, Shapes, polygons_of, snap_to_blocks

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


def grow_box(
    seed_cell: Cell,
    priority: npt.NDArray[np.floating],
    grid: Grid,
    taken: npt.NDArray[np.bool_],
    *,
    cells: int,
    least_share: float = 0.5,
) -> list[Cell]:
    """Grow a box from one cell over adjacent cells, those of highest priority first.

    Parameters
    ----------
    seed_cell
        Row and column of the first cell.
    priority
        Shape ``(height, width)``; NaN outside.
    grid
        The study's grid.
    taken
        Shape ``(height, width)``: cells that may not be added.
    cells
        Most cells of the box.
    least_share
        A cell is added only with at least this share of the seed's priority.

    Returns
    -------
    Cells of one district that share edges, in the order of being added, the seed first; of equal
    priorities the northern, then the western one goes first.

    Raises
    ------
    PlanError
        The seed is outside or has no priority, an array does not fit the grid, or a number is out
        of its range.

    Examples
    --------
    >>> grid = Grid("EPSG:26971", 250.0, 0.0, 500.0, np.zeros((2, 2), np.int16))
    >>> free = np.zeros((2, 2), bool)
    >>> grow_box((0, 0), np.array([[8.0, 3.0], [5.0, 4.0]]), grid, free, cells=3)
    [(0, 0), (1, 0), (1, 1)]
    """
    _check_growth(seed_cell, priority, grid, taken, cells, least_share)
    seed = (int(seed_cell[0]), int(seed_cell[1]))
    home = grid.district[seed]
    least = least_share * float(priority[seed])
    box, seen = [seed], {seed}
    frontier: list[tuple[float, Cell]] = []
    while len(box) < cells:
        for cell in _beside(box[-1], grid.shape):
            value = float(priority[cell])
            if cell not in seen and grid.district[cell] == home and not taken[cell]:
                seen.add(cell)
                if value >= least:
                    heapq.heappush(frontier, (-value, cell))
        if not frontier:
            break
        box.append(heapq.heappop(frontier)[1])
    return box


def box_outline(
    cells: Sequence[Cell],
    grid: Grid,
    *,
    district_area: BaseGeometry | None = None,
    blocks: npt.ArrayLike | None = None,
) -> BaseGeometry:
    """Return the outline of one box; see `box_outlines` for the rules.

    Parameters
    ----------
    district_area
        The district of the box, in the grid's CRS.

    Examples
    --------
    >>> from shapely import box
    >>> grid = Grid("EPSG:26971", 250.0, 0.0, 500.0, np.zeros((2, 2), np.int16))
    >>> box_outline([(0, 0), (0, 1)], grid).area
    125000.0
    >>> box_outline([(0, 0)], grid, district_area=box(0, 0, 200, 500)).bounds
    (0.0, 250.0, 200.0, 500.0)
    >>> box_outline([(0, 0)], grid, blocks=[box(10, 240, 230, 520), box(230, 240, 400, 520)]).bounds
    (10.0, 240.0, 230.0, 520.0)
    """
    areas = None
    if district_area is not None and cells:
        areas = {_district_of(cells, grid): district_area}
    outline: BaseGeometry = box_outlines([cells], grid, district_areas=areas, blocks=blocks)[0]
    return outline


def box_outlines(
    boxes: Sequence[Sequence[Cell]],
    grid: Grid,
    *,
    district_areas: Mapping[str, BaseGeometry] | None = None,
    blocks: npt.ArrayLike | None = None,
) -> Shapes:
    """Return the outlines of boxes: valid polygons or multipolygons.

    *Cut.* Without blocks an outline is the union of the squares of the cells, cut at the boundary
    of their district. Detached parts below `SLIVER_SHARE` of a cell are left out; where all are
    that small, the largest stays.

    *Snap.* With blocks, those blocks, cut at the district, stand for the squares whose union has
    the greatest intersection over union with them, found exactly: a block belongs to that union
    when the ratio of what it shares with the squares to what it adds is above the ratio reached.
    Below `LEAST_OVERLAP` the squares stay. A block that holds ground of two boxes without common
    cells snaps neither, so the outlines of such boxes never overlap; boxes with common cells, as
    those of two shifts, do not hinder each other.

    Caps of spacing and buffer are on the cells, not on the outlines.

    Parameters
    ----------
    boxes
        Rows and columns of the cells of each box, all of one district.
    grid
        The study's grid.
    district_areas
        District id to its polygon in the grid's CRS; without it nothing is cut.
    blocks
        Polygons in the grid's CRS that do not overlap, as of `StreetNetwork.blocks`.

    Raises
    ------
    PlanError
        A box has no cell, a cell is outside, the cells of a box are of several districts, or a
        district's polygon is missing or holds nothing of the box.
    """
    import shapely

    squares, areas = np.empty(len(boxes), dtype=object), np.empty(len(boxes), dtype=object)
    for index, cells in enumerate(boxes):
        district_id = _district_of(cells, grid)
        whole = shapely.union_all([grid.box(row, column) for row, column in cells])
        if district_areas is not None:
            areas[index] = _area_of(district_id, district_areas)
            part = polygons_of(shapely.intersection(whole, areas[index]), grid)
            if part is None:
                raise PlanError(
                    f"District {district_id!r} holds nothing of its cells {list(cells)}. Give the "
                    "district polygons that the grid was made from, in the grid's CRS."
                )
            whole = part
        squares[index] = whole
    if blocks is not None:
        faces = np.asarray(blocks, dtype=object).reshape(-1)
        for index, snapped in snap_to_blocks(boxes, squares, areas, faces, grid).items():
            squares[index] = snapped
    return np.asarray(shapely.normalize(squares), dtype=object)


def _district_of(cells: Sequence[Cell], grid: Grid) -> str:
    height, width = grid.shape
    inside = all(0 <= row < height and 0 <= column < width for row, column in cells)
    found = {int(grid.district[row, column]) for row, column in cells} if inside else {-1}
    if len(found) != 1 or min(found) < 0:
        raise PlanError(
            f"A box needs cells of one district inside the jurisdiction, got {list(cells)} on a "
            f"grid of {height} x {width}. Cut the box at the district's boundary."
        )
    return grid.district_ids[found.pop()]


def _area_of(district_id: str, areas: Mapping[str, BaseGeometry]) -> BaseGeometry:
    if district_id not in areas:
        raise PlanError(
            f"No polygon is given for district {district_id!r}; there are {sorted(areas)}. "
            "Give the polygons of all districts."
        )
    return areas[district_id]


def _beside(cell: Cell, shape: tuple[int, int]) -> list[Cell]:
    """Return the up to four cells that share an edge with one."""
    row, column = cell
    near = [(row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column)]
    return [(r, c) for r, c in near if 0 <= r < shape[0] and 0 <= c < shape[1]]


def _check_growth(
    seed: Cell, priority: npt.NDArray[np.floating], grid: Grid, taken: npt.NDArray[np.bool_],
    cells: int, least_share: float,
) -> None:  # fmt: skip
    if priority.shape != grid.shape or taken.shape != grid.shape:
        raise PlanError(
            f"priority and taken must have the grid's shape {grid.shape}, got {priority.shape} "
            f"and {taken.shape}."
        )
    if cells < 1 or not 0 <= least_share <= 1:
        raise PlanError(
            f"A box needs at least 1 cell and a least_share of 0 to 1, got {cells} and "
            f"{least_share}."
        )
    _district_of([seed], grid)
    if not priority[seed] > 0:
        raise PlanError(
            f"The seed cell {tuple(seed)} has priority {priority[seed]}; a box grows from a cell "
            "with priority above 0."
        )
