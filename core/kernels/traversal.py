"""Cut the straight ways between pings into stays in cells, exactly and at constant speed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import exact_kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]
Booleans = npt.NDArray[np.bool_]

START, END, UNIT, CREW = range(4)
"""Columns of a stay."""
ELAPSED, UNKNOWN = range(2)
"""Columns of the ledger."""


@exact_kernel
def _clip(start: float, run: float, greatest: float) -> tuple[float, float]:
    """Return the part of ``[0, 1]`` in which ``start + t * run`` lies from 0 to a limit."""
    if run == 0.0:
        return (0.0, 1.0) if 0.0 <= start <= greatest else (1.0, 0.0)
    enter, leave = (0.0 - start) / run, (greatest - start) / run
    return max(0.0, min(enter, leave)), min(1.0, max(enter, leave))


@exact_kernel
def _first_line(start: float, run: float, at: float, greatest: float) -> tuple[int, int, float]:
    """Return the column (or row) at a part of a segment, the step to the next, the line between.

    Line and column are kept on the raster, whatever is rounded.
    """
    position = start + at * run
    if run > 0.0:
        line = min(max(math.floor(position) + 1.0, 0.0), greatest)
        return int(line) - 1, 1, line
    if run < 0.0:
        line = min(max(math.ceil(position) - 1.0, 0.0), greatest)
        return int(line), -1, line
    return int(min(max(position, -1.0), greatest)), 0, 0.0


@exact_kernel
def _per_line(run: float) -> float:
    """Return how much of a segment lies between two lines."""
    return 1.0 / run if run != 0.0 else np.inf


@exact_kernel
def _book(
    ledger: Floats, account: int, edges_s: Floats, first_bin: int, start: float, end: float
) -> None:
    """Add an interval to one column of the ledger, split at the edges of the time bins."""
    at = first_bin
    while start < end:
        while edges_s[at + 1] <= start:
            at += 1
        upto = min(end, edges_s[at + 1])
        ledger[at, account] += upto - start
        start = upto


@exact_kernel
def _put(
    stays: Floats, stay_cell: Integers, n_stays: int, cell: int, unit: float, crew: float,
    start: float, end: float,
) -> int:  # fmt: skip
    """Append a stay, or prolong the last one where the unit never left the cell."""
    last = n_stays - 1
    if (
        n_stays > 0 and stay_cell[last] == cell and stays[last, END] == start
        and stays[last, UNIT] == unit and stays[last, CREW] == crew
    ):  # fmt: skip
        stays[last, END] = end
        return n_stays
    stay_cell[n_stays] = cell
    stays[n_stays, START], stays[n_stays, END] = start, end
    stays[n_stays, UNIT], stays[n_stays, CREW] = unit, crew
    return n_stays + 1


@exact_kernel
def _part_on_raster(
    column_at: float, row_at: float, run_x: float, run_y: float, shape: tuple[int, int],
    low: float, high: float,
) -> tuple[float, float]:  # fmt: skip
    """Return the part of a segment from ``low`` to ``high`` that lies on the raster."""
    enter_x, leave_x = _clip(column_at, run_x, shape[1])
    enter_y, leave_y = _clip(row_at, run_y, shape[0])
    at, stop = max(low, enter_x, enter_y), min(high, leave_x, leave_y)
    return (at, stop) if at < stop else (high, high)


@exact_kernel
def _cross(
    column_at: float, row_at: float, run_x: float, run_y: float, is_on_raster: bool,
    time_s: float, whole_s: float, begin: float, end: float, unit: float, crew: float,
    mask: Booleans, stays: Floats, stay_cell: Integers, n_stays: int,
) -> int:  # fmt: skip
    """Append the stays of a way through several cells between two times; return their number."""
    height, width = mask.shape
    outside = height * width
    low, high = (begin - time_s) / whole_s, (end - time_s) / whole_s
    at, stop, start = low, high, begin
    if not is_on_raster:
        at, stop = _part_on_raster(column_at, row_at, run_x, run_y, mask.shape, low, high)
        if at > low:
            start = end if at == high else time_s + at * whole_s
            n_stays = _put(stays, stay_cell, n_stays, outside, unit, crew, begin, start)
    column, column_step, column_line = _first_line(column_at, run_x, at, width)
    row, row_step, row_line = _first_line(row_at, run_y, at, height)
    per_column, per_row = _per_line(run_x), _per_line(run_y)
    next_column = (column_line - column_at) * per_column if run_x != 0.0 else np.inf
    next_row = (row_line - row_at) * per_row if run_y != 0.0 else np.inf
    while at < stop:
        upto = max(at, min(next_column, next_row, stop))
        until = end if upto == high else time_s + upto * whole_s
        if start < until:
            inside = 0 <= column < width and 0 <= row < height and mask[row, column]
            cell = row * width + column if inside else outside
            n_stays = _put(stays, stay_cell, n_stays, cell, unit, crew, start, until)
            start = until
        at = upto
        if next_column <= upto:
            column_line += column_step
            column += column_step
            next_column = (column_line - column_at) * per_column
        if next_row <= upto:
            row_line += row_step
            row += row_step
            next_row = (row_line - row_at) * per_row
    if start < end:
        n_stays = _put(stays, stay_cell, n_stays, outside, unit, crew, start, end)
    return n_stays


@exact_kernel
def most_stays(easting: Floats, northing: Floats, cell_size: float, shape: tuple[int, int]) -> int:
    """Return how many stays the ways between pings can have at most: room for `list_stays`.

    Parameters
    ----------
    easting, northing
        Positions in the grid's units, shape ``(n,)``.
    cell_size
        Edge of a cell.
    shape
        Height and width of the raster.
    """
    height, width = shape
    most = 1.0
    for ping in range(1, easting.size):
        across = abs(easting[ping] - easting[ping - 1]) / cell_size
        down = abs(northing[ping] - northing[ping - 1]) / cell_size
        # A comparison with NaN is false, so a broken position counts as a whole crossing.
        across = across if across < width else width
        down = down if down < height else height
        most += 5.0 + np.floor(across) + np.floor(down)
    return int(most)


@exact_kernel
def list_stays(
    time_s: Floats,
    unit: Integers,
    crew: Floats,
    easting: Floats,
    northing: Floats,
    gap_cap_s: Floats,
    off_duty_s: float,
    top_speed: float,
    edges_s: Floats,
    west: float,
    north: float,
    cell_size: float,
    mask: Booleans,
    stays: Floats,
    stay_cell: Integers,
    ledger: Floats,
    lost: Floats,
) -> int:
    """Walk from ping to ping and list who stood in which cell from when to when.

    Within the time bins every second between two pings of a unit is in a stay, unknown, or
    outside; a silence longer than ``off_duty_s`` is none of them and not elapsed either. A way
    along the border of two cells counts in the one that `Grid.locate` gives for its points.

    Parameters
    ----------
    time_s
        Seconds since any moment, shape ``(n,)``; of one unit never falling.
    unit
        Positions of units in ``gap_cap_s``, shape ``(n,)``; pings of one unit stand together.
    crew
        Officers in the unit from this ping on, shape ``(n,)``.
    easting, northing
        Positions in the grid's units, shape ``(n,)``; not finite where unknown.
    gap_cap_s
        Longest time between two pings that is credited, by unit.
    off_duty_s
        Longest silence of a unit on duty.
    top_speed
        Greatest believable speed in grid units a second; ways that need more are unknown.
    edges_s
        Edges of consecutive time bins, rising, shape ``(bins + 1,)``; before and after them
        nothing is counted.
    west, north, cell_size
        Outer corner of the first cell, and its edge.
    mask
        Which cells count, shape ``(y, x)``; time in the others is outside.
    stays
        Start, end, unit and crew, shape ``(m, 4)`` with ``m`` at least `most_stays`; overwritten.
        A stay may reach over edges of bins.
    stay_cell
        Flat cell of each stay, shape ``(m,)``, the number of cells for time outside; overwritten.
    ledger
        Seconds elapsed and unknown, shape ``(bins, 2)``; added to.
    lost
        Unknown minutes at the cell where the unit was last seen, shape ``(bins, y, x)``; added to.

    Returns
    -------
    int
        Number of stays.

    References
    ----------
    Amanatides & Woo (1987), A fast voxel traversal algorithm for ray tracing. Eurographics 87.
    doi:10.2312/egtp.19871000

    Examples
    --------
    >>> import numpy as np
    >>> stays, cells = np.empty((9, 4)), np.empty(9, np.int32)
    >>> ledger, lost = np.zeros((1, 2)), np.zeros((1, 1, 2))
    >>> list_stays(np.array([0.0, 80.0]), np.zeros(2, int), np.ones(2), np.array([50.0, 130.0]),
    ...            np.array([50.0, 50.0]), np.array([90.0]), 3600.0, 60.0, np.array([0.0, 3600.0]),
    ...            0.0, 100.0, 100.0, np.ones((1, 2), bool), stays, cells, ledger, lost)
    2
    >>> cells[:2], stays[:2, 1] - stays[:2, 0]
    (array([0, 1], dtype=int32), array([50., 30.]))
    """
    height, width = mask.shape
    outside = height * width
    n_stays, at_bin, n_bins = 0, 0, edges_s.size - 1
    ahead_column, ahead_row, ahead_on = 0.0, 0.0, False
    top_cells = top_speed / cell_size
    for following in range(time_s.size):
        column_at, row_at, on = ahead_column, ahead_row, ahead_on
        ahead_column = (easting[following] - west) / cell_size
        ahead_row = (north - northing[following]) / cell_size
        # Compared as floats: converting a huge value to an integer is undefined.
        ahead_on = 0.0 <= ahead_column < width and 0.0 <= ahead_row < height
        ping = following - 1
        if following == 0 or unit[ping] != unit[following]:
            at_bin = 0
            continue
        who, whole_s = unit[ping], time_s[following] - time_s[ping]
        begin, end = max(time_s[ping], edges_s[0]), min(time_s[following], edges_s[n_bins])
        if not begin < end or whole_s > off_duty_s:
            continue
        while edges_s[at_bin + 1] <= begin:
            at_bin += 1
        if end <= edges_s[at_bin + 1]:
            ledger[at_bin, ELAPSED] += end - begin
        else:
            _book(ledger, ELAPSED, edges_s, at_bin, begin, end)
        run_x, run_y = ahead_column - column_at, ahead_row - row_at
        far, reach = run_x * run_x + run_y * run_y, top_cells * whole_s
        if whole_s > gap_cap_s[who] or not far <= reach * reach or not math.isfinite(far):
            _book(ledger, UNKNOWN, edges_s, at_bin, begin, end)
            if on:
                _lose(lost, int(row_at), int(column_at), edges_s, at_bin, begin, end)
            continue
        stays_in_cell = (
            on
            and ahead_on
            and int(column_at) == int(ahead_column)
            and int(row_at) == int(ahead_row)
        )
        if stays_in_cell:
            inside = mask[int(row_at), int(column_at)]
            cell = int(row_at) * width + int(column_at) if inside else outside
            n_stays = _put(stays, stay_cell, n_stays, cell, who, crew[ping], begin, end)
            continue
        n_stays = _cross(column_at, row_at, run_x, run_y, on and ahead_on, time_s[ping], whole_s,
                         begin, end, who, crew[ping], mask, stays, stay_cell, n_stays)  # fmt: skip
    return n_stays


@exact_kernel
def _lose(
    lost: Floats, row: int, column: int, edges_s: Floats, first_bin: int, start: float, end: float
) -> None:
    """Add unknown minutes where the unit was last seen, split at the edges of the time bins."""
    at = first_bin
    while start < end:
        while edges_s[at + 1] <= start:
            at += 1
        upto = min(end, edges_s[at + 1])
        lost[at, row, column] += (upto - start) / 60.0
        start = upto
