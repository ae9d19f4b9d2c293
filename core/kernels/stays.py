"""Sum stays in cells into minutes and visits: who was there, how many, and whether anyone was."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import exact_kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]

Stays = npt.NDArray[np.void]

STAY = np.dtype(
    [("start", "f8"), ("end", "f8"), ("crew", "f8"), ("unit", "i4"), ("bin", "i4")], align=True
)
"""A stay of a unit in a cell: from when to when, with how many officers, within one time bin."""
_FEW = 24
_SLOTS = 64


@exact_kernel
def order_by_cell(
    stays: Stays, stay_cell: Integers, n_cells: int, first: Integers, out: Stays
) -> None:
    """Bring the stays of one cell together; within a cell they keep their order.

    Parameters
    ----------
    stays
        Stays as `STAY`, shape ``(n,)``.
    stay_cell
        Cell of each stay, shape ``(n,)``.
    n_cells
        Number of cells.
    first
        Where the stays of each cell begin, shape ``(n_cells + 1,)``; overwritten.
    out
        The stays by cell, shape ``(n,)``; overwritten.
    """
    first[:] = 0
    last_cell = np.uint32(n_cells - 1)
    # Counted two places ahead: once every stay is in its place, the entries that say where the
    # next stay of a cell goes have become those that say where the next cell begins.
    for stay in range(stay_cell.size):
        mine = np.uint32(stay_cell[stay])
        if mine != last_cell:
            first[mine + np.uint32(2)] += 1
    total = 0
    for place in range(2, n_cells + 1):
        total += first[place]
        first[place] = total
    for stay in range(stay_cell.size):
        ahead = np.uint32(stay_cell[stay]) + np.uint32(1)
        at = first[ahead]
        first[ahead] = at + 1
        out[at] = stays[stay]


@exact_kernel
def _slots_of(start: float, end: float, first_s: float, per_slot: float) -> np.uint64:
    """Return the slots of time that a stay touches, one bit each."""
    low, high = np.uint64((start - first_s) * per_slot), np.uint64((end - first_s) * per_slot)
    one = np.uint64(1)
    # In two parts: no shift may reach 64.
    return (((one << (high - low)) - one) << low) | (one << high)


@exact_kernel
def _contested_slots(
    stays: Stays, begin: int, behind: int, first_s: float, per_slot: float
) -> np.uint64:
    """Return the slots of time that stays of two units touch: elsewhere nothing overlaps."""
    contested, others, own = np.uint64(0), np.uint64(0), np.uint64(0)
    unit = stays[begin]["unit"]
    for stay in range(begin, behind):
        if stays[stay]["unit"] != unit:
            unit = stays[stay]["unit"]
            others |= own
            own = np.uint64(0)
        slots = _slots_of(stays[stay]["start"], stays[stay]["end"], first_s, per_slot)
        contested |= others & slots
        own |= slots
    return contested


@exact_kernel
def _sort_by_start(stays: Stays, begin: int, behind: int) -> None:
    """Sort some stays by their start, in place."""
    size = behind - begin
    if size > _FEW:
        here, starts = np.empty(size, stays.dtype), np.empty(size)
        for place in range(size):
            here[place], starts[place] = stays[begin + place], stays[begin + place]["start"]
        order = np.argsort(starts)
        for place in range(size):
            stays[begin + place] = here[order[place]]
        return
    for place in range(begin + 1, behind):
        start, end, at_bin = stays[place]["start"], stays[place]["end"], stays[place]["bin"]
        at = place
        while at > begin and stays[at - 1]["start"] > start:
            # Only times and bins move: from here on it does not matter who it was.
            stays[at]["start"], stays[at]["end"] = stays[at - 1]["start"], stays[at - 1]["end"]
            stays[at]["bin"] = stays[at - 1]["bin"]
            at -= 1
        stays[at]["start"], stays[at]["end"], stays[at]["bin"] = start, end, at_bin


@exact_kernel
def _add_overlaps(
    stays: Stays, begin: int, behind: int, first_s: float, per_slot: float, overlap_s: Floats
) -> None:
    """Add up by bin what several units spent in a cell at once, all but once."""
    contested = _contested_slots(stays, begin, behind, first_s, per_slot)
    if contested == np.uint64(0):
        return
    last = begin
    for stay in range(begin, behind):
        if contested & _slots_of(stays[stay]["start"], stays[stay]["end"], first_s, per_slot):
            stays[last] = stays[stay]
            last += 1
    _sort_by_start(stays, begin, last)
    covered = -np.inf
    for stay in range(begin, last):
        start, end = stays[stay]["start"], stays[stay]["end"]
        if start < covered:
            overlap_s[stays[stay]["bin"]] += min(end, covered) - start
        covered = max(covered, end)


@exact_kernel
def _add_stays(
    stays: Stays, begin: int, behind: int, cell: int, merge_gap_s: float, least_visit_s: float,
    unit_s: Floats, officer_s: Floats, visits: Integers,
) -> tuple[int, int]:  # fmt: skip
    """Add the stays of one cell to its seconds, count its visits; return the bins from and to."""
    low, high, begun = unit_s.size, 0, 0
    stayed, is_counted, last_end, last_unit = 0.0, False, 0.0, -1
    for stay in range(begin, behind):
        start, end, at = stays[stay]["start"], stays[stay]["end"], stays[stay]["bin"]
        span = end - start
        unit_s[at] += span
        officer_s[at] += span * stays[stay]["crew"]
        low, high = min(low, at), max(high, at + 1)
        if stays[stay]["unit"] != last_unit or start - last_end > merge_gap_s:
            begun, stayed, is_counted = at, 0.0, False
        stayed += span
        if stayed >= least_visit_s and not is_counted:
            visits[begun, cell] += 1
            is_counted = True
        last_end, last_unit = end, stays[stay]["unit"]
    return low, high


@exact_kernel
def sum_stays(
    stays: Stays,
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
        Stays as `STAY` by cell, shape ``(n,)``, as `order_by_cell` leaves them: within a cell by
        unit and, of one unit, by time. Overwritten where units met.
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
    >>> stays = np.array([(0, 120, 2, 0, 0), (60, 240, 1, 1, 0)], STAY)  # two units at once
    >>> out, visits, outside = np.zeros((3, 1, 1)), np.zeros((1, 1), int), np.zeros(1)
    >>> edges, first = np.array([0.0, 3600]), np.array([0, 2, 2])
    >>> sum_stays(stays, first, edges, 120.0, 60.0, *out, visits, outside)
    >>> out.ravel(), visits.ravel()
    (array([4., 5., 7.]), array([2]))
    """
    n_cells, n_bins = first.size - 2, edges_s.size - 1
    unit_s, officer_s, overlap_s = np.zeros(n_bins), np.zeros(n_bins), np.zeros(n_bins)
    # A little less than 64, so that the last edge itself lies in the last slot.
    first_s, per_slot = edges_s[0], (_SLOTS - 0.5) / (edges_s[n_bins] - edges_s[0])
    for stay in range(first[n_cells], first[n_cells + 1]):
        outside_s[stays[stay]["bin"]] += stays[stay]["end"] - stays[stay]["start"]
    for cell in range(n_cells):
        begin, behind = first[cell], first[cell + 1]
        if begin == behind:
            continue
        low, high = _add_stays(stays, begin, behind, cell, merge_gap_s, least_visit_s, unit_s,
                               officer_s, visits)  # fmt: skip
        if stays[begin]["unit"] != stays[behind - 1]["unit"]:
            _add_overlaps(stays, begin, behind, first_s, per_slot, overlap_s)
        for at in range(low, high):
            unit_minutes[at, cell] += unit_s[at] / 60.0
            officer_minutes[at, cell] += officer_s[at] / 60.0
            presence[at, cell] += (unit_s[at] - overlap_s[at]) / 60.0
            unit_s[at] = officer_s[at] = overlap_s[at] = 0.0
