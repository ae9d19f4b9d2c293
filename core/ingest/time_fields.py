"""The parts of a written time, put together: dates, clock times and offsets as whole columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DAY_US = 86_400_000_000
EARLIEST_YEAR, LATEST_YEAR = 1950, 2400


class Fields:
    """The named parts of matched texts."""

    def __init__(self, found: Any) -> None:
        names = [found.type.field(i).name for i in range(found.type.num_fields)]
        self._parts = dict(zip(names, found.flatten(), strict=True))
        self.size = len(found)

    def text(self, name: str) -> npt.NDArray[np.object_]:
        """Return a part as text, blank where it is absent."""
        part = self._parts.get(name)
        if part is None:
            return np.full(self.size, "", dtype=object)
        return np.asarray(pc.fill_null(part, "").to_numpy(zero_copy_only=False))

    def length(self, name: str) -> Ints:
        """Return the number of characters of a part."""
        part = self._parts.get(name)
        if part is None:
            return np.zeros(self.size, np.int64)
        return np.asarray(pc.fill_null(pc.binary_length(part), 0)).astype(np.int64)

    def number(self, name: str) -> Ints:
        """Return a part as a number, 0 where it is absent."""
        part = self._parts.get(name)
        if part is None:
            return np.zeros(self.size, np.int64)
        filled = pc.if_else(pc.equal(pc.fill_null(part, ""), ""), "0", pc.fill_null(part, "0"))
        return np.asarray(pc.cast(filled, pa.int64()))

    def equals(self, name: str, value: str) -> Flags:
        """Return where a part is a given text."""
        part = self._parts.get(name)
        if part is None:
            return np.zeros(self.size, bool)
        return np.asarray(pc.equal(pc.fill_null(part, ""), value))


def compose(year: Ints, month: Ints, day: Ints, clock_us: Ints) -> tuple[Ints, Flags]:
    """Return microseconds since 1970 of calendar dates with clock times, and which are real."""
    possible = (year >= EARLIEST_YEAR) & (year <= LATEST_YEAR) & (month >= 1) & (month <= 12)
    months = np.where(possible, (year - 1970) * 12 + month - 1, 0)
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    possible &= (day >= 1) & (first + day <= following) & (clock_us >= 0)
    return (first + day - 1) * DAY_US + clock_us, possible


def full_year(year: Ints, digits: Ints) -> Ints:
    """Return years of two digits in 1969 to 2068."""
    return np.where(digits > 2, year, np.where(year < 69, year + 2000, year + 1900))


def clock_of(fields: Fields) -> tuple[Ints, Flags]:
    """Return microseconds of the day, -1 where there is no such clock time; and where one is given.

    24:00 is the end of the day.
    """
    hour, minute, second = fields.number("h"), fields.number("mi"), fields.number("s")
    given = fields.length("h") > 0
    afternoon, morning = fields.equals("p", "P"), fields.equals("p", "A")
    hour = np.where(afternoon & (hour < 12), hour + 12, hour)
    hour = np.where(morning & (hour == 12), 0, hour)
    fraction = fields.number("f")
    digits = fields.length("f")
    micros = np.where(
        digits <= 6,
        fraction * 10 ** np.clip(6 - digits, 0, 6),
        fraction // 10 ** np.clip(digits - 6, 0, 3),
    )
    real = (hour < 24) | ((hour == 24) & (minute == 0) & (second == 0))
    real &= (minute < 60) & (second < 60) & ~(morning & (hour > 12))
    clock_us = ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros
    return np.where(real, clock_us, -1), given


def offset_of(fields: Fields) -> tuple[Ints, Flags, Flags]:
    """Return offsets from UTC, where one is given, and where its hour has one digit."""
    given = fields.length("z") > 0
    if not given.any():
        return np.zeros(fields.size, np.int64), given, given
    offsets = np.zeros(fields.size, np.int64)
    short = np.zeros(fields.size, bool)
    texts = fields.text("z")
    for text in set(texts[given].tolist()):
        here = texts == text
        offsets[here] = _one_offset_us(text)
        digits = text.lstrip("+-").split(":")[0]
        short |= here & (text[0] in "+-") & (len(digits) in (1, 3))
    return offsets, given, short


def _one_offset_us(text: str) -> int:
    if text[0] not in "+-":
        return 0
    digits = text[1:].replace(":", "")
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    seconds = (int(hours) * 60 + int(minutes)) * 60
    return (-seconds if text[0] == "-" else seconds) * 1_000_000
