"""Rings: incidents in boxes and at set distances around them, each counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import EffectError

Wholes = npt.NDArray[np.int64]

RING_EDGES_M = (100.0, 300.0)


@dataclass(frozen=True, eq=False)
class RingCounts:
    """Incidents of one span of time.

    Parameters
    ----------
    treated, control
        In each box, shape ``(boxes,)``.
    treated_ring, control_ring
        In each ring of each box, shape ``(boxes, rings)``.
    between, outside
        Nearer to a box than the first ring, and beyond the last: in no ring.
    """

    treated: Wholes
    control: Wholes
    treated_ring: Wholes
    control_ring: Wholes
    between: int
    outside: int


def ring_counts(
    treated: Sequence[object] | npt.NDArray[np.object_],
    control: Sequence[object] | npt.NDArray[np.object_],
    easting: npt.ArrayLike,
    northing: npt.ArrayLike,
    *,
    edges_m: Sequence[float] = RING_EDGES_M,
    metres_per_unit: float = 1.0,
) -> RingCounts:
    """Count incidents in boxes and in the rings around them.

    An incident belongs to the box that it lies in or on; else to the nearest box, so rings that
    overlap share nothing. Of boxes equally near, a treated one comes first, then the earlier.

    Parameters
    ----------
    treated, control
        Outlines (shapely polygons) in a projected CRS.
    easting, northing
        Of each incident, in the same CRS.
    edges_m
        Distances from the outline that bound the rings, in metres, rising: one ring fewer than
        edges. The first may be 0; what lies nearer than it is counted apart.
    metres_per_unit
        Length of the CRS's unit.

    Raises
    ------
    EffectError
        The edges do not rise from 0 or above, or the coordinates do not fit together.
        There are no boxes.

    Examples
    --------
    >>> import shapely
    >>> found = ring_counts([shapely.box(0, 0, 10, 10)], [shapely.box(900, 0, 910, 10)],
    ...                     [5.0, 200.0, 700.0, 50.0, 5000.0], [5.0, 5.0, 5.0, 5.0, 5.0])
    >>> found.treated.tolist(), found.treated_ring.tolist(), found.control_ring.tolist()
    ([1], [[1]], [[1]])
    >>> found.between, found.outside
    (1, 1)
    """
    import shapely

    edges = np.asarray(edges_m, dtype=np.float64)
    if (
        len(edges) < 2
        or not np.isfinite(edges).all()
        or edges[0] < 0
        or (np.diff(edges) <= 0).any()
    ):
        raise EffectError(
            f"Rings need rising distances from 0 or above, at least two, got {list(edges_m)}."
        )
    boxes = np.array([*treated, *control], dtype=object)
    points = np.asarray(shapely.points(*_coordinates(easting, northing)), dtype=object)
    if not len(boxes):
        raise EffectError("There are no boxes to count in. Give outlines of treated or control.")
    incident, box, distance = _nearest(boxes, points, float(edges[-1]) / metres_per_unit)
    inside = distance == 0.0
    ring = np.searchsorted(edges / metres_per_unit, distance, side="left") - 1
    # A ring begins beyond its inner edge; with an inner edge of 0, what lies inside is the box's.
    around = ~inside & (ring >= 0)
    home = np.bincount(box[inside], minlength=len(boxes))
    counts = np.zeros((len(boxes), len(edges) - 1), dtype=np.int64)
    np.add.at(counts, (box[around], ring[around]), 1)
    split = len(treated)
    return RingCounts(
        home[:split], home[split:], counts[:split], counts[split:],
        int(np.count_nonzero(~inside & (ring < 0))), len(points) - len(incident),
    )  # fmt: skip


def _coordinates(
    easting: npt.ArrayLike, northing: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    first = np.asarray(easting, dtype=np.float64)
    second = np.asarray(northing, dtype=np.float64)
    if first.ndim != 1 or first.shape != second.shape or not np.isfinite([first, second]).all():
        raise EffectError(
            "Incidents need one finite easting and northing each, got shapes "
            f"{first.shape} and {second.shape}."
        )
    return first, second


def _nearest(
    boxes: npt.NDArray[np.object_], points: npt.NDArray[np.object_], reach: float
) -> tuple[Wholes, Wholes, npt.NDArray[np.float64]]:
    """Return each incident within reach with the first of its nearest boxes, and how far."""
    import shapely

    (incident, box), distance = shapely.STRtree(boxes).query_nearest(
        points, max_distance=reach, return_distance=True, all_matches=True
    )
    order = np.lexsort((box, incident))
    incident, box, distance = incident[order], box[order], distance[order]
    first = np.ones(len(incident), dtype=bool)
    first[1:] = incident[1:] != incident[:-1]
    return incident[first], box[first], distance[first]
