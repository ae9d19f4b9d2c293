"""Wording: figures and times as a person on shift would say them."""

from __future__ import annotations

import datetime as dt
import math
from zoneinfo import ZoneInfo

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_RAREST = 1e-4
_TIED = "\N{NO-BREAK SPACE}"


def in_shifts(expected: float) -> str:
    """Return an expected count per shift in words that do not overstate it.

    Examples
    --------
    >>> in_shifts(0.0125), in_shifts(0.71), in_shifts(1.34), in_shifts(0.00002)
    ('1 in 80 shifts', '7 in 10 shifts', '1.3 a shift', 'under 1 in 10,000 shifts')
    """
    if not expected > 0:
        return "none"
    if expected < _RAREST:
        return f"under 1 in {1 / _RAREST:,.0f} shifts"
    if expected >= 0.95:
        return f"{expected:.1f} a shift"
    if expected > 2 / 3:
        return f"{expected * 10:.0f} in 10 shifts"
    return f"1 in {_two_digits(1 / expected):,} shifts"


def place_among_cells(percentile: float) -> str:
    r"""Return a percentile as the top share of cells.

    Examples
    --------
    >>> place_among_cells(99.62), place_among_cells(99.999), place_among_cells(41.0)
    ('top 0.4\xa0%', 'top 0.1\xa0%', 'top 59\xa0%')
    """
    share = max(100.0 - percentile, 0.1)
    return f"top {share:.{1 if share < 9.95 else 0}f}{_TIED}%"


def percent(share: float) -> str:
    r"""Return a share as a whole percentage that stays on one line.

    Examples
    --------
    >>> percent(0.364)
    '36\xa0%'
    """
    return f"{share * 100:.0f}{_TIED}%"


def hours(value: float) -> str:
    """Return a length of time.

    Examples
    --------
    >>> hours(2.0), hours(1.5), hours(0.25)
    ('2 h', '1.5 h', '15 min')
    """
    return f"{value:g} h" if value >= 1 else f"{value * 60:g} min"


def dose(visits: int, visit_minutes: float, visit_gap_hours: float) -> str:
    r"""Return a dose in words, breakable only at its comma.

    Examples
    --------
    >>> dose(3, 15.0, 2.0).replace("\xa0", " "), dose(1, 15.0, 2.0).replace("\xa0", " ")
    ('3 visits × 15 min, at least 2 h apart', '1 visit × 15 min')
    """
    what = f"{visits} {'visit' if visits == 1 else 'visits'} × {visit_minutes:g} min"
    apart = f"at least {hours(visit_gap_hours)} apart"
    tied = what.replace(" ", _TIED)
    return tied if visits == 1 else f"{tied}, {apart.replace(' ', _TIED)}"


def length(metres: float, *, feet: bool) -> str:
    """Return a distance in metres and kilometres, or in feet and miles.

    Examples
    --------
    >>> length(304.0, feet=False), length(300.0, feet=True), length(1610.0, feet=True)
    ('300 m', '980 ft', '1.0 mi')
    """
    if feet:
        value = metres / 0.3048
        return f"{round(value, -1):,.0f} ft" if value < 2000 else f"{value / 5280:.1f} mi"
    return f"{round(metres, -1):.0f} m" if metres < 1000 else f"{metres / 1000:.1f} km"


def day(when: dt.date, *, weekday: bool = True, year: bool = True) -> str:
    r"""Return a date in words that no country misreads; day and month stay on one line.

    Examples
    --------
    >>> day(dt.date(2017, 1, 3)), day(dt.date(2017, 1, 3), weekday=False, year=False)
    ('Tue 3\xa0Jan 2017', '3\xa0Jan')
    """
    text = f"{when.day}{_TIED}{_MONTHS[when.month - 1]}"
    text = f"{_WEEKDAYS[when.weekday()]} {text}" if weekday else text
    return f"{text} {when.year}" if year else text


def moment(when: dt.datetime, zone: ZoneInfo) -> str:
    """Return an instant as local date and time."""
    local = when.astimezone(zone)
    return f"{day(local.date())}, {local:%H:%M}"


def span(start: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> str:
    """Return a stretch of time on the local clock; the end's date where it is another day."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    after = "" if first.date() == last.date() else f" {day(last.date(), year=False)}"
    return f"{first:%H:%M}–{last:%H:%M}{after}"


def position(longitude: float, latitude: float) -> str:
    """Return a place on earth as people read it into a phone.

    Examples
    --------
    >>> position(-87.62981, 41.87811)
    '41.87811, -87.62981'
    """
    return f"{latitude:.5f}, {longitude:.5f}"


def _two_digits(value: float) -> int:
    """Return a number of at least 1, rounded to two significant digits."""
    step = int(10.0 ** max(math.floor(math.log10(value)) - 1, 0))
    return max(round(value / step) * step, 1)
