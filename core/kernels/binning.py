"""Count points in cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import exact_kernel

Floats = npt.NDArray[np.floating[Any]]


@exact_kernel
def bin_points(
    easting: Floats,
    northing: Floats,
    weight: Floats,
    west: float,
    north: float,
    cell_size: float,
    out: Floats,
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
        Sums by cell, shape ``(y, x)``; added to.

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
    height, width = out.shape
    off = 0
    for point in range(easting.size):
        column = np.floor((easting[point] - west) / cell_size)
        row = np.floor((north - northing[point]) / cell_size)
        # Compared as floats: converting NaN or a huge value to an integer is undefined.
        if 0.0 <= column < width and 0.0 <= row < height:
            # Unsigned, so that no test for negative indices is compiled into the loop.
            out[np.uint32(row), np.uint32(column)] += weight[point]
        else:
            off += 1
    return off
