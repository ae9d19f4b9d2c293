"""Count points in cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import exact_kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]
Numbers = npt.NDArray[np.floating[Any] | np.integer[Any]]

_BLOCK = 512
_OFF = -1


@exact_kernel
def _locate(
    easting: Floats,
    northing: Floats,
    west: float,
    north: float,
    cell_size: float,
    shape: tuple[int, int],
    rows: Integers,
    columns: Integers,
) -> None:
    """Write rows and columns of points, -1 as the row of those off the raster."""
    height, width = shape
    for point in range(easting.size):
        column = np.floor((easting[point] - west) / cell_size)
        row = np.floor((north - northing[point]) / cell_size)
        # Compared as floats: converting NaN or a huge value to an integer is undefined.
        on = (column >= 0.0) & (column < width) & (row >= 0.0) & (row < height)
        rows[point] = np.int32(row) if on else np.int32(_OFF)
        columns[point] = np.int32(column) if on else np.int32(_OFF)


@exact_kernel
def bin_points(
    easting: Floats,
    northing: Floats,
    weight: Numbers,
    west: float,
    north: float,
    cell_size: float,
    out: Numbers,
) -> int:
    """Add the points' weights to the cells they lie in.

    Parameters
    ----------
    easting, northing
        Positions in the grid's units, shape ``(n,)``; NaN counts as off the raster.
    weight
        Weight of each point, shape ``(n,)``.
    west, north
        Outer corner of the first cell.
    cell_size
        Edge of a cell.
    out
        Sums by cell, shape ``(y, x)``; added to. An integer type takes whole weights, which must
        not exceed it.

    Returns
    -------
    int
        Number of points off the raster.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.zeros((2, 2))
    >>> position = np.array([10.0, 150.0, 900.0])
    >>> bin_points(position, position, np.ones(3), 0.0, 200.0, 100.0, out)
    1
    >>> out
    array([[0., 1.],
           [1., 0.]])
    """
    off = 0
    # Locating in blocks of its own runs in vectors, which scattering into cells would prevent.
    rows, columns = np.empty(_BLOCK, np.int32), np.empty(_BLOCK, np.int32)
    for first in range(0, easting.size, _BLOCK):
        behind = min(first + _BLOCK, easting.size)
        _locate(easting[first:behind], northing[first:behind], west, north, cell_size,
                out.shape, rows, columns)  # fmt: skip
        for point in range(behind - first):
            if rows[point] == _OFF:
                off += 1
            else:
                # Unsigned, so that no test for negative indices is compiled into the loop.
                out[np.uint32(rows[point]), np.uint32(columns[point])] += weight[first + point]
    return off
