"""What a summary must know of the windows: their local dates and how long they are."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import BacktestError


@dataclass(frozen=True)
class WindowFacts:
    """Consecutive windows of equal length.

    Parameters
    ----------
    dates
        First local (service) date of each window.
    shifts
        Shifts in a window.
    days
        Days in a window; a third for one shift of three.

    Raises
    ------
    BacktestError
        There is no window, dates fall, or a length is not positive.

    Examples
    --------
    >>> weeks = WindowFacts((dt.date(2017, 3, 25), dt.date(2017, 4, 1)), shifts=21, days=7.0)
    >>> weeks.last.isoformat(), weeks.quarters.tolist()
    ('2017-04-07', ['2017Q1', '2017Q2'])
    """

    dates: tuple[dt.date, ...]
    shifts: int
    days: float

    def __post_init__(self) -> None:
        rising = all(a <= b for a, b in zip(self.dates, self.dates[1:], strict=False))
        if not self.dates or not rising or self.shifts < 1 or not self.days > 0:
            raise BacktestError(
                "Windows need dates in order, at least 1 shift and a positive length, got "
                f"{len(self.dates)} dates, {self.shifts} shifts, {self.days} days. Take the "
                "windows of one back-test."
            )

    @property
    def last(self) -> dt.date:
        """Return the last local date that the last window touches."""
        return self.dates[-1] + dt.timedelta(days=math.ceil(self.days) - 1)

    @property
    def per_day(self) -> int:
        """Return how many windows begin on a day, at least 1: the lag of day-to-day stability."""
        return max(1, round(1.0 / self.days))

    @property
    def quarters(self) -> npt.NDArray[np.str_]:
        """Return the quarter of each window's first date, such as ``"2017Q1"``."""
        return np.array([f"{date.year}Q{(date.month + 2) // 3}" for date in self.dates])

    @property
    def months(self) -> npt.NDArray[np.str_]:
        """Return the month of each window's first date, such as ``"2017-01"``."""
        return np.array([f"{date.year}-{date.month:02}" for date in self.dates])
