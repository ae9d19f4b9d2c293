"""Columns of times as UTC instants, with every oddity marked row by row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from evenbeat.core.errors import InputError
from evenbeat.core.ingest.time_fields import DAY_US, Flags, Ints
from evenbeat.core.ingest.wall_times import FORMS, WallTimes, read_wall_times

Instants = npt.NDArray[np.datetime64]
AnyArray = TypeVar("AnyArray", bound=npt.NDArray[Any])
MIDNIGHT_ROWS = 10
"""A column of at least so many times that are all midnight holds dates, not times."""
_NAT = np.datetime64("NaT", "us")
_CLOCK_DIRECTIVES = ("%H", "%I", "%T", "%R", "%c", "%X", "%s")


@dataclass(frozen=True)
class TimeColumn:
    """A column of times, read.

    Parameters
    ----------
    start, end
        UTC, NaT where there is no time. They are equal for an instant; a date is the whole local
        day, 23 to 25 hours.
    is_missing, is_unparseable
        Blank; given but no time.
    is_date
        A date without a clock time.
    repairs
        Reason to the rows that it concerns; reasons of none are left out.
    form
        How most of the column is written, in words.
    order_is_assumed
        Whether no day above 12 tells which of day and month comes first.
    """

    start: Instants
    end: Instants
    is_missing: Flags
    is_unparseable: Flags
    is_date: Flags
    repairs: dict[str, Flags]
    form: str
    order_is_assumed: bool = False

    @property
    def last(self) -> Instants:
        """Return the last instant of each: a date had passed when the next day began."""
        return np.where(self.is_date, self.end - np.timedelta64(1, "us"), self.end)

    @classmethod
    def absent(cls, size: int) -> TimeColumn:
        """Return a column that a file does not have."""
        nothing = np.full(size, _NAT)
        no = np.zeros(size, bool)
        return cls(nothing, nothing, ~no, no, no, {}, "absent")


def read_times(values: pd.Series, *, timezone: str, time_format: str | None = None) -> TimeColumn:
    """Read a column of times.

    Local times that a clock change skips are moved forward by the gap; of local times that occur
    twice, the first is taken. Both are marked. Times with an offset need no zone.

    Parameters
    ----------
    values
        Text as a file has it, or dates and times of a typed format.
    timezone
        IANA zone of times without offset.
    time_format
        `strptime` format to try first.

    Raises
    ------
    InputError
        The format is no `strptime` format.

    Examples
    --------
    >>> column = read_times(pd.Series(["3/12/2017 2:30"]), timezone="America/Chicago")
    >>> column.start[0], list(column.repairs)
    (np.datetime64('2017-03-12T08:30:00.000000'), ['unpadded_time', 'nonexistent_local_time'])
    """
    codes, texts, wall = _distinct(values, time_format)
    real = wall.form > 0
    only_midnights = (
        not np.any(real & wall.has_clock & (wall.clock_us % DAY_US != 0))
        and not wall.is_instant.any()
        and np.count_nonzero(real[codes[codes >= 0]]) >= MIDNIGHT_ROWS
    )
    is_date = real & ~wall.is_instant & (only_midnights | ~wall.has_clock)
    start_us, skipped, repeated = _localise(wall, timezone)
    end_us = start_us.copy()
    end_us[is_date] = _to_utc(wall.clock_us[is_date] + DAY_US, timezone)[0]
    marks = {
        "excel_serial_time": wall.form == FORMS.index("spreadsheet day number"),
        "epoch_time": np.isin(wall.form, [FORMS.index(name) for name in FORMS if "1970" in name]),
        "unpadded_time": wall.is_unpadded,
        "short_offset": wall.has_short_offset,
        "day_month_swapped": wall.is_swapped,
        "other_time_format": wall.is_other,
        "nonexistent_local_time": skipped & ~is_date,
        "ambiguous_local_time": repeated & ~is_date,
    }
    rows = np.where(codes < 0, len(texts), codes)
    return TimeColumn(
        start=_take(_as_instants(start_us, real), rows, _NAT),
        end=_take(_as_instants(end_us, real), rows, _NAT),
        is_missing=_take(wall.is_missing, rows, True),
        is_unparseable=_take(~real & ~wall.is_missing, rows, False),
        is_date=_take(is_date, rows, False),
        repairs={name: _take(mark, rows, False) for name, mark in marks.items() if mark.any()},
        form=_form_in_words(wall, codes, is_date),
        order_is_assumed=wall.order_is_assumed and time_format is None,
    )


def _take(distinct: AnyArray, rows: npt.NDArray[np.intp], blank: object) -> AnyArray:
    """Return the value of each row; rows without one point past the end and get ``blank``."""
    extended = np.append(distinct, np.array([blank], dtype=distinct.dtype))
    return cast("AnyArray", extended[rows])


def _distinct(
    values: pd.Series, time_format: str | None
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.generic], WallTimes]:
    """Return the position of each row among the distinct values (-1: blank), and these, read."""
    if isinstance(values.dtype, pd.DatetimeTZDtype) or values.dtype.kind == "M":
        codes, stamps = pd.factorize(values)
        return codes, np.asarray(stamps), _native(pd.DatetimeIndex(stamps))
    codes, distinct = pd.factorize(_as_text(values))
    texts = pa.array(distinct.astype("str"), type=pa.string())
    if time_format is None:
        return codes, np.asarray(distinct), read_wall_times(texts)
    return codes, np.asarray(distinct), _read_with_format(texts, time_format)


def _as_text(values: pd.Series) -> pd.Series:
    """Return numbers without a needless ``.0``, and anything else as text."""
    if values.dtype.kind == "f":
        whole = values.notna() & (values % 1 == 0)
        return values.astype("str").where(
            ~whole, values.where(whole, 0).astype("int64").astype("str")
        )
    return values.astype("str").where(values.notna())


def _native(stamps: pd.DatetimeIndex) -> WallTimes:
    times = WallTimes.empty(len(stamps))
    plain = stamps.tz_convert("UTC").tz_localize(None) if stamps.tz is not None else stamps
    times.clock_us = plain.as_unit("us").asi8.copy()
    times.form[:] = FORMS.index("year-month-day")
    times.has_clock[:] = True
    times.is_instant[:] = stamps.tz is not None
    return times


def _read_with_format(texts: pa.Array, time_format: str) -> WallTimes:
    """Read texts in a given format, and what does not follow it in any other."""
    times = read_wall_times(texts)
    plain = pd.Series(texts.to_pandas(), dtype="str").str.strip()
    has_offset = "%z" in time_format
    try:
        stamps = pd.to_datetime(plain, format=time_format, errors="coerce", utc=has_offset)
    except ValueError as error:
        raise InputError(
            f"time_format {time_format!r} is no strptime format: {error}. An example is"
            " '%m/%d/%Y %I:%M:%S %p'."
        ) from error
    fits = stamps.notna().to_numpy()
    if has_offset:
        stamps = stamps.dt.tz_localize(None)
    stamp_us = stamps.to_numpy().astype("datetime64[us]").astype(np.int64)
    times.is_other = (times.form > 0) & ~fits
    times.clock_us = np.where(fits, stamp_us, times.clock_us)
    times.form[fits] = FORMS.index("the given time_format")
    times.has_clock[fits] = any(directive in time_format for directive in _CLOCK_DIRECTIVES)
    times.is_instant[fits] = has_offset
    for mark in (times.is_unpadded, times.has_short_offset, times.is_swapped, times.is_missing):
        mark[fits] = False
    return times


def _localise(wall: WallTimes, timezone: str) -> tuple[Ints, Flags, Flags]:
    """Return UTC microseconds, and which local times a clock change skipped or repeated."""
    local = (wall.form > 0) & ~wall.is_instant
    utc_us = wall.clock_us.copy()
    skipped, repeated = np.zeros(local.size, bool), np.zeros(local.size, bool)
    utc_us[local], skipped[local], repeated[local] = _to_utc(wall.clock_us[local], timezone)
    return utc_us, skipped, repeated


def _to_utc(wall_us: Ints, timezone: str) -> tuple[Ints, Flags, Flags]:
    naive = pd.DatetimeIndex(wall_us.astype("datetime64[us]"))
    strict = naive.tz_localize(timezone, ambiguous="NaT", nonexistent="NaT")
    utc_us = strict.asi8.copy()
    odd = np.flatnonzero(strict.isna())
    skipped, repeated = np.zeros(naive.size, bool), np.zeros(naive.size, bool)
    zone = ZoneInfo(timezone)
    for position in odd.tolist():
        # fold=0 is the first of two, and the offset before the change for a time in the gap: the
        # rule of `ShiftCalendar`, which moves the latter forward by the gap.
        local = naive[position].to_pydatetime().replace(tzinfo=zone, fold=0)
        instant = local.astimezone(dt.UTC)
        utc_us[position] = round(instant.timestamp() * 1e6)
        is_real = instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)
        skipped[position], repeated[position] = not is_real, is_real
    return utc_us, skipped, repeated


def _as_instants(utc_us: Ints, real: Flags) -> Instants:
    instants = utc_us.astype("datetime64[us]")
    instants[~real] = _NAT
    return instants


def _form_in_words(wall: WallTimes, codes: npt.NDArray[np.intp], is_date: Flags) -> str:
    """Return how most rows are written."""
    given = codes[codes >= 0]
    given = given[wall.form[given] > 0]
    if given.size == 0:
        return FORMS[0]
    most = int(np.bincount(wall.form[given]).argmax())
    those = given[wall.form[given] == most]
    clock = "date only" if is_date[those].mean() > 0.5 else "with a clock time"
    offset = ", with an offset from UTC" if wall.is_instant[those].mean() > 0.5 else ""
    return f"{FORMS[most]}, {clock}{offset}"
