"""Spread occurrence windows over the shifts they overlap (aoristic weights)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import exact_kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]


@exact_kernel
def _find_shifts(start: int, end: int, edges_s: Integers) -> tuple[int, int]:
    """Return the first shift that a window overlaps and the one behind the last."""
    n_shifts = edges_s.size - 1
    if n_shifts < 1 or end < start or start >= edges_s[n_shifts]:
        return 0, 0
    first = int(np.searchsorted(edges_s, start, side="right")) - 1
    if end == start:
        return (first, first + 1) if first >= 0 else (0, 0)
    behind = int(np.searchsorted(edges_s, end, side="left"))
    return max(first, 0), min(behind, n_shifts)


@exact_kernel
def count_overlaps(start_s: Integers, end_s: Integers, edges_s: Integers, out_n: Integers) -> None:
    """Count the shifts that each occurrence window overlaps.

    Parameters
    ----------
    start_s, end_s
        Half-open windows in whole seconds, shape ``(n,)``; equal when the time is exact. A window
        that ends before it starts overlaps nothing.
    edges_s
        Edges of consecutive shifts, rising, shape ``(shifts + 1,)``.
    out_n
        Number of shifts by window, shape ``(n,)``; overwritten.
    """
    for window in range(start_s.size):
        first, behind = _find_shifts(start_s[window], end_s[window], edges_s)
        out_n[window] = behind - first


@exact_kernel
def fill_overlaps(
    start_s: Integers,
    end_s: Integers,
    edges_s: Integers,
    offset: Integers,
    out_shift: Integers,
    out_weight: Floats,
) -> None:
    """Write the shifts that each window overlaps, with the share of the window in each.

    The shares of a window sum to 1 unless a part of it lies outside the shifts. An exact time has
    the share 1 in its shift.

    Parameters
    ----------
    start_s, end_s, edges_s
        As for `count_overlaps`.
    offset
        Where the window's first shift is written: the running sum of the counts before it,
        shape ``(n,)`` or longer.
    out_shift, out_weight
        Positions of shifts and shares, as long as the sum of the counts; overwritten.

    References
    ----------
    Ratcliffe (2000), Aoristic analysis: the spatial interpretation of unspecific temporal events.
    doi:10.1080/136588100424963

    Examples
    --------
    >>> import numpy as np
    >>> start, end, edges = np.array([6]), np.array([10]), np.array([0, 8, 16])
    >>> shift, share = np.empty(2, dtype=np.int64), np.empty(2)
    >>> fill_overlaps(start, end, edges, np.array([0]), shift, share)
    >>> shift, share
    (array([0, 1]), array([0.5, 0.5]))
    """
    for window in range(start_s.size):
        start, end = start_s[window], end_s[window]
        first, behind = _find_shifts(start, end, edges_s)
        at = offset[window]
        for shift in range(first, behind):
            overlap = min(end, edges_s[shift + 1]) - max(start, edges_s[shift])
            out_shift[at] = shift
            out_weight[at] = overlap / (end - start) if end > start else 1.0
            at += 1
