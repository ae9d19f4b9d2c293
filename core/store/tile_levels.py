"""Levels: 255 steps of a raster's values or of differences; and classes by share of the area."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evenbeat.core.store.manifest import AreaClass

NO_DATA, REST = 0, 1
_MOST = 255
_SPAN = 1e6
_SAMPLE = 10_000
_UNCHANGED = 128
_DIFFERENCE_SPAN = 1e4


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


def are_exact(values: npt.NDArray[np.floating], bounds: npt.NDArray[np.float32]) -> bool:
    """Return whether each level stands for one value only, its lowest.

    Examples
    --------
    >>> values = np.array([0.0, 2.0, np.nan])
    >>> are_exact(values, level_bounds(values, ()))
    True
    """
    cells = np.asarray(values, np.float32).ravel()
    known = cells[np.isfinite(cells)]
    some = known[:: max(1, known.size // _SAMPLE)]  # tells of nearly every raster that is not
    return all(np.array_equal(bounds[quantise(part, bounds) - 1], part) for part in (some, known))


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


def classify(
    values: npt.NDArray[np.floating], known: npt.NDArray[np.bool_], classes: Sequence[AreaClass]
) -> npt.NDArray[np.uint8]:
    """Return the class of each value: 0 where there is none, 1 for the rest of the area.

    The classes follow from the largest share to the smallest.

    Parameters
    ----------
    values
        Any shape.
    known
        Which of them are values at all.
    classes
        The raster's classes from its manifest.

    Examples
    --------
    >>> classes = (AreaClass(share=0.01, value=8.0, cells=1),
    ...            AreaClass(share=0.05, value=4.0, cells=5))
    >>> values = np.array([0.0, 4.0, 9.0, np.nan])
    >>> classify(values, np.isfinite(values), classes)
    array([1, 2, 3, 0], dtype=uint8)
    """
    lowest_first = sorted(classes, key=lambda entry: -entry.share)
    edges = [np.inf if entry.value is None else entry.value for entry in lowest_first]
    index = np.searchsorted(np.asarray(edges, np.float32), values, side="right") + REST
    return np.where(known, index, NO_DATA).astype(np.uint8)


def difference_edges(largest: float) -> npt.NDArray[np.float64]:
    """Return where the 127 steps of a difference's size begin, and where the last one ends.

    They are in equal ratios from a ten-thousandth of the largest difference to the largest: with
    the middle of its step for a difference, the error is at most 3.7 % of the difference.

    Parameters
    ----------
    largest
        The largest difference, without its sign.
    """
    top = max(largest, float(np.finfo(np.float32).tiny))
    return np.geomspace(top / _DIFFERENCE_SPAN, top, _UNCHANGED)


def difference_middles(largest: float) -> npt.NDArray[np.float64]:
    """Return a difference for each level from 1 to 255: falls, no change, and rises.

    Examples
    --------
    >>> middles = difference_middles(1.0)
    >>> middles.size, float(middles[127]), bool(np.all(middles == -middles[::-1]))
    (255, 0.0, True)
    """
    edges = difference_edges(largest)
    rises = np.sqrt(edges[:-1] * edges[1:])
    return np.concatenate([-rises[::-1], [0.0], rises])


def quantise_difference(
    differences: npt.NDArray[np.floating], largest: float
) -> npt.NDArray[np.uint8]:
    """Return the level of each difference; 0 where there is none, 128 for no change.

    Examples
    --------
    >>> quantise_difference(np.array([-2.0, 0.0, np.nan, 2.0]), 2.0)
    array([  1, 128,   0, 255], dtype=uint8)
    """
    step = np.searchsorted(difference_edges(largest)[:-1], np.abs(differences), side="right")
    level = np.where(differences < 0, _UNCHANGED - step, _UNCHANGED + step)
    return np.where(np.isfinite(differences), level, NO_DATA).astype(np.uint8)
