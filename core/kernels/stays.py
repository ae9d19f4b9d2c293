"""Sum stays in cells into minutes and visits: who was there, how many, and whether anyone was."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import exact_kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]

# Columns of a stay, as `traversal.list_stays` writes them.
_START, _END, _UNIT, _CREW = range(4)
_FEW = 24


@exact_kernel
def order_by_cell(
    stays: Floats, stay_cell: Integers, n_cells: int, first: Integers, out: Floats
) -> None:
    """Bring the stays of one cell together; within a cell they keep their order.

    Parameters
    ----------
    stays
        Start, end, unit and crew, shape ``(n, 4)``.
    stay_cell
        Cell of each stay, shape ``(n,)``.
    n_cells
        Number of cells.
    first
        Where the stays of each cell begin, shape ``(n_cells + 1,)``; overwritten.
    out
        The stays by cell, shape ``(n, 4)``; overwritten.
    """
    first[:] = 0
    for stay in range(stay_cell.size):
        first[np.uint32(stay_cell[stay])] += 1
    total = 0
    for cell in range(n_cells):
        count = first[cell]
        first[cell] = total
        total += count
    for stay in range(stay_cell.size):
        mine = np.uint32(stay_cell[stay])
        at = first[mine]
        first[mine] = at + 1
        for item in range(4):
            out[at, item] = stays[stay, item]
    # Each entry now says where its cell ends, which is where the next one begins.
    for cell in range(n_cells, 0, -1):
        first[cell] = first[cell - 1]
    first[0] = 0


@exact_kernel
def _add(
    sums: Floats, edges_s: Floats, first_bin: int, start: float, end: float, crew: float
) -> None:
    """Add the seconds of an interval to a cell's sums, split at the edges of the time bins."""
    at = first_bin
    while start < end:
        while edges_s[at + 1] <= start:
            at += 1
        upto = min(end, edges_s[at + 1])
        sums[at, 0] += upto - start
        sums[at, 1] += (upto - start) * crew
        start = upto


@exact_kernel
def _survey(stays: Floats) -> tuple[float, float, float, bool]:
    """Return first start, last end and all seconds of stays, and whether they are one unit's."""
    first, last, seconds, is_alone = np.inf, -np.inf, 0.0, True
    for stay in range(stays.shape[0]):
        first, last = min(first, stays[stay, _START]), max(last, stays[stay, _END])
        seconds += stays[stay, _END] - stays[stay, _START]
        is_alone &= stays[stay, _UNIT] == stays[0, _UNIT]
    return first, last, seconds, is_alone


@exact_kernel
def _unite(stays: Floats, edges_s: Floats, first_bin: int, sums: Floats) -> None:
    """Turn the sums of one cell into the time in which any of its stays lasts."""
    _sort_by_start(stays)
    covered, overlap = -np.inf, False
    for stay in range(stays.shape[0]):
        overlap |= stays[stay, _START] < covered
        covered = max(covered, stays[stay, _END])
    if not overlap:
        return
    sums[first_bin:] = 0.0
    covered = -np.inf
    for stay in range(stays.shape[0]):
        start, end = max(stays[stay, _START], covered), stays[stay, _END]
        if start < end:
            _add(sums, edges_s, first_bin, start, end, 0.0)
            covered = end


@exact_kernel
def _sort_by_start(stays: Floats) -> None:
    """Sort the stays of one cell by their start, in place."""
    if stays.shape[0] > _FEW:
        order = np.argsort(stays[:, _START])
        stays[:] = stays[order]
        return
    for place in range(1, stays.shape[0]):
        start, end = stays[place, _START], stays[place, _END]
        at = place
        while at > 0 and stays[at - 1, _START] > start:
            # Only the times move: from here on it does not matter who it was.
            stays[at, _START], stays[at, _END] = stays[at - 1, _START], stays[at - 1, _END]
            at -= 1
        stays[at, _START], stays[at, _END] = start, end


@exact_kernel
def _count_visits(
    stays: Floats, cell: int, edges_s: Floats, merge_gap_s: float, least_s: float, out: Integers
) -> None:
    """Count the visits to one cell in the time bin in which each began."""
    begun, stayed = 0.0, -1.0
    for stay in range(stays.shape[0]):
        start, end = stays[stay, _START], stays[stay, _END]
        goes_on = (
            stay > 0 and stays[stay, _UNIT] == stays[stay - 1, _UNIT]
            and start - stays[stay - 1, _END] <= merge_gap_s
        )  # fmt: skip
        if not goes_on:
            if stayed >= least_s:
                out[np.searchsorted(edges_s, begun, side="right") - 1, cell] += 1
            begun, stayed = start, 0.0
        stayed += end - start
    if stayed >= least_s:
        out[np.searchsorted(edges_s, begun, side="right") - 1, cell] += 1


@exact_kernel
def sum_stays(
    stays: Floats,
    first: Integers,
    edges_s: Floats,
    merge_gap_s: float,
    least_visit_s: float,
    presence: Floats,
    unit_minutes: Floats,
    officer_minutes: Floats,
    visits: Integers,
    outside_s: Floats,
) -> None:
    """Sum the stays of every cell by time bin.

    Parameters
    ----------
    stays
        Start, end, unit and crew by cell, shape ``(n, 4)``, as `order_by_cell` leaves them: within
        a cell by unit and, of one unit, by time. Their order is lost.
    first
        Where the stays of each cell begin, shape ``(cells + 2,)``; those after the last cell are
        outside.
    edges_s
        Edges of the time bins, which hold every stay, shape ``(bins + 1,)``.
    merge_gap_s
        Absences of a unit up to this long do not end its visit.
    least_visit_s
        Time that a unit must have stood in the cell for a visit.
    presence
        Minutes with at least one unit, shape ``(bins, cells)``: the union of the stays; added to.
    unit_minutes, officer_minutes
        Minutes summed over units, and over officers, shape ``(bins, cells)``; added to.
    visits
        Visits, in the bin in which they began, shape ``(bins, cells)``; added to.
    outside_s
        Seconds outside, summed over units, shape ``(bins,)``; added to.

    Examples
    --------
    >>> import numpy as np
    >>> stays = np.array([[0.0, 120, 0, 2], [60, 240, 1, 1]])  # two units at the same time
    >>> out, visits, outside = np.zeros((3, 1, 1)), np.zeros((1, 1), int), np.zeros(1)
    >>> edges, first = np.array([0.0, 3600]), np.array([0, 2, 2])
    >>> sum_stays(stays, first, edges, 120.0, 60.0, *out, visits, outside)
    >>> out.ravel(), visits.ravel()
    (array([4., 5., 7.]), array([2]))
    """
    sums, n_cells = np.zeros((edges_s.size - 1, 2)), first.size - 2
    for stay in range(first[n_cells], first[n_cells + 1]):
        _add(sums, edges_s, 0, stays[stay, _START], stays[stay, _END], 0.0)
    outside_s += sums[:, 0]
    for cell in range(n_cells):
        if first[cell + 1] == first[cell]:
            continue
        here = stays[first[cell] : first[cell + 1]]
        begin, end, seconds, is_alone = _survey(here)
        low = 0
        while edges_s[low + 1] <= begin:
            low += 1
        high = low + 1
        while edges_s[high] < end:
            high += 1
        sums[low:high] = 0.0
        for stay in range(here.shape[0]):
            _add(sums, edges_s, low, here[stay, _START], here[stay, _END], here[stay, _CREW])
        for at in range(low, high):
            unit_minutes[at, cell] += sums[at, 0] / 60.0
            officer_minutes[at, cell] += sums[at, 1] / 60.0
        if seconds >= least_visit_s:
            _count_visits(here, cell, edges_s, merge_gap_s, least_visit_s, visits)
        if not is_alone:
            _unite(here, edges_s, low, sums)
        for at in range(low, high):
            presence[at, cell] += sums[at, 0] / 60.0
