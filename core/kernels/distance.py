"""Exact distance from every cell's centre to the nearest point or line.

The raster is split into quarters again and again. A tile keeps only the features that could be
the nearest one of some cell in it: those whose least distance from the tile does not exceed the
smallest greatest distance of any feature. A tile of a few cells keeps a handful, and those are
tried for each cell. No feature is rasterized and nothing is approximated.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]

_LEAF = 24  # edge of the tiles in which each candidate is tried for each cell
_SLACK = 1.0 + 1e-9  # keeps what rounding would otherwise take for a hair too far


@kernel
def _is_finite(x0: float, y0: float, x1: float, y1: float) -> bool:
    """Return whether both ends of a piece have a position."""
    return math.isfinite(x0) and math.isfinite(y0) and math.isfinite(x1) and math.isfinite(y1)


@kernel
def _to_cells(
    x0: Floats, y0: Floats, x1: Floats, y1: Floats, west: float, north: float, cell_size: float
) -> Floats:
    """Return finite segments as start, run and inverse squared length, in steps of centres."""
    segments = np.empty((5, x0.size))
    kept = 0
    for item in range(x0.size):
        if not _is_finite(x0[item], y0[item], x1[item], y1[item]):
            continue
        run_x = (x1[item] - x0[item]) / cell_size
        run_y = (y0[item] - y1[item]) / cell_size
        length2 = run_x * run_x + run_y * run_y
        segments[0, kept] = (x0[item] - west) / cell_size - 0.5
        segments[1, kept] = (north - y0[item]) / cell_size - 0.5
        segments[2, kept] = run_x
        segments[3, kept] = run_y
        segments[4, kept] = 1.0 / length2 if length2 > 0.0 else 0.0
        kept += 1
    return segments[:, :kept]


@kernel
def _bound(
    segments: Floats, item: int, centre_x: float, centre_y: float, half_x: float, half_y: float
) -> tuple[float, float]:
    """Return the least and greatest possible squared distance from a tile's cells to a segment."""
    off_x, off_y = centre_x - segments[0, item], centre_y - segments[1, item]
    inverse = segments[4, item]
    if inverse == 0.0:
        off_x, off_y = abs(off_x), abs(off_y)
        near_x, near_y = max(off_x - half_x, 0.0), max(off_y - half_y, 0.0)
        far_x, far_y = off_x + half_x, off_y + half_y
        return near_x * near_x + near_y * near_y, far_x * far_x + far_y * far_y
    run_x, run_y = segments[2, item], segments[3, item]
    along = min(max((off_x * run_x + off_y * run_y) * inverse, 0.0), 1.0)
    gap_x, gap_y = off_x - along * run_x, off_y - along * run_y
    from_centre = np.sqrt(gap_x * gap_x + gap_y * gap_y)
    half = np.sqrt(half_x * half_x + half_y * half_y)
    near = max(from_centre - half, 0.0)
    return near * near, (from_centre + half) * (from_centre + half)


@kernel
def _keep_candidates(
    segments: Floats, pool: Integers, near: Floats, begin: int, end: int, tile: Integers
) -> int:
    """Write behind ``end`` the features of ``pool[begin:end]`` that a tile must look at."""
    half_y, half_x = (tile[1] - tile[0] - 1) * 0.5, (tile[3] - tile[2] - 1) * 0.5
    centre_y, centre_x = tile[0] + half_y, tile[2] + half_x
    farthest = np.inf
    for place in range(begin, end):
        least, greatest = _bound(segments, pool[place], centre_x, centre_y, half_x, half_y)
        near[place - begin] = least
        farthest = min(farthest, greatest)
    farthest *= _SLACK
    behind = end
    for place in range(begin, end):
        # Written before it is known to stay: a branch here would be guessed wrong half the time.
        pool[behind] = pool[place]
        behind += near[place - begin] <= farthest
    return behind


@kernel
def _lower_to_point(off_x: float, off_y: float, squared: Floats) -> None:
    """Lower a tile's squared distances to those from a point, given its first cell's offset."""
    across = np.empty(squared.shape[1])
    for column in range(across.size):
        across[column] = (off_x + column) * (off_x + column)
    for row in range(squared.shape[0]):
        down = (off_y + row) * (off_y + row)
        line = squared[row]
        for column in range(across.size):
            line[column] = min(line[column], across[column] + down)


@kernel
def _lower_to_segment(
    off_x: float, off_y: float, run_x: float, run_y: float, inverse: float, squared: Floats
) -> None:
    """Lower a tile's squared distances to those from a segment, given its first cell's offset."""
    for row in range(squared.shape[0]):
        down = off_y + row
        line = squared[row]
        for column in range(line.size):
            across = off_x + column
            along = min(max((across * run_x + down * run_y) * inverse, 0.0), 1.0)
            gap_x, gap_y = across - along * run_x, down - along * run_y
            line[column] = min(line[column], gap_x * gap_x + gap_y * gap_y)


@kernel
def _fill_tile(
    segments: Floats, candidates: Integers, tile: Integers, cell_size: float, out: Floats
) -> None:
    """Write the distances of a tile's cells to the nearest of its candidates."""
    squared = np.full((tile[1] - tile[0], tile[3] - tile[2]), np.inf)
    for item in candidates:
        off_x, off_y = tile[2] - segments[0, item], tile[0] - segments[1, item]
        run_x, run_y, inverse = segments[2, item], segments[3, item], segments[4, item]
        if inverse == 0.0:
            _lower_to_point(off_x, off_y, squared)
        else:
            _lower_to_segment(off_x, off_y, run_x, run_y, inverse, squared)
    for row in range(squared.shape[0]):
        line = out[tile[0] + row, tile[2] : tile[3]]
        for column in range(line.size):
            line[column] = np.sqrt(squared[row, column]) * cell_size


@kernel
def _fill_nearest(segments: Floats, cell_size: float, out: Floats) -> None:
    """Split the raster into tiles, depth first, and fill each from its candidates."""
    n_features = segments.shape[1]
    if n_features == 0:
        out[:] = np.inf
        return
    pool = np.empty(4 * n_features + 64, np.int64)
    pool[:n_features] = np.arange(n_features)
    near = np.empty(n_features)
    # Rows and columns of a tile, and where its parent's candidates stand. Children share these and
    # write their own behind them, over those of a sibling that is done.
    stack = np.empty((256, 6), np.int64)
    stack[0] = np.array([0, out.shape[0], 0, out.shape[1], 0, n_features])
    waiting = 1
    while waiting:
        waiting -= 1
        tile = stack[waiting].copy()
        begin, end = tile[4], tile[5]
        if 2 * end - begin > pool.size:
            grown = np.empty(2 * (2 * end - begin), np.int64)
            grown[:end] = pool[:end]
            pool = grown
        behind = _keep_candidates(segments, pool, near, begin, end, tile)
        height, width = tile[1] - tile[0], tile[3] - tile[2]
        if max(height, width) <= _LEAF:
            _fill_tile(segments, pool[end:behind], tile, cell_size, out)
            continue
        row_cut, column_cut = tile[0] + (height + 1) // 2, tile[2] + (width + 1) // 2
        for first_row, last_row in ((tile[0], row_cut), (row_cut, tile[1])):
            for first_column, last_column in ((tile[2], column_cut), (column_cut, tile[3])):
                if first_row < last_row and first_column < last_column:
                    stack[waiting, :4] = first_row, last_row, first_column, last_column
                    stack[waiting, 4:] = end, behind
                    waiting += 1


@kernel
def nearest_point_distance(
    easting: Floats, northing: Floats, west: float, north: float, cell_size: float, out: Floats
) -> None:
    """Write the distance from each cell's centre to the nearest point.

    Parameters
    ----------
    easting, northing
        Positions in the grid's units, on or off the raster, shape ``(n,)``; a point that is NaN or
        infinite is passed over.
    west, north
        Outer corner of the first cell.
    cell_size
        Edge of a cell.
    out
        Distances in the grid's units, shape ``(y, x)``; overwritten; infinite without any point.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.empty((1, 2))
    >>> nearest_point_distance(np.array([50.0]), np.array([20.0]), 0.0, 100.0, 100.0, out)
    >>> out
    array([[ 30.        , 104.40306509]])
    """
    _fill_nearest(
        _to_cells(easting, northing, easting, northing, west, north, cell_size), cell_size, out
    )


@kernel
def nearest_segment_distance(
    x0: Floats,
    y0: Floats,
    x1: Floats,
    y1: Floats,
    west: float,
    north: float,
    cell_size: float,
    out: Floats,
) -> None:
    """Write the distance from each cell's centre to the nearest straight piece of a line.

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
        Distances in the grid's units, shape ``(y, x)``; overwritten; infinite without any piece.

    Examples
    --------
    >>> import numpy as np
    >>> out, zero = np.empty((1, 2)), np.array([0.0])
    >>> nearest_segment_distance(zero, zero, zero + 200, zero, 0.0, 100.0, 100.0, out)
    >>> out
    array([[50., 50.]])
    """
    _fill_nearest(_to_cells(x0, y0, x1, y1, west, north, cell_size), cell_size, out)
