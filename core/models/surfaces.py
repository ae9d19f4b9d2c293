"""Which sums over past incidents a model builds on: long-run surfaces and recent, fading sums."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evenbeat.core.features.catalogue import Catalogue
from evenbeat.core.features.declarations import HistorySum, Layout
from evenbeat.core.models.interface import Matrix

LONGEST_TRIGGER_DAYS = 60.0
"""Longest half-life of what is taken for recent."""
_LONG_RUN_AGE_DAYS = 120.0
_ANYTHING = 1e-3  # above what rounding leaves of an incident that has gone


def mean_age_days(entry: HistorySum) -> float:
    """Return how old the incidents in a sum are on average, where the rate is steady.

    Examples
    --------
    >>> from evenbeat.core.features.declarations import Feature
    >>> fading = HistorySum(Feature("decay_30d_0m", "recent", "own", "incidents"), "own", 1095, 30)
    >>> round(mean_age_days(fading))
    43
    """
    if entry.half_life_days is None:
        return entry.window_days / 2
    return entry.half_life_days / math.log(2)


def list_surfaces(
    catalogue: Catalogue, layouts: Sequence[Layout], *, least_bandwidth_m: float = 1.0
) -> tuple[HistorySum, ...]:
    """Return the sums of the long run: mean age of 120 days or more.

    Sums over only some days of the week or some weeks of the year are not among them.

    Parameters
    ----------
    catalogue
        The features.
    layouts
        ``own`` for the crime type itself, ``own_shift`` for its history on the same shift of the
        day, ``shared`` for related types.
    least_bandwidth_m
        0 also takes what counts in the cell alone.
    """
    return tuple(
        entry
        for entry in catalogue.sums
        if entry.feature.layout in layouts
        and entry.phase in (None, "shift")
        and entry.radius_m is None
        and entry.bandwidth_m >= least_bandwidth_m
        and mean_age_days(entry) >= _LONG_RUN_AGE_DAYS
    )


def list_triggers(catalogue: Catalogue) -> tuple[HistorySum, ...]:
    """Return the crime type's own fading sums with a half-life of at most 60 days."""
    return tuple(
        entry
        for entry in catalogue.sums
        if entry.feature.layout == "own"
        and entry.phase is None
        and entry.half_life_days is not None
        and entry.half_life_days <= LONGEST_TRIGGER_DAYS
    )


def find_longest_count(catalogue: Catalogue) -> HistorySum:
    """Return the plain count in the cell over the longest window."""
    return max(
        (
            entry
            for entry in catalogue.sums
            if entry.feature.layout == "own"
            and entry.phase is None
            and entry.half_life_days is None
            and entry.radius_m is None
            and entry.bandwidth_m == 0
        ),
        key=lambda entry: entry.window_days,
    )


def find_own_type(catalogue: Catalogue, matrix: Matrix) -> str | None:
    """Return which of the related types is the crime type itself, or None.

    Its fading sum in the cell is positive where the type's own is, and nowhere else.

    Parameters
    ----------
    catalogue
        The features.
    matrix
        Predictors, shape ``(features, rows)``.
    """
    fading = [
        (entry, matrix[catalogue.position(entry.feature.name)] > _ANYTHING)
        for entry in list_surfaces(catalogue, ("own", "shared"), least_bandwidth_m=0.0)
        if entry.bandwidth_m == 0 and entry.half_life_days is not None
    ]
    for own, here in fading:
        if own.of != "own" or not here.any():
            continue
        for related, there in fading:
            same_window = related.window_days == own.window_days
            if related.of != "own" and same_window and np.array_equal(here, there):
                return related.of
    return None


def columns_of(catalogue: Catalogue, entries: Sequence[HistorySum]) -> npt.NDArray[np.int64]:
    """Return the columns of some sums."""
    return np.array([catalogue.position(e.feature.name) for e in entries], dtype=np.int64)


def take_sums(matrix: Matrix, columns: npt.NDArray[np.int64]) -> Matrix:
    """Return some columns of sums; what is missing counts as nothing.

    Returns
    -------
    A copy of shape ``(columns, rows)``, nowhere negative.
    """
    sums = matrix[columns]
    return np.asarray(np.maximum(np.nan_to_num(sums, copy=False), np.float32(0)))
