"""Counterfactual plans: the same minutes of the same days, shared out by a simple rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.equity.evenness import lorenz
from evenbeat.core.equity.overlay import Parts

Floats = npt.NDArray[np.float64]
REAL, EQUAL, BY_CRIME = "real", "equal", "by_crime"


@dataclass(frozen=True, eq=False)
class SharedOut:
    """One way to share out the minutes of the days.

    Parameters
    ----------
    rule
        ``real`` for the plans that stood, ``equal`` for the same minutes for every resident,
        ``by_crime`` in proportion to the severity-weighted crime that was reported before the day.
    days
        Days that count: those with planned minutes and with reported crime before them.
    gini
        Of minutes over residents, by area.
    moved
        Share of the real plans' minutes that would be in another area.
    by_group
        Minutes of each group.
    harm_met
        Mean over the planned minutes of the severity reported in a square kilometre of their
        cells before the day: how much the minutes are where crime was reported.
    """

    rule: str
    days: int
    gini: float
    moved: float
    by_group: Floats
    harm_met: float


def share_out(weight: Floats, totals: Floats) -> Floats:
    """Share out each day's minutes over cells in proportion to a weight.

    Parameters
    ----------
    weight
        At least 0, shape ``(day, cell)`` or ``(cell,)``. A day without any weight gets nothing.
    totals
        Minutes of each day, shape ``(day,)``.

    Examples
    --------
    >>> share_out(np.array([1.0, 3.0]), np.array([40.0])).tolist()
    [[10.0, 30.0]]
    """
    by_day = np.broadcast_to(weight, (totals.size, weight.shape[-1]))
    whole = by_day.sum(axis=1, keepdims=True)
    part = np.divide(by_day, whole, out=np.zeros(by_day.shape), where=whole > 0)
    return np.asarray(part * totals[:, None])


def counterfactuals(
    planned: Floats, residents_of_cell: Floats, harm_before: Floats, *, areas: Parts,
    groups: Parts, cell_km2: float,
) -> tuple[SharedOut, ...]:  # fmt: skip
    """Return the real plans beside two simple rules on the same days with the same minutes.

    Parameters
    ----------
    planned
        Minutes of the plans that stood, shape ``(day, cell)``.
    residents_of_cell
        Residents by cell.
    harm_before
        Severity-weighted crime reported before each day, shape ``(day, cell)``. Days without any
        count for no plan.
    areas, groups
        Parts over which minutes are compared.
    cell_km2
        Area of a cell.
    """
    known = (harm_before.sum(axis=1) > 0) & (planned.sum(axis=1) > 0)
    if not known.any() or not residents_of_cell.sum() > 0:
        return ()
    planned, harm = planned[known], harm_before[known]
    totals = planned.sum(axis=1)
    rules = {
        REAL: planned, EQUAL: share_out(residents_of_cell, totals),
        BY_CRIME: share_out(harm, totals),
    }  # fmt: skip
    real = areas.sums(planned).sum(axis=0)
    found = []
    for rule, minutes in rules.items():
        by_area = areas.sums(minutes).sum(axis=0)
        found.append(SharedOut(
            rule, int(known.sum()), lorenz(by_area, areas.residents).gini,
            float(np.abs(_shares(by_area) - _shares(real)).sum() / 2),
            groups.sums(minutes).sum(axis=0),
            float((minutes * harm).sum() / totals.sum() / cell_km2),
        ))  # fmt: skip
    return tuple(found)


def _shares(values: Floats) -> Floats:
    whole = values.sum()
    return values / whole if whole > 0 else values
