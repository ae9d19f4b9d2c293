"""Neglect: risky cells that had no box for long move up, so that nowhere is under-policed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import PlanSettings
from evenbeat.core.grid import Grid
from evenbeat.core.planning.metering.past import PastUse


def neglect_factor(
    surface: npt.NDArray[np.float32], *, grid: Grid, past: PastUse, settings: PlanSettings
) -> npt.NDArray[np.float64]:
    """Return by how much each cell's priority counts more because it was left alone.

    Only cells among the ``neglect_area_share`` of highest priority count as risky. From
    ``neglect_days`` without a box on, a risky cell counts days / ``neglect_days`` times, up to
    ``neglect_most``; where there is no record yet, nothing is neglected.

    Parameters
    ----------
    surface
        The shift's priority, ``(height, width)``.
    grid
        The study's grid.
    past
        The use of the days around.
    settings
        The ``[plan]`` section.

    Returns
    -------
    Shape ``(height, width)``, at least 1.
    """
    factor = np.ones(grid.shape)
    risky = risky_cells(surface, grid, settings.neglect_area_share)
    since = past.days_since()
    late = risky & (since >= settings.neglect_days)
    factor[late] = np.minimum(since[late] / settings.neglect_days, settings.neglect_most)
    return factor


def risky_cells(
    surface: npt.NDArray[np.float32], grid: Grid, area_share: float
) -> npt.NDArray[np.bool_]:
    """Return the cells among a share of the area with the highest priority, above 0.

    Cells that tie with the last of them belong to them.
    """
    inside = surface[grid.mask].astype(np.float64)
    count = round(area_share * inside.size)
    if not count:
        return np.zeros(grid.shape, dtype=np.bool_)
    least = np.partition(inside, -count)[-count]
    filled = np.where(grid.mask, surface, -np.inf)
    return np.asarray((filled >= least) & (filled > 0))
