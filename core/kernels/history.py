"""Sums over past incidents, smoothed in space and faded in time, carried from day to day.

Smoothing commutes with fading: a new incident stamps its footprint once, and a day only has to
fade the sums, take in what became known, take out what grew too old, and note the cells asked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import exact_kernel, kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]

_CRUMB = 1e-9  # sums that cancel leave rounding behind; less than this is nothing


@kernel
def _stamp(state: Floats, row: int, column: int, weight: float, taps: Floats) -> None:
    """Add a separable footprint centred on a cell; what leaves the raster is lost."""
    height, width = state.shape
    radius = taps.size // 2
    first, last = max(0, column - radius), min(width - 1, column + radius)
    shift = radius - column
    for r in range(max(0, row - radius), min(height - 1, row + radius) + 1):
        peak = weight * taps[r - row + radius]
        line = state[r]
        for c in range(first, last + 1):
            line[c] += peak * taps[c + shift]


@kernel
def carry_history(
    fade: Floats,
    change_start: Integers,
    change_cell: Integers,
    change_weight: Floats,
    taps: Floats,
    ask_start: Integers,
    ask_cell: Integers,
    state: Floats,
    out: Floats,
) -> None:
    """Carry one sum through consecutive days and note it at the cells asked for.

    On each day the sums are first multiplied by that day's ``fade``; then the day's changes are
    stamped; then the cells asked for are read.

    Parameters
    ----------
    fade
        Factor of each day, shape ``(days,)``; 1 where nothing fades.
    change_start
        Where each day's changes start, shape ``(days + 1,)``.
    change_cell, change_weight
        Flat cell and signed weight of each change, ordered by day.
    taps
        One dimension of the footprint, of odd length, centre in the middle; ``[1.0]`` for none.
    ask_start
        Where each day's questions start, shape ``(days + 1,)``.
    ask_cell
        Flat cell of each question, ordered by day.
    state
        The sums, shape ``(y, x)``, float64; changed in place, so it may be carried on.
    out
        One answer per question; overwritten. Never negative: what cancels to less than 1e-9 is 0.

    Examples
    --------
    >>> import numpy as np
    >>> state, out = np.zeros((1, 3)), np.empty(2)
    >>> carry_history(np.array([1.0, 0.5]), np.array([0, 1, 1]), np.array([1]), np.array([8.0]),
    ...     np.array([0.25, 0.5, 0.25]), np.array([0, 1, 2]), np.array([1, 1]), state, out)
    >>> out
    array([2., 1.])
    """
    width = state.shape[1]
    for day in range(fade.size):
        if fade[day] != 1.0:
            for row in range(state.shape[0]):
                line = state[row]
                for column in range(width):
                    line[column] *= fade[day]
        for change in range(change_start[day], change_start[day + 1]):
            cell = np.int64(change_cell[change])
            _stamp(state, cell // width, cell % width, change_weight[change], taps)
        for ask in range(ask_start[day], ask_start[day + 1]):
            cell = np.int64(ask_cell[ask])
            value = state[cell // width, cell % width]
            out[ask] = value if value > _CRUMB else 0.0


@exact_kernel
def list_cells_within(
    easting: Floats,
    northing: Floats,
    west: float,
    north: float,
    cell_size: float,
    radius: float,
    shape: tuple[int, int],
    out_point: Integers,
    out_cell: Integers,
) -> int:
    """List the cells whose centres lie within a radius of each point.

    Parameters
    ----------
    easting, northing
        Positions in the grid's units, shape ``(n,)``; on or off the raster.
    west, north
        Outer corner of the first cell.
    cell_size
        Edge of a cell.
    radius
        Reach in the grid's units; a centre exactly that far away is within.
    shape
        Height and width of the raster.
    out_point, out_cell
        Position of the point and flat cell of each pair, by point and then by cell; written as far
        as they are long. Call with empty arrays first to learn the length.

    Returns
    -------
    int
        Number of pairs.
    """
    height, width = shape
    pairs = 0
    for point in range(easting.size):
        if not np.isfinite(easting[point] + northing[point]):
            continue
        column_at = (easting[point] - west) / cell_size - 0.5
        row_at = (north - northing[point]) / cell_size - 0.5
        reach = radius / cell_size
        for row in range(
            max(0, int(np.ceil(row_at - reach))),
            min(height - 1, int(np.floor(row_at + reach))) + 1,
        ):
            for column in range(
                max(0, int(np.ceil(column_at - reach))),
                min(width - 1, int(np.floor(column_at + reach))) + 1,
            ):
                if (row - row_at) ** 2 + (column - column_at) ** 2 <= reach * reach:
                    if pairs < out_cell.size:
                        out_point[pairs] = point
                        out_cell[pairs] = row * width + column
                    pairs += 1
    return pairs
