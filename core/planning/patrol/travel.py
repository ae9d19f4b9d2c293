"""How long a unit takes from one box to another: one interface, the straight line as default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import PlanError

Floats = npt.NDArray[np.float64]

SPEED_KMH = 25.0
"""[choice] Mean speed of a unit between boxes, with stops, in no hurry."""
DETOUR = 1.3
"""[choice] Street distance over straight distance. On a rectangular street grid the mean over all
directions is 4/pi = 1.27; dead ends, rivers and railways add to it."""

_MINUTES_PER_HOUR, _METRES_PER_KM = 60.0, 1000.0


class Travel(Protocol):
    """Whatever knows travel times."""

    def minutes_between(self, points: npt.ArrayLike) -> Floats:
        """Return the minutes between all pairs of points, symmetric, 0 on the diagonal.

        Parameters
        ----------
        points
            Eastings and northings in the grid's CRS, shape ``(n, 2)``.

        Returns
        -------
        Array of shape ``(n, n)``.
        """


@dataclass(frozen=True)
class StraightLine:
    """Travel along the straight line, longer by a factor for the detours of streets.

    Parameters
    ----------
    metres_per_unit
        Length of one CRS unit in metres, ``grid.metres_per_unit``.
    speed_kmh
        Mean speed.
    detour
        Street distance over straight distance, at least 1.

    Raises
    ------
    PlanError
        A parameter is out of its range.

    Examples
    --------
    >>> travel = StraightLine(metres_per_unit=1.0)
    >>> travel.minutes_between([(0.0, 0.0), (0.0, 2500.0)]).round(2).tolist()
    [[0.0, 7.8], [7.8, 0.0]]
    """

    metres_per_unit: float
    speed_kmh: float = SPEED_KMH
    detour: float = DETOUR

    def __post_init__(self) -> None:
        require_speed(self.speed_kmh)
        if not self.metres_per_unit > 0:
            raise PlanError(
                f"metres_per_unit must be positive, got {self.metres_per_unit}. "
                "Take it from the grid: grid.metres_per_unit."
            )
        if not 1 <= self.detour < np.inf:
            raise PlanError(
                f"detour must be at least 1, since no street is shorter than the straight line, "
                f"got {self.detour}. Cities have 1.2 to 1.4."
            )

    def minutes_between(self, points: npt.ArrayLike) -> Floats:
        """Return the minutes between all pairs of points; see `Travel`."""
        apart_m = distances(as_points(points)) * self.metres_per_unit
        return to_minutes(apart_m * self.detour, self.speed_kmh)


def as_points(points: npt.ArrayLike) -> Floats:
    """Return points as an array of shape ``(n, 2)``.

    Raises
    ------
    PlanError
        They have another shape, or a coordinate is not finite.
    """
    array = np.asarray(points, dtype=np.float64)
    if array.size == 0:
        return np.empty((0, 2))
    if array.ndim != 2 or array.shape[1] != 2 or not np.isfinite(array).all():
        raise PlanError(
            f"Points must be finite (easting, northing) pairs of shape (n, 2), got shape "
            f"{array.shape}. Give the centres of the boxes in the grid's CRS."
        )
    return array


def distances(points: Floats) -> Floats:
    """Return the straight distances between all pairs of points, in the points' units."""
    easting, northing = points.T
    return np.asarray(
        np.hypot(easting[:, None] - easting[None, :], northing[:, None] - northing[None, :])
    )


def to_minutes(length_m: Floats, speed_kmh: float) -> Floats:
    """Return the minutes that lengths in metres take at a speed."""
    return np.asarray(length_m * (_MINUTES_PER_HOUR / (_METRES_PER_KM * speed_kmh)))


def require_speed(speed_kmh: float) -> None:
    """Refuse a speed that is none.

    Raises
    ------
    PlanError
        It is not positive and finite.
    """
    if not 0 < speed_kmh < np.inf:
        raise PlanError(
            f"speed_kmh must be a positive number of kilometres an hour, got {speed_kmh}. "
            "Units between boxes normally make 20 to 40."
        )
