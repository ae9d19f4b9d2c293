"""How evenly minutes are shared among residents: the Lorenz curve and its Gini coefficient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.planning.measure.evenness import gini

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Lorenz:
    """The Lorenz curve of an amount over residents.

    Parameters
    ----------
    residents, amount
        Cumulative shares, 0 to 1, from those with least to those with most; empty where there is
        nothing to share.
    gini
        0 where all have the same, towards 1 where one has all; NaN where there is nothing.
    """

    residents: Floats
    amount: Floats
    gini: float


def lorenz(amount: npt.ArrayLike, residents: npt.ArrayLike) -> Lorenz:
    """Return the Lorenz curve of what areas have, by their residents.

    Parameters
    ----------
    amount
        What each area has, at least 0; shape ``(area,)``.
    residents
        Residents of each area. An area without any is left out, with what it has.

    References
    ----------
    Lorenz 1905, https://doi.org/10.2307/2276207.

    Examples
    --------
    >>> curve = lorenz([0.0, 4.0], [1.0, 1.0])
    >>> curve.residents.tolist(), curve.amount.tolist(), curve.gini
    ([0.0, 0.5, 1.0], [0.0, 0.0, 1.0], 0.5)
    """
    have, people = np.asarray(amount, np.float64), np.asarray(residents, np.float64)
    coefficient = gini(have, people)
    lived = people > 0
    have, people = have[lived], people[lived]
    if not have.sum() > 0:
        return Lorenz(np.zeros(0), np.zeros(0), coefficient)
    order = np.argsort(have / people, kind="stable")
    return Lorenz(_running(people[order]), _running(have[order]), coefficient)


def _running(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values) / values.sum()])
