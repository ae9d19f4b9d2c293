"""The days for which features are asked, each with its own cut-off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.features.knowledge import require_utc
from evenbeat.core.shifts import ShiftCalendar

Integers = npt.NDArray[np.int64]
_DAY_S = 86_400


@dataclass(frozen=True, eq=False)
class Timeline:
    """Consecutive service dates, the cut-off of each, and the edges of their shifts.

    Parameters
    ----------
    calendar
        The shift calendar.
    first
        The first service date.
    cutoffs_s
        What each day's features may know, seconds since 1970, shape ``(days,)``.
    edges_s
        Edges of all shifts, shape ``(days * shifts + 1,)``.
    """

    calendar: ShiftCalendar
    first: dt.date
    cutoffs_s: Integers
    edges_s: Integers

    @property
    def n_days(self) -> int:
        """Return the number of days."""
        return int(self.cutoffs_s.size)

    def date(self, day: int) -> dt.date:
        """Return a service date."""
        return self.first + dt.timedelta(days=day)

    def cutoff(self, day: int) -> dt.datetime:
        """Return a day's cut-off as an aware time."""
        return dt.datetime.fromtimestamp(int(self.cutoffs_s[day]), dt.UTC)

    @classmethod
    def of_day(cls, calendar: ShiftCalendar, date: dt.date, cutoff: dt.datetime) -> Timeline:
        """Return the timeline of one forecast."""
        cutoffs = np.array([require_utc(cutoff)], dtype=np.int64)
        return cls(calendar, date, cutoffs, calendar.edges(date, 1))

    @classmethod
    def of_windows(
        cls, calendar: ShiftCalendar, first: dt.date, window_days: Sequence[int], *,
        gap_days: int = 0,
    ) -> Timeline:  # fmt: skip
        """Return consecutive days that are forecast in windows, each from its first midnight.

        Parameters
        ----------
        calendar
            The shift calendar.
        first
            The first day.
        window_days
            Days of each window; they all share the local midnight that starts the first of them
            as their cut-off.
        gap_days
            Days by which every cut-off lies earlier, as if all news came so late.
        """
        cutoffs: list[int] = []
        for n_days in window_days:
            opening = first + dt.timedelta(days=len(cutoffs))
            known = opening - dt.timedelta(days=gap_days)
            midnight = dt.datetime.combine(known, dt.time(), calendar.zone)
            cutoffs += [int(midnight.timestamp())] * n_days
        edges = calendar.edges(first, len(cutoffs))
        return cls(calendar, first, np.array(cutoffs, dtype=np.int64), edges)

    def part(self, first: int, last: int) -> Timeline:
        """Return the days from position ``first`` up to, not including, ``last``."""
        n_shifts = len(self.calendar)
        edges = self.edges_s[first * n_shifts : last * n_shifts + 1]
        return Timeline(self.calendar, self.date(first), self.cutoffs_s[first:last], edges)

    @classmethod
    def before(
        cls, calendar: ShiftCalendar, cutoff: dt.datetime, n_days: int, window_days: int = 1, *,
        gap_days: int = 0,
    ) -> Timeline:  # fmt: skip
        """Return the newest days whose shifts all ended before a cut-off.

        Each day's own cut-off has the wall time of ``cutoff``, also across changes of the clock,
        so that training knows as much as a forecast will. For forecasts of several days at once,
        days are taken in windows that end with the newest; all days of a window know what its
        first day does. ``gap_days`` puts every cut-off that many days earlier.
        """
        cutoff_s = require_utc(cutoff)
        wall = cutoff.astimezone(calendar.zone)
        local = wall.date()
        recent = calendar.edges(local - dt.timedelta(days=2), 5)[:: len(calendar)]
        following = int(np.searchsorted(recent, cutoff_s, side="left"))
        ended = int(np.searchsorted(recent, cutoff_s, side="right")) - 1
        first = local + dt.timedelta(days=ended - 2 - n_days)
        edges = calendar.edges(first, n_days)
        # The day that the cut-off is for is the first that starts at it or after it.
        same = wall.replace(year=first.year, month=first.month, day=first.day)
        same -= dt.timedelta(days=following - 2)
        cutoffs = [int((same + dt.timedelta(days=day)).timestamp()) for day in range(n_days)]
        known = np.minimum(cutoffs, edges[: -1 : len(calendar)])
        day = np.arange(n_days)
        opening = np.maximum(day - (day - n_days) % window_days, 0)
        return cls(calendar, first, known[opening] - gap_days * _DAY_S, edges)


@dataclass(frozen=True, eq=False)
class Rows:
    """Questions to the features: cells on shifts, in order of the days.

    Parameters
    ----------
    day, shift
        Day of the timeline, and shift of the day, by row.
    cell
        Flat cell of the raster, by row.

    Raises
    ------
    ValueError
        The days are not in order.
    """

    day: Integers
    shift: Integers
    cell: Integers

    def __post_init__(self) -> None:
        if (np.diff(self.day) < 0).any():
            raise ValueError("Rows must be in order of their days; sort them first.")

    def __len__(self) -> int:
        return int(self.cell.size)

    def take(self, chosen: slice | npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Rows:
        """Return some of the rows, in their order."""
        return Rows(self.day[chosen], self.shift[chosen], self.cell[chosen])

    def starts(self, n_days: int) -> Integers:
        """Return where each day's rows start, and at last how many there are."""
        return np.searchsorted(self.day, np.arange(n_days + 1)).astype(np.int64)
