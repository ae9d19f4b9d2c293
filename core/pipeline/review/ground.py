"""The ground of an area: whether it lies in the jurisdiction, and whether it can be boxes."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from evenbeat.core.errors import ReviewError
from evenbeat.core.grid import Grid
from evenbeat.core.pipeline.review.cells import district_of, hang_together
from evenbeat.core.pipeline.review.past import MOST_CELLS
from evenbeat.core.planning.boxes.rows import cell_squares
from evenbeat.core.planning.metering.past import Cell

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon


def require_inside(grid: Grid, geometry: MultiPolygon | Polygon) -> None:
    """Refuse an area that touches no cell of the jurisdiction.

    Raises
    ------
    ReviewError
        It lies outside.
    """
    import shapely

    row, column = np.divmod(grid.inside_index, grid.shape[1])
    west, south, east, north = geometry.bounds
    near = (
        (np.abs(grid.eastings[column] - (west + east) / 2) <= (east - west + grid.cell_size) / 2)
        & (np.abs(grid.northings[row] - (south + north) / 2)
           <= (north - south + grid.cell_size) / 2)
    )  # fmt: skip
    if not shapely.intersects(cell_squares(grid, grid.inside_index[near]), geometry).any():
        raise ReviewError(
            f"The area lies outside the jurisdiction: it reaches from {west:.0f}, {south:.0f} to "
            f"{east:.0f}, {north:.0f}, the grid from {grid.bounds[0]:.0f}, {grid.bounds[1]:.0f} "
            f"to {grid.bounds[2]:.0f}, {grid.bounds[3]:.0f} in {grid.crs}. Check its coordinates."
        )


def require_boxes(grid: Grid, cells: Collection[int]) -> None:
    """Refuse a custom area whose cells are not one box in each district that it reaches into.

    Raises
    ------
    ReviewError
        It has more than nine cells in a district, or cells that do not hang together.
    """
    of_district: dict[str, list[Cell]] = {}
    for flat in sorted(cells):
        cell = divmod(flat, grid.shape[1])
        of_district.setdefault(district_of(grid, cell), []).append(cell)
    for district, there in of_district.items():
        if len(there) > MOST_CELLS:
            raise ReviewError(
                f"The area has {len(there)} cells of district {district}, and a box has at most "
                f"{MOST_CELLS}. Draw it smaller, or several areas."
            )
        if not hang_together(there):
            raise ReviewError(
                f"The area's {len(there)} cells of district {district} do not share edges: "
                f"{', '.join(f'{row},{column}' for row, column in there)}. Draw one area for each "
                "part."
            )
