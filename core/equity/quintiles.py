"""Quintiles of a demographic share: fifths of the residents, by the share where they live."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

QUINTILES = 5
NAMES = ("lowest fifth", "second fifth", "middle fifth", "fourth fifth", "highest fifth")
"""From the residents whose area has the lowest share to those whose area has the highest."""


def quintile_of(share: npt.ArrayLike, residents: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the quintile of each area, 0 to 4; -1 where the share is unknown or nobody lives.

    Areas are put in order of the share and counted by their residents, so that each quintile holds
    about a fifth of the residents, not of the areas. An area goes whole where its middle resident
    goes; areas of equal share go together.

    Parameters
    ----------
    share
        Share of a group, 0 to 1, shape ``(area,)``; NaN where unknown.
    residents
        Residents of each area.

    Examples
    --------
    >>> quintile_of([0.1, 0.5, 0.3, 0.2, 0.4], [10, 10, 10, 10, 10]).tolist()
    [0, 4, 2, 1, 3]
    """
    shares = np.asarray(share, dtype=np.float64)
    people = np.asarray(residents, dtype=np.float64)
    found = np.full(shares.shape, -1, dtype=np.int64)
    known = np.flatnonzero(np.isfinite(shares) & (people > 0))
    if not known.size:
        return found
    levels, at = np.unique(shares[known], return_inverse=True)
    of_level = np.bincount(at, people[known], levels.size)
    middle = (np.cumsum(of_level) - of_level / 2) / of_level.sum()
    found[known] = np.minimum((middle * QUINTILES).astype(np.int64), QUINTILES - 1)[at]
    return found
