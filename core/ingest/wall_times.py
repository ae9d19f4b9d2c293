"""Texts that say a date and perhaps a clock time, read as they are written: no time zone yet.

All texts of a column are read at once, one regular expression per way of writing. Which of day and
month comes first is decided for the column as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from evenbeat.core.ingest.time_fields import (
    DAY_US,
    EARLIEST_YEAR,
    LATEST_YEAR,
    Fields,
    Flags,
    Ints,
    clock_of,
    compose,
    full_year,
    offset_of,
)

_EXCEL_EPOCH_DAYS = -25_569
_MISSING = ("", "NULL", "NONE", "NAN", "NAT", "N/A", "NA", "-", "--", "<NA>")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

_ZONE = r"\s*(?P<z>Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?"
_CLOCK = (
    r"(?:(?:T|,? +)(?P<h>\d{1,2}):?(?P<mi>\d{2})(?::?(?P<s>\d{2})(?:[.,](?P<f>\d{1,9})\d*)?)?"
    r"\s*(?:(?P<p>[AP])\.?M\.?)?" + _ZONE + r")?$"
)
_WEEKDAY = r"^(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*\.?,? +)?"
_NUMERIC = r"^(?P<a>\d{1,4})(?P<q>[-/.])(?P<b>\d{1,2})[-/.](?P<c>\d{1,4})" + _CLOCK
_DAY_MONTH = (
    _WEEKDAY + r"(?P<d>\d{1,2})[-/ .]+(?P<mon>[A-Z]{3})[A-Z]*[-/ .,]+(?P<y>\d{4}|\d{2})" + _CLOCK
)
_MONTH_DAY = (
    _WEEKDAY + r"(?P<mon>[A-Z]{3})[A-Z]*\.?[- ]+(?P<d>\d{1,2})(?:ST|ND|RD|TH)?[-, ]+(?P<y>\d{4})"
    + _CLOCK
)  # fmt: skip
_COMPACT = (
    r"^(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})"
    r"(?:[T ]?(?P<h>\d{2})(?P<mi>\d{2})(?:(?P<s>\d{2})(?:\.(?P<f>\d{1,9}))?)?" + _ZONE + r")?$"
)
_NUMBER = r"^(?P<n>\d{5}|\d{9,10}|\d{12,13})(?P<r>\.\d+)?$"

FORMS = (
    "not a time", "year-month-day", "month/day/year", "day/month/year", "day month-name year",
    "month-name day year", "yyyymmdd", "spreadsheet day number", "seconds since 1970",
    "milliseconds since 1970", "the given time_format",
)  # fmt: skip
_NONE, _YMD, _MDY, _DMY, _D_MON, _MON_D, _PACKED, _EXCEL, _SECONDS, _MILLIS, _GIVEN = range(11)


@dataclass
class WallTimes:
    """What texts say, one entry a text.

    Parameters
    ----------
    clock_us
        Microseconds since 1970-01-01T00:00 on the wall clock; of an instant since 1970 in UTC.
    form
        Index into `FORMS`, 0 where the text is no time.
    is_missing
        Blank, or a word for blank.
    has_clock
        Whether a clock time is given besides the date.
    is_instant
        Whether an offset or an epoch fixes the instant without a time zone.
    is_unpadded, has_short_offset, is_swapped, is_other
        Written without leading zeros; offset with one digit; day and month the other way round than
        in the column; not in the given format.
    order_is_assumed
        Whether no day above 12 tells which of day and month comes first; the month is assumed to.
    """

    clock_us: Ints
    form: npt.NDArray[np.int8]
    is_missing: Flags
    has_clock: Flags
    is_instant: Flags
    is_unpadded: Flags
    has_short_offset: Flags
    is_swapped: Flags
    is_other: Flags
    order_is_assumed: bool = False

    @classmethod
    def empty(cls, size: int) -> WallTimes:
        """Return entries none of which is read yet."""
        flags = (np.zeros(size, bool) for _ in range(7))
        missing, clock, instant, unpadded, short, swapped, other = flags
        return cls(
            np.zeros(size, np.int64), np.zeros(size, np.int8), missing, clock, instant, unpadded,
            short, swapped, other,
        )  # fmt: skip


def read_wall_times(texts: pa.Array) -> WallTimes:
    """Read texts as dates and clock times.

    Parameters
    ----------
    texts
        Distinct texts of one column.
    """
    plain = pc.ascii_upper(pc.utf8_trim_whitespace(texts))
    times = WallTimes.empty(len(plain))
    missing = pc.or_kleene(pc.is_null(plain), pc.is_in(plain, value_set=pa.array(_MISSING)))
    times.is_missing = np.asarray(pc.fill_null(missing, True))
    rest = np.flatnonzero(~times.is_missing)
    readers: tuple[tuple[str, Callable[[WallTimes, Ints, Fields], None]], ...] = (
        (_NUMERIC, _read_numeric), (_COMPACT, _read_compact), (_NUMBER, _read_number),
        (_DAY_MONTH, partial(_read_named, form=_D_MON)),
        (_MONTH_DAY, partial(_read_named, form=_MON_D)),
    )  # fmt: skip
    for pattern, reader in readers:
        if rest.size == 0:
            break
        found = pc.extract_regex(plain.take(pa.array(rest)), pattern)
        matched = np.asarray(pc.is_valid(found))
        if matched.any():
            reader(times, rest[matched], Fields(found.filter(pa.array(matched))))
        rest = rest[times.form[rest] == _NONE]
    return times


def _store(
    times: WallTimes, where: Ints, fields: Fields, date: tuple[Ints, Ints, Ints],
    form: npt.NDArray[np.int8] | int, unpadded: Flags,
) -> None:  # fmt: skip
    """Write what was read; texts that are no real date or time stay unread."""
    clock_us, has_clock = clock_of(fields)
    offset_us, is_instant, is_short = offset_of(fields)
    wall_us, real = compose(*date, clock_us)
    times.clock_us[where] = np.where(real, wall_us - offset_us, 0)
    times.form[where] = np.where(real, form, _NONE)
    times.has_clock[where] = has_clock & real
    times.is_instant[where] = is_instant & real
    times.has_short_offset[where] = is_short & real
    times.is_unpadded[where] = (unpadded | (has_clock & (fields.length("h") == 1))) & real


def _read_numeric(times: WallTimes, where: Ints, fields: Fields) -> None:
    first, second, third = fields.number("a"), fields.number("b"), fields.number("c")
    digits = fields.length("a")
    year_first = digits == 4
    year = np.where(year_first, first, full_year(third, fields.length("c")))
    ends_well = np.where(
        year_first, fields.length("c") <= 2, (digits <= 2) & np.isin(fields.length("c"), (2, 4))
    )
    day_first = fields.equals("q", ".") if not year_first.all() else np.zeros(len(where), bool)
    slashed = ~year_first & ~day_first
    if not (second[slashed] > 12).any():
        if (first[slashed] > 12).any():
            day_first |= slashed
        else:
            times.order_is_assumed = bool(slashed.any())
    as_month, as_day = np.where(day_first, second, first), np.where(day_first, first, second)
    swapped = ~year_first & (as_month > 12) & (as_day <= 12)
    day_leads = day_first ^ swapped
    month = np.where(year_first, second, np.where(day_leads, second, first))
    day = np.where(year_first, third, np.where(day_leads, first, second))
    month = np.where(ends_well, month, 0)
    form = np.where(year_first, _YMD, np.where(day_leads, _DMY, _MDY)).astype(np.int8)
    last = np.where(year_first, fields.length("c"), fields.length("b"))
    head = np.where(year_first, fields.length("b"), digits)
    _store(times, where, fields, (year, month, day), form, (last == 1) | (head == 1))
    times.is_swapped[where] = swapped & (times.form[where] != _NONE)


def _read_compact(times: WallTimes, where: Ints, fields: Fields) -> None:
    date = (fields.number("y"), fields.number("m"), fields.number("d"))
    _store(times, where, fields, date, _PACKED, np.zeros(len(where), bool))


def _read_number(times: WallTimes, where: Ints, fields: Fields) -> None:
    """Read spreadsheet day numbers (five digits) and times since 1970."""
    whole, digits = fields.number("n"), fields.length("n")
    part = np.array([float(f"0{text}") if text else 0.0 for text in fields.text("r")])
    excel = digits == 5
    millis = digits >= 12
    unit_us = np.where(excel, DAY_US, np.where(millis, 1_000, 1_000_000))
    start = np.where(excel, whole + _EXCEL_EPOCH_DAYS, whole)
    rest_us = part * unit_us
    # A spreadsheet keeps about 0.5 s of a day number exactly: round to the second.
    rest_us = np.where(excel, np.round(rest_us / 1e6) * 1e6, np.round(rest_us))
    clock_us = start * unit_us + rest_us.astype(np.int64)
    year = clock_us.astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
    real = (year >= EARLIEST_YEAR) & (year <= LATEST_YEAR)
    times.clock_us[where] = np.where(real, clock_us, 0)
    times.form[where] = np.where(
        real, np.where(excel, _EXCEL, np.where(millis, _MILLIS, _SECONDS)), 0
    )
    times.has_clock[where] = real & (~excel | (part > 0))
    times.is_instant[where] = real & ~excel


def _read_named(times: WallTimes, where: Ints, fields: Fields, *, form: int) -> None:
    names = fields.text("mon")
    month = np.zeros(len(where), np.int64)
    for number, name in enumerate(_MONTHS, start=1):
        month[names == name] = number
    year = full_year(fields.number("y"), fields.length("y"))
    unpadded = fields.length("d") == 1
    _store(times, where, fields, (year, month, fields.number("d")), form, unpadded)
