"""Exact length of lines and exact share of area in each cell."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import exact_kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]
Booleans = npt.NDArray[np.bool_]


@exact_kernel
def _is_finite(x0: float, y0: float, x1: float, y1: float) -> bool:
    """Return whether both ends of a piece have a position."""
    return math.isfinite(x0) and math.isfinite(y0) and math.isfinite(x1) and math.isfinite(y1)


@exact_kernel
def _clip(start: float, run: float, least: float, greatest: float) -> tuple[float, float]:
    """Return the part of ``[0, 1]`` in which ``start + t * run`` lies between two limits."""
    if run == 0.0:
        return (0.0, 1.0) if least <= start <= greatest else (1.0, 0.0)
    enter, leave = (least - start) / run, (greatest - start) / run
    return max(0.0, min(enter, leave)), min(1.0, max(enter, leave))


@exact_kernel
def _next_line(position: float, run: float) -> float:
    """Return the first grid line strictly ahead of a position."""
    return math.floor(position) + 1.0 if run > 0.0 else math.ceil(position) - 1.0


@exact_kernel
def _line_at(line: float, start: float, run: float) -> float:
    """Return where along a segment a grid line is crossed; never when it runs beside it."""
    return (line - start) / run if run != 0.0 else np.inf


@exact_kernel
def line_length(
    x0: Floats,
    y0: Floats,
    x1: Floats,
    y1: Floats,
    west: float,
    north: float,
    cell_size: float,
    out: Floats,
) -> None:
    """Add the length of straight pieces of lines to the cells they pass through.

    A piece that runs along the border of two cells counts in the one that `Grid.locate` gives for
    its points.

    Parameters
    ----------
    x0, y0, x1, y1
        Ends of each piece in the grid's units, shape ``(n,)``; pieces with an end that is NaN or
        infinite are passed over.
    west, north
        Outer corner of the first cell.
    cell_size
        Edge of a cell.
    out
        Length by cell in the grid's units, shape ``(y, x)``; added to.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.zeros((1, 2))
    >>> line_length(*np.array([[50.0], [50.0], [130.0], [50.0]]), 0.0, 100.0, 100.0, out)
    >>> out
    array([[50., 30.]])
    """
    height, width = out.shape
    for item in range(x0.size):
        if not _is_finite(x0[item], y0[item], x1[item], y1[item]):
            continue
        column_at, row_at = (x0[item] - west) / cell_size, (north - y0[item]) / cell_size
        run_x = (x1[item] - west) / cell_size - column_at
        run_y = (north - y1[item]) / cell_size - row_at
        length = np.hypot(x1[item] - x0[item], y1[item] - y0[item])
        enter_x, leave_x = _clip(column_at, run_x, 0.0, width)
        enter_y, leave_y = _clip(row_at, run_y, 0.0, height)
        at, end = max(enter_x, enter_y), min(leave_x, leave_y)
        column_line = _next_line(column_at + at * run_x, run_x)
        row_line = _next_line(row_at + at * run_y, run_y)
        while at < end:
            next_column = _line_at(column_line, column_at, run_x)
            next_row = _line_at(row_line, row_at, run_y)
            upto = max(at, min(next_column, next_row, end))
            # The middle of a piece lies in its cell; an end may be rounded to either side.
            middle = 0.5 * (at + upto)
            column = np.int64(np.floor(column_at + middle * run_x))
            row = np.int64(np.floor(row_at + middle * run_y))
            if 0 <= column < width and 0 <= row < height:
                out[row, column] += (upto - at) * length
            at = upto
            if next_column <= upto:
                column_line += 1.0 if run_x > 0.0 else -1.0
            if next_row <= upto:
                row_line += 1.0 if run_y > 0.0 else -1.0


@exact_kernel
def _ring_sign(easting: Floats, northing: Floats, first: int, behind: int, hole: bool) -> float:
    """Return what turns a ring so that shells add and holes take away, or 0 when it is broken."""
    twice_area = 0.0
    for corner in range(first, behind):
        following = corner + 1 if corner + 1 < behind else first
        # Relative to the first corner, or the large coordinates would eat the digits.
        twice_area += (easting[corner] - easting[first]) * (northing[following] - northing[first])
        twice_area -= (easting[following] - easting[first]) * (northing[corner] - northing[first])
    if twice_area == 0.0 or not math.isfinite(twice_area):
        return 0.0
    return -1.0 if (twice_area < 0.0) != hole else 1.0


@exact_kernel
def _add_edge(
    column_at: float, row_at: float, run_x: float, run_y: float, sign: float, steps: Floats
) -> None:
    """Add the area to the right of an edge, as steps that a running sum along a row turns into it.

    A piece of the edge within a cell changes the share of that cell by the part of its strip that
    lies to the right of it, and that of every cell further right by its whole height.
    """
    height, width = steps.shape[0], steps.shape[1] - 1
    at, end = _clip(row_at, run_y, 0.0, height)
    if run_y == 0.0:
        return
    column_line = _next_line(column_at + at * run_x, run_x)
    row_line = _next_line(row_at + at * run_y, run_y)
    # Beyond the raster's sides only its first and last line matter.
    column_line = max(column_line, 0.0) if run_x > 0.0 else min(column_line, width)
    while at < end:
        beyond = column_line > width or column_line < 0.0
        next_column = np.inf if beyond else _line_at(column_line, column_at, run_x)
        next_row = _line_at(row_line, row_at, run_y)
        upto = max(at, min(next_column, next_row, end))
        middle = column_at + 0.5 * (at + upto) * run_x
        row = np.int64(np.floor(row_at + 0.5 * (at + upto) * run_y))
        if middle < width and 0 <= row < height:
            fall = sign * (upto - at) * run_y
            column = np.int64(np.floor(max(middle, 0.0)))
            left = max(middle, 0.0) - column
            steps[row, column] += fall * (1.0 - left)
            steps[row, column + 1] += fall * left
        at = upto
        if next_column <= upto:
            column_line += 1.0 if run_x > 0.0 else -1.0
        if next_row <= upto:
            row_line += 1.0 if run_y > 0.0 else -1.0


@exact_kernel
def area_share(
    easting: Floats,
    northing: Floats,
    ring_start: Integers,
    hole: Booleans,
    west: float,
    north: float,
    cell_size: float,
    out: Floats,
) -> None:
    """Add the share of each cell's area that polygons cover.

    Polygons that overlap add up: dissolve them first where that is not meant.

    Parameters
    ----------
    easting, northing
        Corners of all rings, one ring after the other, closed or not and in either direction,
        shape ``(n,)``, as from `shapely.to_ragged_array`.
    ring_start
        Where each ring starts, and at last ``n``; shape ``(rings + 1,)``. A ring with a corner that
        is NaN or infinite is passed over.
    hole
        Whether each ring is a hole, shape ``(rings,)``.
    west, north
        Outer corner of the first cell.
    cell_size
        Edge of a cell.
    out
        Share by cell, 0 to 1, shape ``(y, x)``; added to.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.zeros((1, 2))
    >>> east, north = np.array([50.0, 150.0, 150.0, 50.0]), np.array([0.0, 0.0, 100.0, 100.0])
    >>> area_share(east, north, np.array([0, 4]), np.array([False]), 0.0, 100.0, 100.0, out)
    >>> out
    array([[0.5, 0.5]])
    """
    height, width = out.shape
    steps = np.zeros((height, width + 1))
    for ring in range(hole.size):
        first, behind = ring_start[ring], ring_start[ring + 1]
        sign = _ring_sign(easting, northing, first, behind, hole[ring])
        if sign == 0.0:
            continue
        for corner in range(first, behind):
            following = corner + 1 if corner + 1 < behind else first
            column_at = (easting[corner] - west) / cell_size
            row_at = (north - northing[corner]) / cell_size
            run_x = (easting[following] - west) / cell_size - column_at
            run_y = (north - northing[following]) / cell_size - row_at
            _add_edge(column_at, row_at, run_x, run_y, sign, steps)
    for row in range(height):
        share = 0.0
        for column in range(width):
            share += steps[row, column]
            # Sums that cancel leave crumbs of rounding; a share that small is none.
            if abs(share) > 1e-9:
                out[row, column] += share
