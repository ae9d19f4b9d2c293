"""Visits of units to polygons: when each came and went, how long it stayed, how often again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import DosageSettings
from evenbeat.core.dosage.intervals import known_steps
from evenbeat.core.dosage.pings import Pings

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
_QUARTER_CIRCLE = 4
_AT_ONCE = 4_000
_TOUCHING_S = 1e-6
"""Seconds since 1970 are stored to a quarter of this."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay of one unit.

    Parameters
    ----------
    unit_id
        Pseudonym of the unit.
    arrive_s, leave_s
        Seconds since 1970 UTC.
    minutes
        Time inside; less than from arrival to leaving where absences were merged.
    crew
        Officers on arrival.
    stays
        From when to when it was inside, seconds since 1970 UTC: absences that were merged are
        left out.
    """

    unit_id: str
    arrive_s: float
    leave_s: float
    minutes: float
    crew: float
    stays: tuple[tuple[float, float], ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class VisitPattern:
    """Frequency, duration and intermittency of the visits to one place.

    Parameters
    ----------
    count
        Number of visits.
    minutes
        Time of all visits together.
    mean_minutes
        Time of a visit; NaN without any.
    gap_minutes
        Mean time from the end of one visit to the start of the next, 0 where they overlap; NaN
        with fewer than two.
    """

    count: int
    minutes: float
    mean_minutes: float
    gap_minutes: float


def find_visits(
    pings: Pings, polygon: BaseGeometry, settings: DosageSettings, *, metres_per_unit: float = 1.0
) -> list[Visit]:
    """Return the visits of units to a polygon, by arrival.

    A unit is inside up to ``boundary_tolerance_m`` beyond the boundary. Absences of up to
    ``visit_gap_s`` are merged, and a visit takes at least ``visit_least_s`` inside. Time and
    position between two pings are as for `count_minutes`; unknown time is no presence.

    Parameters
    ----------
    pings
        Cleaned, by unit and time.
    polygon
        In the CRS of the pings; also several parts, or with holes.
    metres_per_unit
        Length of one unit of the positions.

    Examples
    --------
    >>> from shapely.geometry import box
    >>> pings = Pings.of(("a",), [0] * 3, [0, 80, 160], [0, 0, 500], [0, 0, 0])
    >>> find_visits(pings, box(-70, -70, 70, 70), DosageSettings())
    [Visit(unit_id='a', arrive_s=0.0, leave_s=96.0, minutes=1.6, crew=1.0)]
    """
    wide = polygon.buffer(
        settings.boundary_tolerance_m / metres_per_unit, quad_segs=_QUARTER_CIRCLE
    )
    known = known_steps(pings, settings, metres_per_unit=metres_per_unit)
    segment, start, end = _inside(pings, wide, np.flatnonzero(known))
    visits: list[Visit] = []
    unit = pings.unit[segment]
    ends = np.flatnonzero(
        (np.diff(unit) != 0) | (start[1:] - end[:-1] > settings.visit_gap_s)
    )  # fmt: skip
    first = 0
    for behind in [*(int(place) + 1 for place in ends), segment.size]:
        seconds = float((end[first:behind] - start[first:behind]).sum())
        if behind > first and seconds >= settings.visit_least_s:
            visits.append(
                Visit(
                    pings.unit_ids[unit[first]], float(start[first]), float(end[behind - 1]),
                    seconds / 60.0, float(pings.crew[segment[first]]),
                    _stays(start[first:behind], end[first:behind]),
                )
            )  # fmt: skip
        first = behind
    return sorted(visits, key=lambda visit: (visit.arrive_s, visit.unit_id))


def _stays(start: Floats, end: Floats) -> tuple[tuple[float, float], ...]:
    """Return pieces of time in order, those that touch as one."""
    apart = np.flatnonzero(start[1:] > end[:-1] + _TOUCHING_S)
    firsts, lasts = start[[0, *(apart + 1)]], end[[*apart, end.size - 1]]
    return tuple(zip(firsts.tolist(), lasts.tolist(), strict=True))


def describe_visits(visits: Sequence[Visit]) -> VisitPattern:
    """Return how often, how long and how regularly a place was visited.

    Examples
    --------
    >>> visits = [Visit("a", 0.0, 600.0, 10.0, 1.0), Visit("b", 4200.0, 5400.0, 20.0, 2.0)]
    >>> describe_visits(visits)
    VisitPattern(count=2, minutes=30.0, mean_minutes=15.0, gap_minutes=60.0)
    """
    minutes = sum(visit.minutes for visit in visits)
    ordered = sorted(visits, key=lambda visit: visit.arrive_s)
    gaps, left = [], -np.inf
    for visit in ordered:
        if np.isfinite(left):
            gaps.append(max(0.0, visit.arrive_s - left) / 60.0)
        left = max(left, visit.leave_s)
    count = len(ordered)
    return VisitPattern(
        count, minutes, minutes / count if count else float("nan"),
        float(np.mean(gaps)) if gaps else float("nan"),
    )  # fmt: skip


def _inside(
    pings: Pings, polygon: BaseGeometry, segments: Indices
) -> tuple[Indices, Floats, Floats]:
    """Return segment, start and end of the times inside a polygon, by unit and time."""
    west, south, east, north = polygon.bounds
    x0, x1 = pings.easting[segments], pings.easting[segments + 1]
    y0, y1 = pings.northing[segments], pings.northing[segments + 1]
    near = (np.maximum(x0, x1) >= west) & (np.minimum(x0, x1) <= east)
    near &= (np.maximum(y0, y1) >= south) & (np.minimum(y0, y1) <= north)
    segments = segments[near]
    corners = _edges(polygon)
    found = [
        _cut(pings, segments[first : first + _AT_ONCE], polygon, corners)
        for first in range(0, segments.size, _AT_ONCE)
    ]
    if not found:
        return np.empty(0, np.int64), np.empty(0), np.empty(0)
    segment, start, end = (np.concatenate(part) for part in zip(*found, strict=True))
    return segment, start, end


def _edges(polygon: BaseGeometry) -> Floats:
    """Return the ends of a polygon's edges, rows ``x0, y0, x1, y1``."""
    import shapely

    rings = shapely.get_parts(shapely.boundary(polygon))
    ends = [
        np.column_stack([corners[:-1], corners[1:]])
        for corners in (shapely.get_coordinates(ring) for ring in rings)
    ]
    return np.concatenate(ends)


def _cut(
    pings: Pings, segments: Indices, polygon: BaseGeometry, edges: Floats
) -> tuple[Indices, Floats, Floats]:
    """Cut segments where they meet a polygon's edges; return the pieces inside."""
    import shapely

    x, y = pings.easting[segments][:, None], pings.northing[segments][:, None]
    across = pings.easting[segments + 1][:, None] - x
    up = pings.northing[segments + 1][:, None] - y
    edge_x, edge_y = edges[:, 2] - edges[:, 0], edges[:, 3] - edges[:, 1]
    turn = across * edge_y - up * edge_x
    with np.errstate(divide="ignore", invalid="ignore"):
        along = ((edges[:, 0] - x) * edge_y - (edges[:, 1] - y) * edge_x) / turn
    # Parallel edges cut nowhere; a cut outside its edge is harmless, as both sides are alike.
    cuts = np.where((along > 0.0) & (along < 1.0), along, 0.0)
    ends = np.ones((segments.size, 1))
    cuts = np.sort(np.concatenate([np.zeros_like(ends), cuts, ends], axis=1), axis=1)
    middle = (cuts[:, 1:] + cuts[:, :-1]) / 2
    shapely.prepare(polygon)
    inside = (cuts[:, 1:] > cuts[:, :-1]) & shapely.intersects_xy(
        polygon, x + middle * across, y + middle * up
    )
    row, piece = np.nonzero(inside)
    segment = segments[row]
    time, step = pings.time_s[segment], pings.time_s[segment + 1] - pings.time_s[segment]
    return segment, time + cuts[row, piece] * step, time + cuts[row, piece + 1] * step
