"""When it happened and when it was known: windows of occurrence that make sense."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.config import IngestSettings, SourceSettings
from evenbeat.core.ingest.columns import ColumnPlan
from evenbeat.core.ingest.formats import RawTable
from evenbeat.core.ingest.sieve import Sieve
from evenbeat.core.ingest.tally import IngestReport
from evenbeat.core.ingest.times import Instants, TimeColumn, read_times

_DAY = np.timedelta64(1, "D")
_LATEST = np.datetime64("2101-01-01", "us")
_NAT = np.datetime64("NaT", "us")
_MIDNIGHT = r"[T ]+(?:0?0:00|12:00)(?::00(?:\.0+)?)?\s*(?:AM|am)?$"


@dataclass
class Windows:
    """Windows of occurrence and times of report, UTC, one a row."""

    occurred_from: Instants
    occurred_to: Instants
    reported_at: Instants


def read_time_column(
    raw: RawTable, plan: ColumnPlan, ours: str, *, source: SourceSettings, timezone: str
) -> TimeColumn:
    """Return a column of times by our name; one that is in two parts is put together."""
    if not plan.has(ours):
        return TimeColumn.absent(len(raw.rows))
    values = plan.values(raw, ours)
    if plan.has(f"{ours}_time"):
        values = _join(values, plan.values(raw, f"{ours}_time"))
    return read_times(values, timezone=timezone, time_format=source.time_format)


def read_windows(
    raw: RawTable, plan: ColumnPlan, last_updated: Instants, *, source: SourceSettings,
    settings: IngestSettings, timezone: str, now: dt.datetime | None, sieve: Sieve,
    report: IngestReport,
) -> Windows:  # fmt: skip
    """Return the windows of occurrence; rows without a usable one are dropped.

    Parameters
    ----------
    last_updated
        Version of each row: what happened a day after it is a slip of the pen.
    now
        Moment of the ingest, or None when it is unknown.
    """

    def column(ours: str) -> TimeColumn:
        return read_time_column(raw, plan, ours, source=source, timezone=timezone)

    begin, end, told = column("occurred_from"), column("occurred_to"), column("reported_at")
    _note_order(begin, report)
    windows = _combine(raw, plan, begin, end, sieve)
    _drop_dates(begin, settings, sieve)
    reversed_ = windows.occurred_to < windows.occurred_from
    windows.occurred_from, windows.occurred_to = (
        np.where(reversed_, windows.occurred_to, windows.occurred_from),
        np.where(reversed_, windows.occurred_from, windows.occurred_to),
    )
    sieve.repair("reversed_window", reversed_, None)
    _drop_impossible(windows, last_updated, settings, now, raw, plan, sieve)
    _add_report_times(windows, told, raw, plan, sieve)
    return windows


def _combine(
    raw: RawTable, plan: ColumnPlan, begin: TimeColumn, end: TimeColumn, sieve: Sieve
) -> Windows:
    """Put both ends together; what is missing at one end is taken from the other."""
    from_texts = plan.values(raw, "occurred_from") if plan.has("occurred_from") else None
    to_texts = plan.values(raw, "occurred_to") if plan.has("occurred_to") else None
    sieve.drop("missing_time", begin.is_missing & end.is_missing, None)
    sieve.drop("unparseable_time", begin.is_unparseable, from_texts)
    sieve.drop("unparseable_time", begin.is_missing & end.is_unparseable, to_texts)
    if plan.has("occurred_from"):
        sieve.repair("blank_start", begin.is_missing, to_texts)
    if plan.has("occurred_to"):
        sieve.repair("blank_end", end.is_missing & ~begin.is_missing, from_texts)
        sieve.repair("unparseable_end", end.is_unparseable, to_texts)
    for one, texts in ((begin, from_texts), (end, to_texts)):
        for reason, where in one.repairs.items():
            sieve.repair(reason, where, texts)
    no_end = np.isnat(end.start)
    return Windows(
        occurred_from=np.where(begin.is_missing, end.start, begin.start),
        occurred_to=np.where(no_end, begin.end, end.end),
        reported_at=np.full(len(raw.rows), _NAT),
    )


def _drop_dates(begin: TimeColumn, settings: IngestSettings, sieve: Sieve) -> None:
    if settings.unknown_time == "drop":
        sieve.drop("date_only", begin.is_date, None)
    else:
        sieve.repair("date_only", begin.is_date, None)


def _drop_impossible(
    windows: Windows, last_updated: Instants, settings: IngestSettings, now: dt.datetime | None,
    raw: RawTable, plan: ColumnPlan, sieve: Sieve,
) -> None:  # fmt: skip
    texts = plan.values(raw, "occurred_from") if plan.has("occurred_from") else None
    latest = _LATEST
    if now is not None:
        latest = np.datetime64(now.astimezone(dt.UTC).replace(tzinfo=None), "us")
    late = windows.occurred_from > latest
    late |= windows.occurred_from > last_updated + _DAY
    sieve.drop("future_time", late, texts)
    longest = np.timedelta64(round(settings.max_window_days * 86_400), "s")
    too_long = windows.occurred_to - windows.occurred_from > longest
    sieve.drop("window_too_long", too_long, texts)


def _add_report_times(
    windows: Windows, told: TimeColumn, raw: RawTable, plan: ColumnPlan, sieve: Sieve
) -> None:
    """Set the times of report: a date was known at its end, and none precedes what it reports."""
    if not plan.has("reported_at"):
        return
    texts = plan.values(raw, "reported_at")
    windows.reported_at = told.last
    sieve.repair("unparseable_report_time", told.is_unparseable, texts)
    early = windows.reported_at < windows.occurred_from
    sieve.repair("reported_before_occurrence", early, texts)
    windows.reported_at = np.where(early, _NAT, windows.reported_at)


def _note_order(begin: TimeColumn, report: IngestReport) -> None:
    if begin.order_is_assumed:
        report.note(
            "No day above 12 tells whether day or month comes first in the time of occurrence; the"
            " month was assumed to. Set time_format of the source to be sure."
        )


def _join(dates: pd.Series, clocks: pd.Series) -> pd.Series:
    """Return texts of date and clock time from two columns; ``930`` is half past nine."""
    days = dates.dt.strftime("%Y-%m-%d") if dates.dtype.kind == "M" else dates.astype("str")
    days = days.str.strip().str.replace(_MIDNIGHT, "", regex=True)
    times = clocks.where(clocks.notna(), "").astype("str").str.strip()
    times = times.str.replace(r"\.0+$", "", regex=True)
    digits = times.str.fullmatch(r"\d{1,4}").fillna(False)
    times = times.where(~digits, times.str.zfill(4))
    joined = (days + " " + times).str.strip()
    return joined.where(dates.notna() & (days != "")).astype("str")


def read_versions(
    raw: RawTable, plan: ColumnPlan, *, source: SourceSettings, timezone: str, sieve: Sieve
) -> npt.NDArray[np.datetime64]:
    """Return when each row was last updated, NaT where that is unknown."""
    versions = read_time_column(raw, plan, "last_updated", source=source, timezone=timezone)
    if plan.has("last_updated"):
        texts = plan.values(raw, "last_updated")
        sieve.repair("unparseable_update_time", versions.is_unparseable, texts)
    return versions.start
