"""Levels: 255 steps of a raster's values, with the edges of its classes among them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evenbeat.core.store.manifest import AreaClass

NO_DATA = 0
_MOST = 255
_SPAN = 1e6


def level_bounds(
    inside: npt.NDArray[np.floating], classes: Sequence[AreaClass]
) -> npt.NDArray[np.float32]:
    """Return the lowest value of each level, lowest level first.

    A raster with few different values gets a level for each and is exact. Otherwise zero, or
    less, is one level, the edges of the classes are exact edges of levels, and the rest are in
    equal ratios from a millionth of the highest value upwards: with the middle of its level
    (`level_middles`) for a value, the error is at most 2.9 % of the value, and for values below
    that at most a millionth of the highest.

    Parameters
    ----------
    inside
        The values of the raster, any shape; NaN is no value.
    classes
        The raster's classes by share of its area.

    Returns
    -------
    Increasing, at most 255; empty for a raster without a value.

    Examples
    --------
    >>> level_bounds(np.array([0.0, 2.0, np.nan, 0.5, 2.0]), ())
    array([0. , 0.5, 2. ], dtype=float32)
    """
    known = np.asarray(inside, np.float32).ravel()
    known = known[np.isfinite(known)]
    if not known.size:
        return known
    different = np.unique(known)
    if different.size <= _MOST:
        return different
    edges = [entry.value for entry in classes if entry.value is not None]
    highest = max(float(different[-1]), float(np.finfo(np.float32).tiny))
    lowest = max(float(different[different > 0].min(initial=highest)), highest / _SPAN)
    first = min(float(different[0]), 0.0) if different[0] < lowest else float(different[0])
    fixed = np.unique(np.asarray([first, *edges], np.float32))
    spread = np.geomspace(lowest, highest, _MOST - fixed.size + 1)[:-1].astype(np.float32)
    return np.unique(np.concatenate([fixed, spread]))


def level_middles(bounds: npt.NDArray[np.float32], highest: float) -> npt.NDArray[np.float64]:
    """Return a value for each level, with the same ratio to both its ends.

    Parameters
    ----------
    bounds
        What `level_bounds` returned.
    highest
        The raster's highest value.

    Examples
    --------
    >>> level_middles(np.array([0.0, 1.0, 4.0], np.float32), 9.0)
    array([0., 2., 6.])
    """
    low = bounds.astype(np.float64)
    high = np.append(low[1:], max(highest, float(low[-1])) if low.size else [])
    return np.asarray(np.sqrt(np.maximum(low, 0.0) * np.maximum(high, 0.0)))


def quantise(
    values: npt.NDArray[np.floating], bounds: npt.NDArray[np.float32]
) -> npt.NDArray[np.uint8]:
    """Return the level of each value, from 1; 0 where there is none.

    Examples
    --------
    >>> quantise(np.array([0.0, np.nan, 3.0]), np.array([0.0, 0.5, 2.0], np.float32))
    array([1, 0, 3], dtype=uint8)
    """
    cells = np.asarray(values, np.float32)
    level = np.searchsorted(bounds, cells, side="right")
    return np.where(np.isfinite(cells), level, NO_DATA).astype(np.uint8)
