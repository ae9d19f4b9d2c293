"""Pings by service day: each file of a vehicle log leaves one part in every day it speaks of."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from evenbeat.core.dosage.pings import Pings, join_pings
from evenbeat.core.store.files import (
    fingerprint,
    replacing_folder,
    sha256_file,
    write_json,
)

if TYPE_CHECKING:
    from evenbeat.core.shifts import ShiftCalendar

_LARGEST_BUFFER = 2_000_000
"""Pings held back before some are written: a log that is out of order touches many days."""
_SCHEMA = pa.schema([
    ("unit", pa.dictionary(pa.int32(), pa.string())), ("time_s", pa.float64()),
    ("easting", pa.float64()), ("northing", pa.float64()), ("accuracy_m", pa.float32()),
    ("speed_kmh", pa.float32()), ("crew", pa.float32()), ("is_committed", pa.bool_()),
])  # fmt: skip
_NUMBERS = tuple(_SCHEMA.names[1:])


@dataclass(frozen=True)
class ClosedDays:
    """Days for which nothing is stored any more, and those of them that a file spoke of."""

    dates: frozenset[dt.date] = frozenset()
    met: set[dt.date] = field(default_factory=set)


@dataclass(frozen=True)
class PartStore:
    """The parts in a workspace: ``<file>/<date>.parquet``, under pseudonyms, in the grid's CRS.

    Parameters
    ----------
    folder
        Where they are.
    order
        Names of files, the first one first; where two files tell of one moment, the first counts.
    """

    folder: Path
    order: tuple[str, ...] = ()

    def names(self) -> list[str]:
        """Return the files that have parts."""
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir()
                      if path.is_dir() and not path.name.startswith("."))  # fmt: skip

    def has(self, name: str) -> bool:
        """Return whether a file was read into parts, be it none."""
        return (self.folder / name).is_dir()

    def remove(self, name: str) -> None:
        """Remove all parts of a file."""
        shutil.rmtree(self.folder / name)

    def replace(
        self, name: str, pings: Iterator[Pings], calendar: ShiftCalendar, margin_s: float,
        *, closed: ClosedDays | None = None,
    ) -> dict[str, str]:  # fmt: skip
        """Write the parts of one file in place of those it had; return date -> SHA-256.

        A ping near the edge of a day is in both days, because ways into and out of a day count.

        Parameters
        ----------
        name
            Stable name of the file.
        pings
            The file, some pings at a time.
        margin_s
            How far beyond its edges pings matter for a day.
        closed
            Days that get no part.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with replacing_folder(self.folder / name) as private:
            _route(pings, private, calendar, margin_s, closed or ClosedDays())
            parts = {path.stem: sha256_file(path) for path in sorted(private.glob("*.parquet"))}
            write_json(private / "parts.json", parts)
        return parts

    def dates(self) -> list[dt.date]:
        """Return every day that has a part, in order."""
        names = {path.stem for path in self._paths("*.parquet")}
        return sorted(dt.date.fromisoformat(name) for name in names)

    def dates_of(self, name: str) -> list[dt.date]:
        """Return the days of which a file has parts, in order."""
        return sorted(dt.date.fromisoformat(path.stem) for path in self._paths("*.parquet", [name]))

    def of_day(self, date: dt.date) -> list[Path]:
        """Return the parts of a day, in the order of their files, then by name."""
        place = {name: at for at, name in enumerate(self.order)}
        return sorted(self._paths(f"{date}.parquet"), key=lambda path: (
            place.get(path.parent.name, len(place)), path.parent.name))  # fmt: skip

    def _paths(self, pattern: str, names: Sequence[str] | None = None) -> list[Path]:
        """Return parts; what a killed run left half written begins with a dot and is none."""
        names = self.names() if names is None else names
        return [path for name in names for path in (self.folder / name).glob(pattern)
                if not path.name.startswith(".")]  # fmt: skip

    def fingerprint(self, date: dt.date) -> str:
        """Return what tells a day's pings from other ones."""
        return fingerprint([sha256_file(path) for path in self.of_day(date)])


def read_parts(paths: Sequence[Path]) -> Pings:
    """Return the pings of some parts."""
    return join_pings(_pings_of(pq.read_table(path)) for path in paths)


def count_own(paths: Sequence[Path], date: dt.date, calendar: ShiftCalendar) -> int:
    """Return how many pings of some parts are a day's own, not only near its edge."""
    start, end = (float(edge) for edge in calendar.edges(date, 1)[[0, -1]])
    count = 0
    for path in paths:
        times = pq.read_table(path, columns=["time_s"])["time_s"].to_numpy()
        count += int(((times >= start) & (times < end)).sum())
    return count


def _pings_of(table: pa.Table) -> Pings:
    unit = table["unit"].combine_chunks()
    if isinstance(unit, pa.ChunkedArray):
        unit = unit.unify_dictionaries().combine_chunks()
    columns = {
        name: table[name].to_numpy().astype(_SCHEMA.field(name).type.to_pandas_dtype(), copy=False)
        for name in _NUMBERS
    }
    codes = np.asarray(unit.indices.to_numpy(zero_copy_only=False), np.int32)
    return Pings(tuple(unit.dictionary.to_pylist()), codes, **columns)


def _route(
    pings: Iterator[Pings], folder: Path, calendar: ShiftCalendar, margin_s: float,
    closed: ClosedDays,
) -> None:  # fmt: skip
    """Write each ping into the parts of the days for which it matters."""
    waiting: dict[dt.date, list[Pings]] = {}
    pieces: dict[dt.date, list[Path]] = {}
    held = 0
    for batch in pings:
        for date, part in _by_day(batch, calendar, margin_s):
            if date in closed.dates:
                if len(part.between(*map(float, calendar.edges(date, 1)[[0, -1]]))):
                    closed.met.add(date)
                continue
            waiting.setdefault(date, []).append(part)
            held += len(part)
        if held >= _LARGEST_BUFFER:
            _set_aside(waiting, pieces, folder)
            held = 0
    for date in sorted({*waiting, *pieces}):
        aside, last = pieces.get(date, []), waiting.pop(date, [])
        if len(aside) == 1 and not last:
            aside[0].rename(folder / f"{date}.parquet")
            continue
        former = [_pings_of(pq.read_table(path)) for path in aside]
        _write(folder / f"{date}.parquet", [*former, *last])
        remove_parts(aside)


def _by_day(
    batch: Pings, calendar: ShiftCalendar, margin_s: float
) -> Iterator[tuple[dt.date, Pings]]:
    if not len(batch):
        return
    low, high = float(batch.time_s.min()) - margin_s, float(batch.time_s.max()) + margin_s
    date = dt.datetime.fromtimestamp(low, calendar.zone).date() - dt.timedelta(days=1)
    while True:
        start, end = (float(edge) for edge in calendar.edges(date, 1)[[0, -1]])
        if start > high:
            return
        part = batch.between(start - margin_s, end + margin_s)
        if len(part):
            yield date, part
        else:
            # A device without a clock is years away: days without pings are not tried one by one.
            later = batch.time_s[batch.time_s >= end + margin_s].min() - margin_s
            following = dt.datetime.fromtimestamp(later, calendar.zone).date()
            date = max(date, following - dt.timedelta(days=2))
        date += dt.timedelta(days=1)


def _set_aside(
    waiting: dict[dt.date, list[Pings]], pieces: dict[dt.date, list[Path]], folder: Path
) -> None:
    """Write what waits into pieces: a file open for each day would be more than systems allow."""
    for date, parts in waiting.items():
        known = pieces.setdefault(date, [])
        known.append(folder / f"{date}.{len(known)}.piece")
        _write(known[-1], parts)
    waiting.clear()


def _write(path: Path, parts: Sequence[Pings]) -> None:
    pq.write_table(_table_of(join_pings(parts)), path, compression="zstd")


def _table_of(pings: Pings) -> pa.Table:
    unit = pa.DictionaryArray.from_arrays(pings.unit, pa.array(pings.unit_ids, pa.string()))
    arrays = [unit, *(pa.array(getattr(pings, name)) for name in _NUMBERS)]
    return pa.Table.from_arrays(arrays, schema=_SCHEMA)


def remove_parts(paths: Sequence[Path]) -> None:
    """Remove parts whose time to be kept is over."""
    for path in paths:
        path.unlink(missing_ok=True)
