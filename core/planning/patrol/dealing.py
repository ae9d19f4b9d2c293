"""Dealing the boxes of a district to its units: so many each, and neighbours together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from evenbeat.core.planning.patrol.travel import Floats

NOBODY = -1
Indices = npt.NDArray[np.int64]
_GAIN_MINUTES = 1e-9


def deal_boxes(
    centres: Floats, travel_minutes: Floats, *, room: Sequence[int], minutes: Sequence[float]
) -> Indices:
    """Return which unit has each box.

    First it is settled how many boxes each unit has: one after the other goes to the unit with the
    most minutes for each box it would then have (the highest averages of D'Hondt), so units with
    equal minutes differ by one box at most. Then the boxes are swept from several sides into groups
    of those sizes, pairs of boxes are exchanged while that shortens the travel between the boxes of
    one unit, all pairs added, and the best of the groupings is taken.

    Parameters
    ----------
    centres
        Shape ``(box, 2)``; the boxes in order of precedence.
    travel_minutes
        Shape ``(box, box)``, symmetric.
    room
        Most boxes of each unit.
    minutes
        Minutes each unit has.

    Returns
    -------
    Index of the unit for each box. Where the units have no room for all, the last boxes have
    `NOBODY`.

    Examples
    --------
    >>> at = np.array([(0, 0), (9, 0), (0, 1), (9, 1)], dtype=float)
    >>> apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    >>> deal_boxes(at, apart, room=[6, 6], minutes=[480, 480]).tolist()
    [0, 1, 0, 1]
    """
    sizes = _sizes(len(centres), room, minutes)
    dealt = sum(sizes)
    unit_of = np.full(len(centres), NOBODY, dtype=np.int64)
    if not dealt:
        return unit_of
    slots = np.repeat(np.arange(len(sizes)), sizes)
    apart = travel_minutes[:dealt, :dealt]
    best: tuple[float, Indices] | None = None
    for order in _sweeps(centres[:dealt]):
        start = np.empty(dealt, dtype=np.int64)
        start[order] = slots
        total, groups = _exchange(start, apart, len(sizes))
        if best is None or total < best[0] - _GAIN_MINUTES:
            best = (total, groups)
    if best is not None:
        unit_of[:dealt] = best[1]
    return unit_of


def _sizes(boxes: int, room: Sequence[int], minutes: Sequence[float]) -> list[int]:
    """Return how many boxes each unit has."""
    sizes = [0] * len(room)
    for _ in range(min(boxes, sum(room))):
        unit = max(
            (index for index in range(len(room)) if sizes[index] < room[index]),
            key=lambda index: (minutes[index] / (sizes[index] + 1), -index),
        )
        sizes[unit] += 1
    return sizes


def _sweeps(centres: Floats) -> Iterator[Indices]:
    """Yield orders of the boxes along four directions and around their middle."""
    easting, northing = (centres - centres.mean(axis=0)).T
    tie = np.arange(len(centres))
    for along in (easting, northing, easting + northing, easting - northing):
        yield np.lexsort((tie, along))
    yield np.lexsort((tie, np.arctan2(northing, easting)))


def _exchange(unit_of: Indices, apart: Floats, units: int) -> tuple[float, Indices]:
    """Exchange the pair of boxes that saves most, again and again; return the travel left."""
    unit_of = unit_of.copy()
    while True:
        belongs = (unit_of[:, None] == np.arange(units)).astype(np.float64)
        to_unit = apart @ belongs
        own = to_unit[np.arange(len(unit_of)), unit_of]
        moved = to_unit[:, unit_of] - own[:, None]
        change = moved + moved.T - 2.0 * apart
        change[unit_of[:, None] == unit_of[None, :]] = 0.0
        first, second = np.unravel_index(int(np.argmin(change)), change.shape)
        if change[first, second] >= -_GAIN_MINUTES:
            return float(own.sum()), unit_of
        unit_of[[first, second]] = unit_of[[second, first]]
