"""Allotment: how many places each stratum can fill, and how many in each neighbourhood."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.planning.draw.lottery import chances

_TOLERANCE = 1e-9

Floats = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one stratum.

    Parameters
    ----------
    size
        Boxes to draw: as many as places, candidates and ceilings allow.
    fits
        Whether they can be filled with no chance above the highest that leaves room for a
        hold-out.
    """

    size: int
    fits: bool


def allot(
    stratum: Wholes, group: Wholes, weight: Floats, left: Wholes, room: Wholes, *, most: float
) -> tuple[list[Places], Wholes]:
    """Share the room of every group among the strata by what they would take of it.

    Parameters
    ----------
    stratum, group, weight
        Of every candidate: indices into ``left`` and ``room``, and a weight above 0.
    left
        Places of each stratum.
    room
        Boxes that each group may still have.
    most
        The highest chance of a candidate, where it can be kept.

    Returns
    -------
    The places of every stratum, and the limits, ``(stratum, group)``: over all strata at most the
    group's room.

    Examples
    --------
    >>> places, limits = allot(
    ...     np.array([0, 0, 0]), np.array([0, 0, 1]), np.ones(3), np.array([3]), np.array([1, 9]),
    ...     most=1.0,
    ... )
    >>> places[0].size, limits.tolist()
    (2, [[1, 9]])
    """
    count = np.zeros((len(left), len(room)), dtype=np.int64)
    np.add.at(count, (stratum, group), 1)
    demand = np.zeros(count.shape)
    for index in range(len(left)):
        members = np.flatnonzero(stratum == index)
        size = min(int(left[index]), len(members))
        share = chances(weight[members], size)
        demand[index] = np.bincount(group[members], weights=share, minlength=len(room))
    limits = np.zeros(count.shape, dtype=np.int64)
    for index in range(len(room)):
        if count[:, index].any():
            limits[:, index] = _shared(demand[:, index], int(room[index]))
    sizes = np.minimum(np.minimum(left, count.sum(axis=1)), np.minimum(limits, count).sum(axis=1))
    fits = np.minimum(limits, most * count).sum(axis=1) >= sizes - _TOLERANCE
    places = [Places(int(n), bool(fit)) for n, fit in zip(sizes, fits, strict=True)]
    return places, limits


def _shared(demand: Floats, room: int) -> Wholes:
    """Return whole numbers that sum to the room, as near to the demands as they can be.

    Where the room is enough for every demand rounded up, the rest goes to the largest; where it
    is not, the largest remainders are rounded up.
    """
    total = float(demand.sum())
    if total <= 0:
        return np.zeros(len(demand), dtype=np.int64)
    up = np.ceil(demand - _TOLERANCE).astype(np.int64)
    if int(up.sum()) <= room:
        up[int(np.argmax(demand))] += room - int(up.sum())
        return up
    wish = demand * min(1.0, room / total)
    given = np.floor(wish + _TOLERANCE).astype(np.int64)
    short = min(room, math.ceil(float(wish.sum()) - _TOLERANCE)) - int(given.sum())
    given[np.argsort(given - wish, kind="stable")[:short]] += 1
    return given
