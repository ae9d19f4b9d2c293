"""Events: what is planned, where, from when until when, and since when it was known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas
import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.ingest.categories import read_categories
from evenbeat.core.ingest.layer_columns import (
    POSITION,
    Flags,
    Spellings,
    as_numbers,
    as_text,
    choose_columns,
    examples,
    number_repeated,
    require_no_persons,
    start_report,
)
from evenbeat.core.ingest.layer_geometry import read_shapes, to_workspace
from evenbeat.core.ingest.times import Instants, TimeColumn, read_times

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from evenbeat.core.config import SourceSettings
    from evenbeat.core.ingest.formats import RawTable
    from evenbeat.core.ingest.tally import IngestReport

EVENT_COLUMNS: Spellings = {
    "event_id": ("event_id", "id", "permit_number", "permit_no", "fid", "objectid"),
    "category": ("category", "event_type", "kind", "type"),
    "starts_at": (
        "starts_at",
        "start",
        "start_time",
        "start_date",
        "event_start",
        "begins",
        "date",
    ),
    "ends_at": ("ends_at", "end", "end_time", "end_date", "event_end"),
    "known_at": ("known_at", "announced_at", "announced", "permit_issued", "issued", "created"),
    "expected_attendance": ("expected_attendance", "attendance", "expected", "crowd", "visitors"),
    "source": (),
    **POSITION,
}
"""What is read of a file of events, and how files spell it."""

ASSUMED_HOURS = 3.0
"""[choice] How long an event is taken to last when its file does not say."""


def read_events(
    raw: RawTable,
    *,
    source: SourceSettings,
    crs: str,
    timezone: str,
    boundary: BaseGeometry | None = None,
) -> tuple[geopandas.GeoDataFrame, IngestReport]:
    """Turn a raw table into events.

    Parameters
    ----------
    raw
        The file.
    source
        How to read it; ``category`` holds for the whole file.
    crs
        The workspace's projected CRS.
    timezone
        IANA zone of times without offset.
    boundary
        The jurisdiction in ``crs``; events up to 1 km outside are kept.

    Returns
    -------
    The EVENTS table, sorted by start, and the account of every row. What was announced on a date
    without a clock time counts as known from the end of that local day.

    Raises
    ------
    InputError
        The file lacks positions, categories, a mapped column, or has no start times.
    PolicyError
        A mapped column speaks of persons, the file is a list of persons, or its category is not on
        the allow-list.
    """
    report = start_report(raw, "events")
    chosen = choose_columns(raw, source, EVENT_COLUMNS, report)
    require_no_persons(raw, source)
    category, listed = read_categories(raw, chosen, source, "event", report)
    found = read_shapes(raw, chosen, source, listed, report)
    shapes, kept = to_workspace(found, crs, boundary, report)

    def times(ours: str) -> TimeColumn:
        if ours not in chosen:
            return TimeColumn.absent(len(raw))
        return read_times(chosen[ours], timezone=timezone, time_format=source.time_format)

    starts_at, ends_at, kept = _spans(times("starts_at"), times("ends_at"), kept, report)
    table = geopandas.GeoDataFrame(
        {
            "event_id": _text(chosen, "event_id", "", len(raw)),
            "category": pd.Series(category, dtype="str"),
            "starts_at": pd.Series(starts_at).dt.tz_localize("UTC"),
            "ends_at": pd.Series(ends_at).dt.tz_localize("UTC"),
            "known_at": pd.Series(times("known_at").last).dt.tz_localize("UTC"),
            "expected_attendance": _attendance(chosen, kept, len(raw), report),
            "source": _text(chosen, "source", raw.name, len(raw)),
        },
        geometry=shapes,
        crs=crs,
    )
    table = table[kept].copy()
    table["event_id"] = number_repeated(table["event_id"], raw.name, report)
    table = table.sort_values(["starts_at", "event_id"], kind="stable", ignore_index=True)
    report.rows_kept = len(table)
    report.check_balance()
    return table, report


def _text(chosen: dict[str, pd.Series[Any]], ours: str, default: str, size: int) -> pd.Series[str]:
    if ours in chosen:
        return as_text(chosen[ours]).astype("str")
    return pd.Series([default] * size, dtype="str")


def _spans(
    starts: TimeColumn, ends: TimeColumn, kept: Flags, report: IngestReport
) -> tuple[Instants, Instants, Flags]:
    """Return starts and ends, and the rows that still count."""
    unread, missing = kept & starts.is_unparseable, kept & starts.is_missing
    report.drop("unparseable_time", int(unread.sum()), examples(unread))
    report.drop("missing_time", int(missing.sum()), examples(missing))
    kept = kept & ~unread & ~missing
    begin, end = starts.start.copy(), ends.end.copy()
    whole_day = starts.is_date & np.isnat(end)
    end[whole_day] = starts.end[whole_day]
    open_ended = kept & np.isnat(end)
    end[open_ended] = begin[open_ended] + np.timedelta64(int(ASSUMED_HOURS * 3600), "s")
    report.repair("end_of_event_assumed", int(open_ended.sum()), examples(open_ended))
    turned = kept & (end < begin)
    report.repair("reversed_window", int(turned.sum()), examples(turned))
    begin[turned], end[turned] = end[turned], begin[turned].copy()
    for column in (starts, ends):
        for reason, rows in column.repairs.items():
            report.repair(reason, int((rows & kept).sum()), examples(rows & kept))
    return begin, end, kept


def _attendance(
    chosen: dict[str, pd.Series[Any]], kept: Flags, size: int, report: IngestReport
) -> npt.NDArray[np.float64]:
    if "expected_attendance" not in chosen:
        return np.full(size, np.nan)
    people, unread = as_numbers(chosen["expected_attendance"])
    odd = kept & (unread | (people < 0))
    report.repair(
        "unusable_attendance", int(odd.sum()), examples(odd, chosen["expected_attendance"])
    )
    return np.where(people < 0, np.nan, people)
