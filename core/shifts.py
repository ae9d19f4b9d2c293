"""Immutable values that say *when*: shifts and the calendar that partitions time into them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import ShiftError

UTC = dt.UTC
_NAME = re.compile(r"[a-z][a-z0-9-]{0,23}")


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """A half-open interval ``[start, end)`` that belongs to one service date.

    Parameters
    ----------
    start, end
        Aware UTC times.
    service_date
        The local date on which the shift starts.
    name
        The shift's name in its calendar, e.g. ``"night"``.
    """

    start: dt.datetime
    end: dt.datetime
    service_date: dt.date
    name: str

    @property
    def id(self) -> str:
        """Return the stable identifier ``YYYY-MM-DD-name``."""
        return f"{self.service_date.isoformat()}-{self.name}"

    @property
    def hours(self) -> float:
        """Return the true length in hours; a clock change makes it 1 h longer or shorter."""
        return (self.end - self.start).total_seconds() / 3600.0


@dataclass(frozen=True)
class ShiftCalendar:
    """A partition of every local day into shifts, in the agency's time zone.

    The last shift runs past midnight up to the first start of the next day, so the shifts of
    consecutive service dates tile time without gap or overlap, on days of 23 and 25 hours too.

    Parameters
    ----------
    timezone
        An IANA time zone name.
    starts
        ``(name, local start time)`` pairs in order of the clock, at least one hour apart.

    Raises
    ------
    ShiftError
        The zone is unknown.
        The starts are not increasing, are closer than one hour, or names repeat.

    Examples
    --------
    >>> import datetime as dt
    >>> calendar = ShiftCalendar.three_by_eight("America/Chicago")
    >>> [round(shift.hours) for shift in calendar.shifts_on(dt.date(2017, 3, 11))]
    [8, 8, 7]
    """

    timezone: str
    starts: tuple[tuple[str, dt.time], ...]

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ShiftError(
                f"timezone must be an IANA name such as 'America/Chicago', got {self.timezone!r}."
            ) from error
        if not self.starts:
            raise ShiftError("A shift calendar needs at least one (name, start) pair, got none.")
        names = [name for name, _ in self.starts]
        if len(set(names)) != len(names) or not all(_NAME.fullmatch(name) for name in names):
            raise ShiftError(
                f"Shift names must differ and be lower-case words such as 'night', got {names}."
            )
        minutes = [start.hour * 60 + start.minute for _, start in self.starts]
        gaps = np.diff([*minutes, minutes[0] + 1440])
        if any(gap < 60 for gap in gaps):
            raise ShiftError(
                "Shift starts must increase and lie at least 60 minutes apart, got "
                f"{[start.strftime('%H:%M') for _, start in self.starts]}."
            )

    @classmethod
    def three_by_eight(cls, timezone: str) -> ShiftCalendar:
        """Return the default calendar: day 07-15, evening 15-23, night 23-07."""
        return cls(
            timezone,
            (("day", dt.time(7)), ("evening", dt.time(15)), ("night", dt.time(23))),
        )

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the time zone object."""
        return ZoneInfo(self.timezone)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the shifts in order of the clock."""
        return tuple(name for name, _ in self.starts)

    def __len__(self) -> int:
        return len(self.starts)

    def _boundary(self, date: dt.date, start: dt.time) -> dt.datetime:
        """Return the UTC instant of a local wall time.

        A wall time that a clock change skips is taken with the offset before the change; one that
        occurs twice is taken the first time.
        """
        return dt.datetime.combine(date, start, tzinfo=self.zone).astimezone(UTC)

    def shifts_on(self, date: dt.date) -> tuple[Shift, ...]:
        """Return the shifts that start on a local date, in order."""
        edges = [self._boundary(date, start) for _, start in self.starts]
        edges.append(self._boundary(date + dt.timedelta(days=1), self.starts[0][1]))
        return tuple(Shift(edges[i], edges[i + 1], date, name) for i, name in enumerate(self.names))

    def between(self, first: dt.date, last: dt.date) -> Iterator[Shift]:
        """Yield every shift with a service date from ``first`` to ``last``, both included."""
        for offset in range((last - first).days + 1):
            yield from self.shifts_on(first + dt.timedelta(days=offset))

    def shift(self, date: dt.date, name: str) -> Shift:
        """Return one shift by service date and name.

        Raises
        ------
        ShiftError
            The calendar has no shift of that name.
        """
        for candidate in self.shifts_on(date):
            if candidate.name == name:
                return candidate
        raise ShiftError(f"No shift is called {name!r}; this calendar has {list(self.names)}.")

    def edges(self, first: dt.date, n_days: int) -> npt.NDArray[np.int64]:
        """Return the UTC edges of all shifts of ``n_days`` service dates.

        Returns
        -------
        Array of shape ``(n_days * len(self) + 1,)``, seconds since 1970-01-01T00:00Z. Shift ``i``
        is ``[edges[i], edges[i + 1])``, of service date ``first + i // len(self)``.
        """
        seconds = [
            int(self._boundary(first + dt.timedelta(days=day), start).timestamp())
            for day in range(n_days)
            for _, start in self.starts
        ]
        last = first + dt.timedelta(days=n_days)
        seconds.append(int(self._boundary(last, self.starts[0][1]).timestamp()))
        return np.asarray(seconds, dtype=np.int64)
