"""When a back-test forecasts: windows, and the blocks of windows that one fit serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from evenbeat.core.backtest.contest import horizon_end
from evenbeat.core.backtest.windows import WindowFacts
from evenbeat.core.errors import BacktestError


@dataclass(frozen=True)
class Horizon:
    """How long a window is.

    Parameters
    ----------
    name
        As on the command line.
    days
        Days of a window, on average for months; models are trained to look as far ahead.
    end
        Gives the day after a window that starts on a day.
    by_shift
        Whether each shift of the day is a window of its own.
    """

    name: str
    days: int
    end: Callable[[dt.date], dt.date] = field(repr=False)
    by_shift: bool = False


def _days(n_days: int) -> Callable[[dt.date], dt.date]:
    return lambda start: start + dt.timedelta(days=n_days)


def _contest(name: str) -> Callable[[dt.date], dt.date]:
    return lambda start: horizon_end(start, name)


HORIZONS: dict[str, Horizon] = {
    "shift": Horizon("shift", 1, _days(1), by_shift=True),
    "day": Horizon("day", 1, _days(1)),
    "week": Horizon("week", 7, _days(7)),
    "2-weeks": Horizon("2-weeks", 14, _days(14)),
    "month": Horizon("month", 30, _contest("1 month")),
    "2-months": Horizon("2-months", 61, _contest("2 months")),
    "3-months": Horizon("3-months", 91, _contest("3 months")),
}
"""By the name on the command line."""


@dataclass(frozen=True)
class Block:
    """Consecutive windows that one fit serves.

    Parameters
    ----------
    number
        From 0.
    first
        Service date of the first window; the fit knows what was known at its local midnight.
    window_days
        Days of each window.
    first_window
        Number of the first window in the whole back-test.
    """

    number: int
    first: dt.date
    window_days: tuple[int, ...]
    first_window: int

    @property
    def last(self) -> dt.date:
        """Return the last day."""
        return self.first + dt.timedelta(days=sum(self.window_days) - 1)


@dataclass(frozen=True)
class Schedule:
    """All windows of a back-test.

    Parameters
    ----------
    first, last
        First and last service date; a window that would end later is left out.
    horizon
        A key of `HORIZONS`.
    refit_days
        Days after which models are fitted anew, at the next start of a window.
    shifts
        Shifts of a day.
    gap_days
        Days between what is known and the start of a window.

    Raises
    ------
    BacktestError
        The horizon is unknown, the dates are in the wrong order, or no whole window fits.

    Examples
    --------
    >>> year = Schedule(dt.date(2017, 1, 1), dt.date(2017, 12, 31), "day", 28, 3)
    >>> len(year.blocks), len(year.facts.dates), year.blocks[1].first.isoformat()
    (14, 365, '2017-01-29')
    """

    first: dt.date
    last: dt.date
    horizon: str
    refit_days: int
    shifts: int
    gap_days: int = 0

    def __post_init__(self) -> None:
        if self.horizon not in HORIZONS:
            raise BacktestError(
                f"No horizon is called {self.horizon!r}; there are {', '.join(HORIZONS)}."
            )
        if self.refit_days < 1:
            raise BacktestError(f"refit_days must be at least 1, got {self.refit_days}.")
        if self.gap_days < 0 or self.last < self.first:
            raise BacktestError(
                f"The first day must not be after the last, and the gap not negative; got "
                f"{self.first} to {self.last} and {self.gap_days} days. Check --from, --to and "
                "--lag-days."
            )
        if not self._windows:
            raise BacktestError(
                f"No whole window of a {self.horizon} fits between {self.first} and {self.last}. "
                "Choose a later last day or a shorter horizon."
            )

    @property
    def length(self) -> Horizon:
        """Return how long a window is."""
        return HORIZONS[self.horizon]

    @property
    def _windows(self) -> list[tuple[dt.date, int]]:
        """Return the start and the days of each window; shifts of a day share an entry."""
        found, start = [], self.first
        while (end := self.length.end(start)) <= self.last + dt.timedelta(days=1):
            found.append((start, (end - start).days))
            start = end
        return found

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Return the blocks, in order."""
        per_entry = self.shifts if self.length.by_shift else 1
        groups: list[list[tuple[dt.date, int]]] = []
        for start, n_days in self._windows:
            if not groups or (start - groups[-1][0][0]).days >= self.refit_days:
                groups.append([])
            groups[-1].append((start, n_days))
        blocks, first_window = [], 0
        for number, group in enumerate(groups):
            days = tuple(n_days for _, n_days in group)
            blocks.append(Block(number, group[0][0], days, first_window))
            first_window += len(group) * per_entry
        return tuple(blocks)

    @property
    def facts(self) -> WindowFacts:
        """Return what a summary must know of the windows."""
        per_entry = self.shifts if self.length.by_shift else 1
        dates = tuple(start for start, _ in self._windows for _ in range(per_entry))
        days = sum(n_days for _, n_days in self._windows) / len(dates)
        return WindowFacts(dates, max(1, round(days * self.shifts)), days)
