"""Vehicle locations as arrays: a value that every step takes and returns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import InputError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class Pings:
    """Pings of units, one entry an array each.

    Parameters
    ----------
    unit_ids
        Pseudonyms of the units.
    unit
        Position of each ping's unit in ``unit_ids``, int32.
    time_s
        Seconds since 1970 UTC.
    easting, northing
        Positions in the grid's CRS and units.
    accuracy_m, speed_kmh
        As the device states them, float32; NaN where it does not.
    crew
        Officers in the unit, float32.
    is_committed
        Whether the unit was tied to an incident.
    """

    unit_ids: tuple[str, ...]
    unit: npt.NDArray[np.int32]
    time_s: Floats
    easting: Floats
    northing: Floats
    accuracy_m: npt.NDArray[np.float32]
    speed_kmh: npt.NDArray[np.float32]
    crew: npt.NDArray[np.float32]
    is_committed: Flags

    def __post_init__(self) -> None:
        sizes = {name: np.shape(getattr(self, name)) for name in _ARRAYS}
        if len(set(sizes.values())) != 1 or len(next(iter(sizes.values()))) != 1:
            raise InputError(f"The arrays of pings must have one and the same length, got {sizes}.")
        if len(self) and not 0 <= self.unit.min() <= self.unit.max() < len(self.unit_ids):
            raise InputError(
                f"unit must index {len(self.unit_ids)} unit_ids, got {self.unit.min()} to "
                f"{self.unit.max()}."
            )

    def __len__(self) -> int:
        return int(self.unit.size)

    @classmethod
    def of(
        cls,
        unit_ids: tuple[str, ...],
        unit: npt.ArrayLike,
        time_s: npt.ArrayLike,
        easting: npt.ArrayLike,
        northing: npt.ArrayLike,
        **others: npt.ArrayLike,
    ) -> Pings:
        """Return pings with what is not given as unknown: one officer, no incident.

        Examples
        --------
        >>> pings = Pings.of(("a1",), [0, 0], [0.0, 15.0], [10.0, 20.0], [5.0, 5.0])
        >>> len(pings), pings.crew
        (2, array([1., 1.], dtype=float32))
        """
        size = np.size(unit)
        unknown = np.full(size, np.nan, np.float32)
        return cls(
            unit_ids, np.asarray(unit, np.int32), np.asarray(time_s, np.float64),
            np.asarray(easting, np.float64), np.asarray(northing, np.float64),
            np.asarray(others.get("accuracy_m", unknown), np.float32),
            np.asarray(others.get("speed_kmh", unknown), np.float32),
            np.asarray(others.get("crew", np.ones(size)), np.float32),
            np.asarray(others.get("is_committed", np.zeros(size)), bool),
        )  # fmt: skip

    def take(self, chosen: Positions | Flags) -> Pings:
        """Return some of the pings, by position or flag."""
        where = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        return Pings(self.unit_ids, *(getattr(self, name).take(where) for name in _ARRAYS))

    def between(self, start_s: float, end_s: float) -> Pings:
        """Return the pings with ``start_s <= time_s < end_s``."""
        return self.take((self.time_s >= start_s) & (self.time_s < end_s))


_ARRAYS = tuple(field.name for field in fields(Pings) if field.name != "unit_ids")


def join_pings(parts: Iterable[Pings]) -> Pings:
    """Return the pings of all parts in their order; equal unit ids mean the same unit."""
    parts = list(parts)
    names = tuple(sorted({name for part in parts for name in part.unit_ids}))
    position = {name: place for place, name in enumerate(names)}
    codes = [
        np.array([position[name] for name in part.unit_ids], np.int32)[part.unit]
        if len(part)
        else np.empty(0, np.int32)
        for part in parts
    ]
    arrays = {
        name: [getattr(part, name) for part in parts] for name in _ARRAYS if name != "unit"
    }  # fmt: skip
    if not parts:
        return Pings.of((), [], [], [], [])
    return Pings(
        names,
        np.concatenate(codes),
        **{name: np.concatenate(all_) for name, all_ in arrays.items()},
    )
