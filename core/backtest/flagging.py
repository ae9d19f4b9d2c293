"""Which cells a forecast flags, and the luckiest and unluckiest that a flagging can be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evenbeat.core.backtest.budgets import Budget

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def draw_ties(seed: int, window_number: int, n_cells: int) -> Integers:
    """Return the order in which cells that tie are flagged: a permutation drawn by lot.

    It depends on the seed and on the window's own number alone, so that every model is broken
    the same ties, however a back-test is cut into blocks.

    Parameters
    ----------
    seed, window_number
        Whole numbers of at least 0.
    n_cells
        Cells inside.

    Examples
    --------
    >>> sorted(draw_ties(7, 365, 4).tolist())
    [0, 1, 2, 3]
    """
    return np.random.default_rng([seed, window_number]).permutation(n_cells)


def flag_cells(
    expected: npt.ArrayLike, budget: Budget, district: npt.ArrayLike, tie: Integers
) -> Integers:
    """Choose the cells with the highest expected counts.

    Parameters
    ----------
    expected
        Expected count of each cell inside, shape ``(cells,)``.
    budget
        How many cells, over the whole area or in each district.
    district
        District of each cell, shape ``(cells,)``.
    tie
        Which of equal cells comes first, from `draw_ties`, shape ``(cells,)``.

    Returns
    -------
    ndarray
        Positions among the cells inside, shape ``(budget.n_cells,)``, by falling expected count.

    Examples
    --------
    >>> budget = Budget("3 cells", "cells_3", 3)
    >>> flag_cells([0.2, 0.5, 0.1, 0.2, 0.2], budget, np.zeros(5), np.array([4, 0, 1, 3, 2]))
    array([1, 4, 3])
    """
    values = np.asarray(expected, dtype=np.float64)
    if budget.by_district is None:
        return _first(values, budget.n_cells, tie)
    home = np.asarray(district)
    pools = [np.flatnonzero(home == index) for index in range(len(budget.by_district))]
    chosen = [
        pool[_first(values[pool], quota, tie[pool])]
        for pool, quota in zip(pools, budget.by_district, strict=True)
        if quota
    ]
    return _in_order(np.concatenate(chosen), values, tie)


def flag_budgets(
    expected: npt.ArrayLike, budgets: Sequence[Budget], district: npt.ArrayLike, tie: Integers
) -> list[Integers]:
    """Choose the cells of several budgets: `flag_cells` for each, but ranked once.

    The order is total, so the cells of a smaller area are the first of those of a larger one.
    """
    whole = [budget for budget in budgets if budget.by_district is None]
    ranked = np.zeros(0, dtype=np.int64)
    if whole:
        largest = max(whole, key=lambda budget: budget.n_cells)
        ranked = flag_cells(expected, largest, district, tie)
    return [
        ranked[: budget.n_cells] if budget.by_district is None
        else flag_cells(expected, budget, district, tie)
        for budget in budgets
    ]  # fmt: skip


def pessimistic_hits(
    expected: npt.ArrayLike,
    observed: npt.ArrayLike,
    budget: Budget,
    district: npt.ArrayLike,
    flagged: Integers | None = None,
) -> float:
    """Return the hits when every tie at the threshold is broken against the forecast.

    Cells above the threshold are flagged; the places left go to those of the tied cells where
    least happened. A forecast with many equal values cannot look good here by luck.

    Parameters
    ----------
    expected, observed
        Expected and observed count of each cell inside, shape ``(cells,)``.
    budget, district
        As in `flag_cells`.
    flagged
        What `flag_cells` gave, with whatever ties, where it is known already.

    Examples
    --------
    >>> budget = Budget("2 cells", "cells_2", 2)
    >>> pessimistic_hits([0.9, 0.3, 0.3, 0.0], [1, 2, 0, 5], budget, np.zeros(4))
    1.0
    """
    values = np.asarray(expected, dtype=np.float64)
    happened = np.asarray(observed, dtype=np.float64)
    if flagged is None:
        flagged = flag_cells(values, budget, district, np.arange(values.size))
    pool = _pool_of(budget, np.asarray(district))
    threshold = np.full(int(pool.max()) + 1, np.inf)
    np.minimum.at(threshold, pool[flagged], values[flagged])
    above = flagged[values[flagged] > threshold[pool[flagged]]]
    tied = np.flatnonzero(values == threshold[pool])
    places = np.bincount(pool[flagged], minlength=threshold.size) - np.bincount(
        pool[above], minlength=threshold.size
    )
    among = np.argsort(happened[tied], kind="stable")
    tied = tied[among[_rank_within(pool[tied[among]]) < places[pool[tied[among]]]]]
    return float(happened[above].sum() + happened[tied].sum())


def most_hits(observed: npt.ArrayLike, budget: Budget, district: npt.ArrayLike) -> float:
    """Return n*(a): the most that any choice of so many cells could capture.

    Parameters
    ----------
    observed
        Observed count of each cell inside, shape ``(cells,)``.
    budget, district
        As in `flag_cells`.

    Examples
    --------
    >>> most_hits([1, 0, 4, 2], Budget("2 cells", "cells_2", 2), np.zeros(4))
    6.0
    """
    happened = np.asarray(observed, dtype=np.float64)
    pool = _pool_of(budget, np.asarray(district))
    quota = np.array(budget.by_district or [budget.n_cells])
    cells = np.flatnonzero(happened)
    cells = cells[np.argsort(-happened[cells], kind="stable")]
    return float(happened[cells[_rank_within(pool[cells]) < quota[pool[cells]]]].sum())


def _pool_of(budget: Budget, district: npt.NDArray[np.generic]) -> Integers:
    """Return with which others each cell competes: one pool, or one a district."""
    if budget.by_district is None:
        return np.zeros(district.size, dtype=np.int64)
    return district.astype(np.int64)


def _rank_within(pool: Integers) -> Integers:
    """Return how many earlier entries are of the same pool."""
    order = np.argsort(pool, kind="stable")
    grouped = pool[order]
    ranks = np.empty(pool.size, dtype=np.int64)
    ranks[order] = np.arange(pool.size) - np.searchsorted(grouped, grouped, side="left")
    return ranks


def _first(values: Floats, n: int, tie: Integers) -> Integers:
    """Return the positions of the n largest values, in order."""
    threshold = np.partition(values, values.size - n)[values.size - n]
    above = np.flatnonzero(values > threshold)
    tied = np.flatnonzero(values == threshold)
    places = n - above.size
    if places < tied.size:
        tied = tied[np.argpartition(tie[tied], places - 1)[:places]]
    return _in_order(np.concatenate([above, tied]), values, tie)


def _in_order(cells: Integers, values: Floats, tie: Integers) -> Integers:
    return cells[np.lexsort((tie[cells], -values[cells]))]
