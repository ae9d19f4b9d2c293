"""What was done before: the days and minutes that each cell was given, planned or delivered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.grid import Grid

if TYPE_CHECKING:
    from evenbeat.core.store.delivered import Delivered

WEEK_DAYS, MONTH_DAYS = 7, 28
_SPAN = 2 * MONTH_DAYS - 1

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PastBox:
    """One box of another day or shift.

    Parameters
    ----------
    service_date
        Its day.
    cells
        ``(row, column)`` of its cells.
    minutes
        What was planned.
    end, start
        End and start of its shift, seconds since 1970 UTC; the start matters for later days only.
    """

    service_date: dt.date
    cells: tuple[Cell, ...]
    minutes: float
    end: float
    start: float = np.inf


@dataclass(frozen=True)
class PastUse:
    """The use of every cell on the 27 days before and after a date.

    On a day whose dosage is known a cell was used when it was given at least the minutes that
    count, whether that was planned or not; on any other day when it was planned.

    Parameters
    ----------
    date
        The service date to plan.
    used
        Shape ``(55, height, width)``: whether the cell was used, from 27 days before on. The
        date itself is never set, since a new plan stands in place of the old one.
    minutes
        The same shape: minutes delivered where known, else planned.
    last_end
        Shape ``(height, width)``: end of the last planned shift before the date that had a box
        there, seconds since 1970 UTC; -inf for never.
    first_day
        Days before the date of the oldest day with any use; 0 without a past.
    next_start
        Shape ``(height, width)``: start of the first shift after the date, planned already, that
        has a box there, seconds since 1970 UTC; inf for never.
    """

    date: dt.date
    used: npt.NDArray[np.bool_]
    minutes: npt.NDArray[np.float32]
    last_end: npt.NDArray[np.float64]
    first_day: int
    next_start: npt.NDArray[np.float64]

    @classmethod
    def of(
        cls,
        grid: Grid,
        date: dt.date,
        boxes: Iterable[PastBox],
        *,
        dosage: Delivered | None = None,
        counts_minutes: float = 5.0,
    ) -> PastUse:
        """Gather the use of cells from plans and dosage.

        Parameters
        ----------
        grid
            The study's grid.
        date
            The service date to plan; its own boxes are left out.
        boxes
            Boxes of other days.
        dosage
            Minutes delivered by day and cell; every day that it names is taken as wholly known.
            None where no patrol was measured.
        counts_minutes
            Minutes on a day that make it count as used.
        """
        used = np.zeros((_SPAN, *grid.shape), dtype=bool)
        minutes = np.zeros(used.shape, dtype=np.float32)
        last_end = np.full(grid.shape, -np.inf)
        next_start = np.full(grid.shape, np.inf)
        for box in boxes:
            offset = (box.service_date - date).days
            for row, column in _inside(box.cells, grid.shape):
                if offset < 0:
                    last_end[row, column] = max(last_end[row, column], box.end)
                if offset > 0:
                    next_start[row, column] = min(next_start[row, column], box.start)
                if 0 < abs(offset) < MONTH_DAYS:
                    used[offset + MONTH_DAYS - 1, row, column] = True
                    minutes[offset + MONTH_DAYS - 1, row, column] += box.minutes
        if dosage is not None and len(dosage):
            _put_delivered(used, minutes, dosage, date, counts_minutes)
        days = np.flatnonzero(used[: MONTH_DAYS - 1].any(axis=(1, 2)))
        first_day = int(MONTH_DAYS - 1 - days[0]) if len(days) else 0
        return cls(date, used, minutes, last_end, first_day, next_start)

    def days_before(self, days: int) -> npt.NDArray[np.int64]:
        """Return the days with use among the ``days - 1`` before the date."""
        used = self.used[MONTH_DAYS - days : MONTH_DAYS - 1]
        return np.asarray(used.sum(axis=0), dtype=np.int64)

    def most_days(self, days: int) -> npt.NDArray[np.int64]:
        """Return the most days with use in any ``days`` in a row that hold the date.

        The date is not counted. It is more than `days_before` only where days after the date
        were planned already.
        """
        first = MONTH_DAYS - days
        counts = np.zeros((_SPAN + 1, *self.used.shape[1:]), dtype=np.int16)
        np.cumsum(self.used, axis=0, out=counts[1:])
        windows = counts[first + days : first + 2 * days] - counts[first : first + days]
        return np.asarray(windows.max(axis=0), dtype=np.int64)

    def minutes_before(self, days: int) -> npt.NDArray[np.float64]:
        """Return the minutes of the ``days - 1`` days before the date."""
        past = self.minutes[MONTH_DAYS - days : MONTH_DAYS - 1]
        return np.asarray(past.sum(axis=0), dtype=np.float64)

    def days_since(self) -> npt.NDArray[np.int64]:
        """Return the days since a cell was last used.

        A cell that was not used in the 27 days before counts from the day after which there is
        any record, so that an agency's first days neglect nobody.
        """
        past = self.used[MONTH_DAYS - 2 :: -1]
        since = np.argmax(past, axis=0) + 1
        return np.where(past.any(axis=0), since, self.first_day)


def _inside(cells: Sequence[Cell], shape: tuple[int, int]) -> list[Cell]:
    height, width = shape
    return [(r, c) for r, c in cells if 0 <= r < height and 0 <= c < width]


def _put_delivered(
    used: npt.NDArray[np.bool_], minutes: npt.NDArray[np.float32], dosage: Delivered,
    date: dt.date, counts_minutes: float,
) -> None:  # fmt: skip
    """Replace plans by what was delivered on the days for which that is known."""
    offset = (dosage.day - np.datetime64(date, "D")).astype(np.int64)
    row, column = dosage.row.astype(np.int64), dosage.column.astype(np.int64)
    height, width = used.shape[1:]
    near = (np.abs(offset) < MONTH_DAYS) & (offset != 0)
    known = np.unique(offset[near]) + MONTH_DAYS - 1
    minutes[known] = 0.0
    near &= (row >= 0) & (row < height) & (column >= 0) & (column < width)
    np.add.at(
        minutes, (offset[near] + MONTH_DAYS - 1, row[near], column[near]),
        dosage.minutes[near],
    )  # fmt: skip
    used[known] = minutes[known] >= counts_minutes
