"""Columns of a vehicle log: which is which, and their times, speeds and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import PingSourceSettings
from evenbeat.core.dosage.report import PingReport
from evenbeat.core.errors import InputError, PolicyError
from evenbeat.core.ingest.times import read_times
from evenbeat.core.policy.columns import plain_name, speaks_of_persons

if TYPE_CHECKING:
    import pyarrow as pa

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "unit_id": ("unit_id", "unit", "call_sign", "vehicle_id", "vehicle", "unit_name", "device_id",
                "radio_id"),
    "time": ("time", "timestamp", "gps_time", "fix_time", "datetime", "date_time", "utc_time",
             "recorded_at", "report_time"),
    "longitude": ("longitude", "lon", "lng", "long"),
    "latitude": ("latitude", "lat"),
    "easting": ("easting", "x", "point_x"),
    "northing": ("northing", "y", "point_y"),
    "speed": ("speed", "speed_kmh", "speed_mph", "velocity"),
    "accuracy_m": ("accuracy_m", "accuracy", "hdop_m", "horizontal_accuracy"),
    "crew": ("crew", "crew_size"),
    "incident_number": ("incident_number", "incident", "incident_id", "cad_number", "call_number"),
}  # fmt: skip
"""Our name to the names by which files call it; nothing else of a file is read."""
KMH = {"km/h": 1.0, "mph": 1.609344, "kn": 1.852, "m/s": 3.6}
_MILLIS_ABOVE = 1e11
_LATEST_S = 7_258_118_400.0
"""The year 2200 in seconds since 1970: later, and as long before, nothing was recorded."""
_BLANKS = ("", "nan", "none", "null", "<na>")


def plan_columns(
    theirs: Sequence[str], source: PingSourceSettings, *, has_geometry: bool = False
) -> dict[str, str]:
    """Return our name to their column: from the settings, else by the usual names.

    Parameters
    ----------
    theirs
        The file's columns.
    source
        A name that it maps to a blank is left out.
    has_geometry
        Whether the file has points, so that it needs no coordinate columns.

    Raises
    ------
    PolicyError
        The settings ask for a column that is never read, or that speaks of persons.
    InputError
        A column of the settings is not in the file, or the unit, time or position is missing.

    Examples
    --------
    >>> plan_columns(["Vehicle", "GPS Time", "lon", "lat", "Officer"], PingSourceSettings(path=""))
    {'unit_id': 'Vehicle', 'time': 'GPS Time', 'longitude': 'lon', 'latitude': 'lat'}
    """
    for ours, name in source.columns.items():
        if ours not in SPELLINGS:
            raise PolicyError(
                f"{ours!r} is no column that Evenbeat reads from vehicle locations. It reads "
                f"{', '.join(SPELLINGS)}, and drops everything else."
            )
        if speaks_of_persons(name):
            raise PolicyError(
                f"The column {name!r} cannot be read as {ours!r}: its name speaks of persons. "
                "Minutes are of vehicles; map the column that names the unit."
            )
    by_plain = {plain_name(name): name for name in reversed(theirs)}
    found: dict[str, str] = {}
    for ours, spellings in SPELLINGS.items():
        if ours in source.columns:
            wanted = source.columns[ours]
            if wanted.strip():
                found[ours] = _require(wanted, by_plain, theirs, ours)
            continue
        known = [by_plain[key] for key in map(plain_name, spellings) if key in by_plain]
        if known:
            found[ours] = known[0]
    has_place = {"longitude", "latitude"} <= set(found) or {"easting", "northing"} <= set(found)
    lacking = [ours for ours in ("unit_id", "time") if ours not in found]
    lacking += [] if has_place or has_geometry else ["longitude and latitude"]
    if lacking:
        raise InputError(
            f"The pings lack {', '.join(lacking)}; the columns are {', '.join(theirs)}. Name them "
            "in the source's columns, such as columns = { unit_id = 'Vehicle' }."
        )
    return found


def _require(wanted: str, by_plain: Mapping[str, str], theirs: Sequence[str], ours: str) -> str:
    name = wanted if wanted in theirs else by_plain.get(plain_name(wanted))
    if name is None:
        raise InputError(
            f"The pings have no column {wanted!r} to read as {ours}; they have "
            f"{', '.join(theirs)}. Correct the columns of the source in evenbeat.toml."
        )
    return name


def read_numbers(column: pa.Array) -> tuple[Floats, Flags]:
    """Return numbers, NaN where there are none, and where something else was written."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        values = pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)
        return np.asarray(values, np.float64), np.zeros(len(column), bool)
    texts = pc.utf8_trim_whitespace(column)
    blank = pc.fill_null(pc.is_in(pc.utf8_lower(texts), value_set=pa.array(_BLANKS)), True)
    missing = np.asarray(blank)
    try:
        values = pc.cast(pc.if_else(blank, None, texts), pa.float64())
        return np.asarray(values.to_numpy(zero_copy_only=False)), np.zeros(len(column), bool)
    except pa.ArrowInvalid:
        numbers = pd.to_numeric(texts.to_pandas(), errors="coerce").to_numpy(np.float64)
        return numbers, ~np.isfinite(numbers) & ~missing


def read_seconds(
    column: pa.Array, *, timezone: str, time_unit: str, report: PingReport
) -> tuple[Floats, Flags]:
    """Return seconds since 1970 UTC, NaN where there are none, and where none could be read.

    Times without an offset are local in a zone. Numbers are seconds or milliseconds since 1970;
    with ``auto`` their size tells.

    Parameters
    ----------
    column
        Times of a typed format, numbers, or text.
    timezone
        IANA zone of times without offset.
    time_unit
        ``auto``, ``s`` or ``ms``, of numbers.
    report
        Local times that a clock change skipped or repeated are counted there.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = pa.array(["2024-03-07T13:00:30Z", "2024-03-07 08:00:30-05:00", "1709816430000"])
    >>> read_seconds(rows, timezone="UTC", time_unit="auto", report=PingReport())[0]
    array([1.70981643e+09, 1.70981643e+09, 1.70981643e+09])
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _epoch(read_numbers(column)[0], time_unit)
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        whole = pc.cast(pc.cast(column, pa.timestamp("us", "UTC"), safe=False), pa.int64())
        seconds = whole.to_numpy(zero_copy_only=False) / 1e6
        return seconds, np.zeros(len(column), bool)
    if time_unit != "auto":
        numbers, is_text = read_numbers(column)
        if not is_text.any():
            return _epoch(numbers, time_unit)
    times = read_times(column.to_pandas(), timezone=timezone)
    for reason in ("nonexistent_local_time", "ambiguous_local_time"):
        if reason in times.repairs:
            report.repair(reason, int(times.repairs[reason].sum()))
    micros = times.start.astype("datetime64[us]").astype(np.int64)
    seconds = np.where(np.isnat(times.start), np.nan, micros / 1e6)
    # A date without a clock time is no moment at which a vehicle was somewhere.
    unusable = times.is_unparseable | (times.is_date & ~times.is_missing)
    return np.where(unusable, np.nan, seconds), unusable


def _epoch(numbers: Floats, time_unit: str) -> tuple[Floats, Flags]:
    millis = np.abs(numbers) > _MILLIS_ABOVE if time_unit == "auto" else time_unit == "ms"
    seconds = np.where(millis, numbers / 1000.0, numbers)
    # Microseconds, for one, would be a year that no calendar has.
    unusable = np.abs(seconds) > _LATEST_S
    return np.where(unusable, np.nan, seconds), unusable


def read_codes(column: pa.Array) -> tuple[npt.NDArray[np.int32], list[str]]:
    """Return the position of each row's text among the distinct ones (-1: blank), and these."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts: Any = column
    if not pa.types.is_dictionary(column.type):
        if pa.types.is_floating(column.type):
            column = pc.cast(column, pa.int64(), safe=False)
        texts = pc.dictionary_encode(pc.cast(column, pa.string()))
    names = [str(name).strip() for name in texts.dictionary.to_pylist()]
    known = [name for name in names if name.lower() not in _BLANKS]
    position = {name: place for place, name in enumerate(dict.fromkeys(known))}
    recode = np.array([position.get(name, -1) for name in [*names, ""]], np.int32)
    codes = pc.fill_null(texts.indices, len(names)).to_numpy(zero_copy_only=False)
    return recode[codes], list(position)


def mend_texts(rows: pa.RecordBatch) -> tuple[pa.RecordBatch, int]:
    """Return rows whose texts are all UTF-8, and how many rows had one that was not.

    Such a text is taken as Windows-1252, which is what spreadsheets write.
    """
    import pyarrow as pa

    mended, changed = list(rows.columns), np.zeros(rows.num_rows, bool)
    for place, column in enumerate(mended):
        words = column.dictionary if pa.types.is_dictionary(column.type) else column
        if not (pa.types.is_string(words.type) or pa.types.is_large_string(words.type)):
            continue
        try:
            words.validate(full=True)
        except pa.ArrowInvalid:
            mended[place], odd = _decoded(column)
            changed |= odd
    if not changed.any():
        return rows, 0
    return pa.RecordBatch.from_arrays(mended, rows.schema.names), int(changed.sum())


def _decoded(column: pa.Array) -> tuple[pa.Array, Flags]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        stored = column.dictionary.cast(pa.large_binary()).take(column.indices)
    else:
        stored = column.cast(pa.large_binary())
    coded = pc.dictionary_encode(stored)
    texts, odd = [], []
    for word in coded.dictionary.to_pylist():
        try:
            texts.append(word.decode("utf-8"))
            odd.append(False)
        except UnicodeDecodeError:
            texts.append(word.decode("cp1252", errors="replace"))
            odd.append(True)
    codes = pc.fill_null(coded.indices, len(odd)).to_numpy(zero_copy_only=False)
    decoded = pa.array(texts, pa.string()).take(coded.indices)
    return decoded, np.array([*odd, False])[codes]
