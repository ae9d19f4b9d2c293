"""Count incidents in cells and shifts."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import exact_kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]
Numbers = npt.NDArray[np.floating[Any] | np.integer[Any]]


@exact_kernel
def count_space_time(
    row: Integers, column: Integers, shift_index: Integers, weight: Numbers, out: Numbers
) -> int:
    """Add incidents to a cube of shifts and cells.

    Parameters
    ----------
    row, column
        Cell of each incident as from `evenbeat.core.grid.Grid.locate`, shape ``(n,)``.
    shift_index
        Position of each incident's shift along the cube, shape ``(n,)``.
    weight
        Weight of each incident, shape ``(n,)``.
    out
        Sums, shape ``(shift, y, x)``; added to. float32 counts exactly up to 16,777,216. uint16
        needs half of that memory and takes whole weights up to 65,535 a cell, which is not checked.

    Returns
    -------
    int
        Number of incidents dropped because their cell or shift is outside the cube.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.zeros((1, 2, 2), dtype=np.float32)
    >>> count_space_time(np.array([1, -1]), np.array([0, -1]), np.array([0, 0]), np.ones(2), out)
    1
    >>> out[0]
    array([[0., 0.],
           [1., 0.]], dtype=float32)
    """
    n_shifts, height, width = out.shape
    dropped = 0
    for incident in range(row.size):
        # int64 first: an unsigned input compared with a signed bound would become a float.
        at_row = np.int64(row[incident])
        at_column = np.int64(column[incident])
        at_shift = np.int64(shift_index[incident])
        if 0 <= at_row < height and 0 <= at_column < width and 0 <= at_shift < n_shifts:
            out[at_shift, at_row, at_column] += weight[incident]
        else:
            dropped += 1
    return dropped
