"""Metering: the hard limits on dose, closeness and recurrence of boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import CapSettings
from evenbeat.core.errors import PlanError
from evenbeat.core.grid import Grid
from evenbeat.core.planning.metering.past import MONTH_DAYS, WEEK_DAYS, Cell, PastUse
from evenbeat.core.shifts import Shift

_TOLERANCE_M = 1e-6


class Rule(IntFlag):
    """Why a cell may not become a box."""

    NONE = 0
    RECURRENCE = 1
    SPACING = 2
    BUFFER = 4
    GAP = 8
    MONTH = 16
    MINUTES = 32
    EXCLUDED = 64
    NEIGHBOURHOOD = 128


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
    of the next shift can keep the gap too. One visit needs no gap. A box never gets more than the
    minutes of a day in one shift; where not even one visit fits into them, the cap refuses it.

    Raises
    ------
    PlanError
        The visit is longer than its hard limit.

    Examples
    --------
    >>> import datetime as dt
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
        visits * hours + (visits - 1) * gap > shift.hours
        or visits * gap > shift.hours
        or visits * caps.visit_minutes > caps.minutes_per_day
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

    @property
    def reach(self) -> int:
        """Return how many cells away a box can still forbid another."""
        return self._reach

    def conflicts(
        self, down: npt.NDArray[np.int64], across: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.bool_]:
        """Return whether two cells exclude each other, so many rows and columns apart."""
        reach = self._reach
        near = (np.abs(down) <= reach) & (np.abs(across) <= reach)
        rules = self._stamp[np.where(near, down, 0) + reach, np.where(near, across, 0) + reach]
        return np.asarray(near & (rules > 0), dtype=np.bool_)

    def rules_between(self, first: Sequence[Cell], second: Sequence[Cell]) -> int:
        """Return the rules that two boxes, given by their cells, break together."""
        one, two = np.array(first), np.array(second)
        down = (two[None, :, 0] - one[:, None, 0]).ravel()
        across = (two[None, :, 1] - one[:, None, 1]).ravel()
        reach = self._reach
        near = (np.abs(down) <= reach) & (np.abs(across) <= reach)
        stamps = self._stamp[down[near] + reach, across[near] + reach]
        return int(np.bitwise_or.reduce(stamps)) if stamps.size else 0

    def forbid_around(self, refused: npt.NDArray[np.uint8], row: int, column: int) -> None:
        """Add to ``refused``, in place, the rules that a box at a cell brings to others."""
        height, width = refused.shape
        top, left = max(row - self._reach, 0), max(column - self._reach, 0)
        bottom = min(row + self._reach + 1, height)
        right = min(column + self._reach + 1, width)
        rows = slice(top - row + self._reach, bottom - row + self._reach)
        columns = slice(left - column + self._reach, right - column + self._reach)
        refused[top:bottom, left:right] |= self._stamp[rows, columns]


def refused_by_past(
    past: PastUse, caps: CapSettings, shift: Shift, dose: Dose, today: Today
) -> npt.NDArray[np.uint8]:
    """Return the rules that refuse each cell before anything of a shift is chosen.

    Parameters
    ----------
    past
        The use of the days around.
    caps
        The limits.
    shift, dose
        The shift to plan and what a box gets in it.
    today
        What earlier shifts of the day were given.

    Returns
    -------
    Shape ``(height, width)``: `Rule` flags.
    """
    refused = np.zeros(past.last_end.shape, dtype=np.uint8)
    refused[past.most_days(WEEK_DAYS) >= caps.recurrence_days] |= np.uint8(Rule.RECURRENCE)
    refused[past.most_days(MONTH_DAYS) >= caps.recurrence_28_days] |= np.uint8(Rule.MONTH)
    refused[today.minutes + dose.minutes > caps.minutes_per_day + 1e-9] |= np.uint8(Rule.MINUTES)
    refused[~rested(caps, shift, today.last_end)] |= np.uint8(Rule.GAP)
    # The first visit of a later day that is planned already may be at the start of its shift.
    over = shift.end.timestamp() + caps.visit_gap_hours * 3600.0
    refused[past.next_start < over] |= np.uint8(Rule.GAP)
    return refused


class Today:
    """What the earlier shifts of the day that is planned were given.

    Parameters
    ----------
    past
        The use of the days around; a shift that ended yesterday still keeps its gap.

    Attributes
    ----------
    last_end
        Shape ``(height, width)``: end of the last shift with a box on the cell, seconds since
        1970 UTC; -inf for never.
    last_visit
        The same for the end of the last planned visit; of other days, the end of the shift.
    minutes
        Minutes of the day so far.
    """

    def __init__(self, past: PastUse) -> None:
        self.last_end = past.last_end.copy()
        self.last_visit = past.last_end.copy()
        self.minutes = np.zeros(past.last_end.shape)

    def add(self, cells: Sequence[Cell], *, minutes: float, end: float, visited: float) -> None:
        """Count a box of the day.

        Parameters
        ----------
        cells
            Its rows and columns.
        minutes
            What it is given.
        end, visited
            End of its shift and of its last visit, seconds since 1970 UTC.
        """
        for row, column in cells:
            self.minutes[row, column] += minutes
            self.last_end[row, column] = max(self.last_end[row, column], end)
            self.last_visit[row, column] = max(self.last_visit[row, column], visited)


def rested(
    caps: CapSettings, shift: Shift, last_end: npt.NDArray[np.float64]
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
        return np.ones(last_end.shape, dtype=np.bool_)
    return np.asarray(last_end + caps.visit_gap_hours * 3600.0 <= shift.start.timestamp())
