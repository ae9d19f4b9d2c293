"""Metering: the hard limits on dose, closeness and recurrence of boxes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntFlag
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import CapSettings
from evenbeat.core.errors import PlanError
from evenbeat.core.grid import Grid
from evenbeat.core.shifts import Shift

if TYPE_CHECKING:
    import pandas as pd

WEEK_DAYS = 7
_TOLERANCE_M = 1e-6


class Rule(IntFlag):
    """Why a cell may not become a box."""

    NONE = 0
    RECURRENCE = 1
    SPACING = 2
    BUFFER = 4
    GAP = 8


@dataclass(frozen=True, slots=True)
class Dose:
    """What one box is given in one shift."""

    visits: int
    visit_minutes: float
    visit_gap_hours: float

    @property
    def minutes(self) -> float:
        """Return the planned minutes of the shift."""
        return self.visits * self.visit_minutes


def dose_for(shift: Shift, caps: CapSettings) -> Dose:
    """Return the largest dose that the caps and the length of a shift allow.

    A gap runs from the end of one visit to the start of the next. Several visits fit when they
    and their gaps do, and when visits x gap is not longer than the shift, so that the first visit
    of the next shift can keep the gap too. One visit needs no gap.

    Raises
    ------
    PlanError
        The visit is longer than its hard limit.

    Examples
    --------
    >>> start = dt.datetime(2017, 1, 3, 13, tzinfo=dt.UTC)
    >>> shift = Shift(start, start + dt.timedelta(hours=8), dt.date(2017, 1, 3), "day")
    >>> dose_for(shift, CapSettings())
    Dose(visits=3, visit_minutes=15.0, visit_gap_hours=2.0)
    """
    if caps.visit_minutes > caps.visit_limit_minutes:
        raise PlanError(
            f"plan.caps.visit_minutes is {caps.visit_minutes:g}, above the hard limit of "
            f"{caps.visit_limit_minutes:g} minutes. Plan shorter visits."
        )
    hours = caps.visit_minutes / 60.0
    visits, gap = caps.visits_per_shift, caps.visit_gap_hours
    while visits > 1 and (
        visits * hours + (visits - 1) * gap > shift.hours or visits * gap > shift.hours
    ):
        visits -= 1
    return Dose(visits, caps.visit_minutes, gap)


class Separation:
    """Which cells a box makes impossible for other boxes of the same shift.

    *Spacing* is the least distance from centre to centre. *Buffer* is the least distance from
    edge to edge: no box may lie within the buffer of another's edge. Both are in metres whatever
    the unit of the grid, both may be met exactly, and both hold across districts.

    Parameters
    ----------
    grid
        The study's grid.
    caps
        The limits.
    """

    def __init__(self, grid: Grid, caps: CapSettings) -> None:
        size = grid.cell_size_m
        nearest = max(caps.spacing_m, caps.buffer_m + size)
        reach = min(int(np.ceil(nearest / size)), max(grid.shape))
        steps = np.abs(np.arange(-reach, reach + 1))
        centre = np.hypot(steps[:, None], steps[None, :]) * size
        apart = np.maximum(steps - 1, 0)
        edge = np.hypot(apart[:, None], apart[None, :]) * size
        stamp = np.zeros(centre.shape, dtype=np.uint8)
        stamp[centre < caps.spacing_m - _TOLERANCE_M] |= np.uint8(Rule.SPACING)
        stamp[edge < caps.buffer_m - _TOLERANCE_M] |= np.uint8(Rule.BUFFER)
        stamp[reach, reach] |= np.uint8(Rule.BUFFER)
        self._stamp, self._reach = stamp, reach

    def forbid_around(self, refused: npt.NDArray[np.uint8], row: int, column: int) -> None:
        """Add to ``refused``, in place, the rules that a box at a cell brings to others."""
        height, width = refused.shape
        top, left = max(row - self._reach, 0), max(column - self._reach, 0)
        bottom = min(row + self._reach + 1, height)
        right = min(column + self._reach + 1, width)
        rows = slice(top - row + self._reach, bottom - row + self._reach)
        columns = slice(left - column + self._reach, right - column + self._reach)
        refused[top:bottom, left:right] |= self._stamp[rows, columns]


def recurring_days(
    grid: Grid, history: pd.DataFrame, date: dt.date
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Count the days near a date on which each cell had a box on any shift.

    Parameters
    ----------
    grid
        The study's grid.
    history
        Past assignments with ``service_date, row, column``. Rows of the date itself are left
        out, since a new plan of a day stands in place of the old one.
    date
        The service date to plan.

    Returns
    -------
    Two arrays of shape ``(height, width)``: the days of the six before the date; and the most
    days of any seven in a row that hold the date, the date itself not counted. The second is
    larger only where days after the date were planned already.
    """
    used = np.zeros((2 * WEEK_DAYS - 1, *grid.shape), dtype=bool)
    if len(history):
        day = np.array([str(when)[:10] for when in history["service_date"]], dtype="datetime64[D]")
        offset = (day - np.datetime64(date, "D")).astype(np.int64)
        row = history["row"].to_numpy(dtype=np.int64)
        column = history["column"].to_numpy(dtype=np.int64)
        height, width = grid.shape
        near = (np.abs(offset) < WEEK_DAYS) & (offset != 0)
        near &= (row >= 0) & (row < height) & (column >= 0) & (column < width)
        used[offset[near] + WEEK_DAYS - 1, row[near], column[near]] = True
    windows = [used[start : start + WEEK_DAYS].sum(axis=0) for start in range(WEEK_DAYS)]
    return windows[0], np.max(windows, axis=0)


def rested(
    grid: Grid, caps: CapSettings, shift: Shift, last_end: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Return which cells may be visited in a shift although they were boxes before.

    In a shift at least as long as the gap the first visit can wait for it; in a shorter one it
    cannot, so the whole gap must lie between the end of the former shift and this one's start.

    Parameters
    ----------
    last_end
        Shape ``(height, width)``: when each cell was last a box, end of that shift in seconds
        since 1970 UTC; -inf for never.
    """
    if shift.hours >= caps.visit_gap_hours:
        return np.ones(grid.shape, dtype=np.bool_)
    return np.asarray(last_end + caps.visit_gap_hours * 3600.0 <= shift.start.timestamp())
