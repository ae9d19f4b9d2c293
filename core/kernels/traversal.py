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
Stays = npt.NDArray[np.void]

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
def _put(
    stays: Stays, stay_cell: Integers, n_stays: int, cell: int, unit: int, crew: float,
    at_bin: int, start: float, end: float,
) -> int:  # fmt: skip
    """Append a stay, or prolong the last one where the unit never left the cell."""
    if n_stays > 0 and stay_cell[n_stays - 1] == cell:
        last = stays[n_stays - 1]
        if (
            last["end"] == start and last["unit"] == unit and last["bin"] == at_bin
            and last["crew"] == crew
        ):  # fmt: skip
            last["end"] = end
            return n_stays
    stay_cell[n_stays] = cell
    new = stays[n_stays]
    new["start"], new["end"], new["crew"] = start, end, crew
    new["unit"], new["bin"] = unit, at_bin
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
    time_s: float, ahead_s: float, begin: float, end: float, unit: int, crew: float,
    at_bin: int, mask: Booleans, stays: Stays, stay_cell: Integers, n_stays: int,
) -> int:  # fmt: skip
    """Append the stays of a way through several cells between two times; return their number."""
    height, width = mask.shape
    outside, whole_s = height * width, ahead_s - time_s
    low = (begin - time_s) / whole_s if begin > time_s else 0.0
    high = (end - time_s) / whole_s if end < ahead_s else 1.0
    at, stop, start = low, high, begin
    if not is_on_raster:
        at, stop = _part_on_raster(column_at, row_at, run_x, run_y, mask.shape, low, high)
        if at > low:
            start = end if at == high else time_s + at * whole_s
            n_stays = _put(stays, stay_cell, n_stays, outside, unit, crew, at_bin, begin, start)
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
            n_stays = _put(stays, stay_cell, n_stays, cell, unit, crew, at_bin, start, until)
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
        n_stays = _put(stays, stay_cell, n_stays, outside, unit, crew, at_bin, start, end)
    return n_stays


@exact_kernel
def _first_place(start: float, run: float) -> int:
    """Return the column (or row) in which a way begins; from a line it goes where it leads."""
    place = int(start)
    return place - 1 if run < 0.0 and start == place else place


@exact_kernel
def _cross_inside(
    column_at: float, row_at: float, run_x: float, run_y: float, begin: float, end: float,
    unit: int, crew: float, at_bin: int, mask: Booleans, stays: Stays, stay_cell: Integers,
    n_stays: int,
) -> int:  # fmt: skip
    """Do what `_cross` does, for most ways: from end to end in one time bin and on the raster."""
    height, width = mask.shape
    outside, whole_s, start = height * width, end - begin, begin
    column, row = _first_place(column_at, run_x), _first_place(row_at, run_y)
    column_step, row_step = (1 if run_x > 0.0 else -1), (1 if run_y > 0.0 else -1)
    column_line, row_line = column + (run_x > 0.0), row + (run_y > 0.0)
    per_column, per_row = _per_line(run_x), _per_line(run_y)
    next_column = (column_line - column_at) * per_column if run_x != 0.0 else np.inf
    next_row = (row_line - row_at) * per_row if run_y != 0.0 else np.inf
    while True:
        upto = min(next_column, next_row)
        until = begin + upto * whole_s if upto < 1.0 else end
        if start < until:
            # A line's place is rounded, so that a way may seem to step off at its very end.
            inside = 0 <= column < width and 0 <= row < height and mask[row, column]
            cell = row * width + column if inside else outside
            n_stays = _put(stays, stay_cell, n_stays, cell, unit, crew, at_bin, start, until)
            start = until
        if not upto < 1.0:
            return n_stays
        if next_column <= upto:
            column_line += column_step
            column += column_step
            next_column = (column_line - column_at) * per_column
        if next_row <= upto:
            row_line += row_step
            row += row_step
            next_row = (row_line - row_at) * per_row


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
    stays: Stays,
    stay_cell: Integers,
    ledger: Floats,
    lost: Floats,
    first_ping: int,
    n_stays: int,
) -> tuple[int, int]:
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
        Stays as `stays.STAY`, shape ``(m,)``; overwritten from ``n_stays`` on.
    stay_cell
        Flat cell of each stay, shape ``(m,)``, the number of cells for time outside; overwritten.
    ledger
        Seconds elapsed and unknown, shape ``(bins, 2)``; added to.
    lost
        Unknown minutes at the cell where the unit was last seen, shape ``(bins, y, x)``; added to.
    first_ping, n_stays
        Where to go on, and how many stays are listed already; 0 and 0 at first.

    Returns
    -------
    tuple of int
        Number of stays, and the ping to go on from with more room; the number of pings when all
        is done.

    References
    ----------
    Amanatides & Woo (1987), A fast voxel traversal algorithm for ray tracing. Eurographics 87.
    doi:10.2312/egtp.19871000

    Examples
    --------
    >>> import numpy as np
    >>> from evenbeat.core.kernels.stays import STAY
    >>> stays, cells = np.empty(30, STAY), np.empty(30, np.int32)
    >>> ledger, lost = np.zeros((1, 2)), np.zeros((1, 1, 2))
    >>> list_stays(np.array([0.0, 80.0]), np.zeros(2, int), np.ones(2), np.array([50.0, 130.0]),
    ...            np.array([50.0, 50.0]), np.array([90.0]), 3600.0, 60.0, np.array([0.0, 3600.0]),
    ...            0.0, 100.0, 100.0, np.ones((1, 2), bool), stays, cells, ledger, lost, 0, 0)
    (2, 2)
    >>> cells[:2], stays["end"][:2] - stays["start"][:2]
    (array([0, 1], dtype=int32), array([50., 30.]))
    """
    height, width = mask.shape
    at_bin, n_bins = 0, edges_s.size - 1
    ahead_column, ahead_row, ahead_on = 0.0, 0.0, False
    top_cells = top_speed / cell_size
    # Of one way: a stay a line crossed, and some at its ends and at each edge of a bin.
    enough_for_long = stays.size - (width + height + 8 + 3 * n_bins)
    for following in range(first_ping, time_s.size):
        column_at, row_at, on = ahead_column, ahead_row, ahead_on
        ahead_column = (easting[following] - west) / cell_size
        ahead_row = (north - northing[following]) / cell_size
        # Compared as floats: converting a huge value to an integer is undefined.
        ahead_on = 0.0 <= ahead_column < width and 0.0 <= ahead_row < height
        ping = following - 1
        if following == first_ping or unit[ping] != unit[following]:
            at_bin = 0
            continue
        whole_s = time_s[following] - time_s[ping]
        begin, end = max(time_s[ping], edges_s[0]), min(time_s[following], edges_s[n_bins])
        if not begin < end or whole_s > off_duty_s:
            continue
        if n_stays > enough_for_long:
            return n_stays, ping
        run_x, run_y = ahead_column - column_at, ahead_row - row_at
        far, reach = run_x * run_x + run_y * run_y, top_cells * whole_s
        is_unknown = (
            whole_s > gap_cap_s[unit[ping]] or not far <= reach * reach or not math.isfinite(far)
        )
        row, column = (int(row_at), int(column_at)) if on else (-1, -1)
        stays_in_cell = (
            on and ahead_on and column == int(ahead_column) and row == int(ahead_row)
        )  # fmt: skip
        while begin < end:
            while edges_s[at_bin + 1] <= begin:
                at_bin += 1
            upto = min(end, edges_s[at_bin + 1])
            ledger[at_bin, ELAPSED] += upto - begin
            if is_unknown:
                ledger[at_bin, UNKNOWN] += upto - begin
                if on:
                    lost[at_bin, row, column] += (upto - begin) / 60.0
            elif stays_in_cell:
                cell = row * width + column if mask[row, column] else height * width
                n_stays = _put(stays, stay_cell, n_stays, cell, unit[ping], crew[ping], at_bin,
                               begin, upto)  # fmt: skip
            elif on and ahead_on and begin == time_s[ping] and upto == time_s[following]:
                n_stays = _cross_inside(
                    column_at, row_at, run_x, run_y, begin, upto, unit[ping], crew[ping], at_bin,
                    mask, stays, stay_cell, n_stays,
                )  # fmt: skip
            else:
                n_stays = _cross(
                    column_at, row_at, run_x, run_y, on and ahead_on, time_s[ping],
                    time_s[following], begin, upto, unit[ping], crew[ping], at_bin, mask, stays,
                    stay_cell, n_stays,
                )  # fmt: skip
            begin = upto
    return n_stays, time_s.size
