"""What the stored incidents look like, as plain numbers: counts, heaping, windows, delays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evenbeat.core.policy.columns import INCIDENT_COLUMNS
from evenbeat.core.policy.modelled import crime_types

if TYPE_CHECKING:
    from pandas import DataFrame

HOUR_S = 3600.0
DAY_H = 24.0
BY_CHANCE = {"on_the_hour": 1 / 60, "at_midnight": 1 / 1440, "first_of_month": 12 / 365.25}
"""Shares that clocks and calendars would give if nobody rounded."""
WINDOW_CLASSES = ("exact", "up to 1 h", "up to 8 h", "up to 24 h", "more than a day")


def in_order_of_severity(names: Iterable[str]) -> list[str]:
    """Return crime types, the most serious first; types that no table knows come last."""
    order = {name: rank for rank, name in enumerate(crime_types())}
    return sorted(set(names), key=lambda name: (order.get(name, len(order)), name))


def describe_incidents(incidents: DataFrame, timezone: str) -> dict[str, Any]:
    """Return everything that is said of the incidents, as values for JSON.

    Parameters
    ----------
    incidents
        The INCIDENTS table.
    timezone
        IANA zone in which days, hours and months are counted.
    """
    local = incidents["occurred_from"].dt.tz_convert(timezone).dt.tz_localize(None)
    kinds = incidents["crime_type"].astype("str")
    types = in_order_of_severity(kinds.unique())
    is_date = _is_whole_day(incidents, timezone)
    hours = _window_hours(incidents)
    by_month = _by_month(kinds, local, types)
    return {
        "incidents": len(incidents),
        "first_day": f"{local.min():%Y-%m-%d}" if len(incidents) else None,
        "last_day": f"{local.max():%Y-%m-%d}" if len(incidents) else None,
        "timezone": timezone,
        "counts_by_type": {name: int((kinds == name).sum()) for name in types},
        "counts_by_month": {
            name: dict(zip(by_month.columns, row.tolist(), strict=True))
            for name, row in zip(types, by_month.to_numpy(), strict=True)
        },
        "counts_by_source": _counts(incidents["source"]),
        "counts_by_source_kind": _counts(incidents["source_kind"]),
        "counts_by_geocode_quality": _counts(incidents["geocode_quality"]),
        "without_training_weight": int((incidents["weight"] == 0).sum()),
        "completeness": _completeness(incidents),
        "heaping": {
            name: _heaping(local[rows], is_date[rows])
            for name, rows in [("all", np.ones(len(kinds), bool)),
                               *((name, (kinds == name).to_numpy()) for name in types)]
        },
        "windows": {name: _windows(hours[(kinds == name).to_numpy()]) for name in types},
        "reporting_lag": {
            name: _lag(incidents[(kinds == name).to_numpy()]) for name in types
        },
        "positions": _positions(incidents),
    }  # fmt: skip


def _by_month(kinds: pd.Series[Any], local: pd.Series[Any], types: list[str]) -> DataFrame:
    """Return incidents by type and month, ``YYYY-MM``, months without any included."""
    index = local.dt.year * 12 + local.dt.month - 1
    counts = pd.crosstab(kinds, index).reindex(types)
    if len(index):
        counts = counts.reindex(columns=range(int(index.min()), int(index.max()) + 1))
    months = [int(month) for month in counts.columns]
    counts.columns = pd.Index([f"{month // 12:04d}-{month % 12 + 1:02d}" for month in months])
    return counts.fillna(0).astype("int64")


def _counts(values: pd.Series[Any]) -> dict[str, int]:
    found = values.astype("str").value_counts()
    ordered = sorted(found.items(), key=lambda pair: (-int(pair[1]), str(pair[0])))
    return {str(name): int(count) for name, count in ordered}


def _share(flags: Any) -> float | None:
    values = np.asarray(flags, dtype=bool)
    return round(float(values.mean()), 6) if values.size else None


def _is_whole_day(incidents: DataFrame, timezone: str) -> Any:
    """Return which windows are one whole local day: what remains of a date without a time."""
    starts = incidents["occurred_from"].dt.tz_convert(timezone).dt.tz_localize(None)
    ends = incidents["occurred_to"].dt.tz_convert(timezone).dt.tz_localize(None)
    is_midnight = (starts == starts.dt.normalize()).to_numpy()
    return is_midnight & (ends - starts == pd.Timedelta(days=1)).to_numpy()


def _window_hours(incidents: DataFrame) -> Any:
    length = incidents["occurred_to"] - incidents["occurred_from"]
    return length.dt.total_seconds().to_numpy(dtype=float) / HOUR_S


def _completeness(incidents: DataFrame) -> dict[str, float | None]:
    """Return the share of rows in which each stored column says something."""
    filled: dict[str, float | None] = {}
    for name in INCIDENT_COLUMNS:
        values = incidents[name]
        says = values.notna()
        if pd.api.types.is_string_dtype(values.dtype):
            says &= ~values.isin(["", "unknown"])
        filled[name] = _share(says)
    return filled


def _heaping(local: pd.Series[Any], is_date: Any) -> dict[str, Any]:
    """Return how times pile up; dates without a time are counted apart."""
    timed = local[~is_date]
    on_the_hour = (timed.dt.minute == 0) & (timed.dt.second == 0)
    minutes = np.bincount(timed.dt.minute.to_numpy(dtype=np.int64), minlength=60)
    days = np.bincount(local.dt.day.to_numpy(dtype=np.int64), minlength=32)[1:]
    return {
        "rows": len(local),
        "date_only": _share(is_date),
        "on_the_hour": _share(on_the_hour),
        "at_midnight": _share(on_the_hour & (timed.dt.hour == 0)),
        "first_of_month": _share(local.dt.day == 1),
        "by_minute": minutes.tolist(),
        "by_day_of_month": days.tolist(),
    }


def _windows(hours: Any) -> dict[str, Any]:
    edges = [hours == 0, hours <= 1, hours <= 8, hours <= DAY_H + 1, np.ones(len(hours), bool)]
    shares, before = {}, np.zeros(len(hours), bool)
    for name, upto in zip(WINDOW_CLASSES, edges, strict=True):
        shares[name] = _share(upto & ~before)
        before |= upto
    longer = hours[hours > 0]
    return {
        "shares": shares,
        "median_hours": round(float(np.median(longer)), 2) if longer.size else None,
    }


def _lag(rows: DataFrame) -> dict[str, Any]:
    """Return how long it took until the agency knew, in hours after the end of the window."""
    lag = (rows["reported_at"] - rows["occurred_to"]).dt.total_seconds() / HOUR_S
    known = lag.dropna().clip(lower=0).to_numpy()
    if not known.size:
        return {"known": 0.0 if len(rows) else None, "median": None, "p90": None, "p99": None,
                "over_a_week": None}  # fmt: skip
    median, high, highest = np.quantile(known, [0.5, 0.9, 0.99])
    return {
        "known": round(known.size / len(rows), 6),
        "median": round(float(median), 2),
        "p90": round(float(high), 2),
        "p99": round(float(highest), 2),
        "over_a_week": _share(known > 7 * DAY_H),
    }


def _positions(incidents: DataFrame) -> dict[str, Any]:
    """Return how many distinct positions there are, and the most used ones to the metre."""
    rounded = incidents[["easting", "northing"]].round(0).astype("int64")
    counts = rounded.groupby(["easting", "northing"]).size().reset_index(name="incidents")
    counts = counts.sort_values(
        ["incidents", "easting", "northing"], ascending=[False, True, True], kind="stable"
    )
    return {"distinct": len(counts), "most_used": counts.head(5).to_dict("records")}


def describe_reports(reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the sums over all files that were ingested.

    Parameters
    ----------
    reports
        Accounts of files as `IngestReport.to_dict` gives them.

    Returns
    -------
    Rows in, kept and dropped; reasons with their rows; refused classes with their reasons; classes
    with the share of flagged rows.
    """
    dropped: dict[str, int] = {}
    repaired: dict[str, int] = {}
    for report in reports:
        for total, book in ((dropped, report["dropped"]), (repaired, report["repaired"])):
            for reason, tally in book.items():
                total[reason] = total.get(reason, 0) + int(tally["count"])
    return {
        "files": len(reports),
        "rows_in": sum(int(report["rows_in"]) for report in reports),
        "rows_kept": sum(int(report["rows_kept"]) for report in reports),
        "rows_dropped": sum(int(report["rows_dropped"]) for report in reports),
        "dropped": _by_count(dropped),
        "repaired": _by_count(repaired),
        "refused": _refused(reports),
        "flagged": _flagged(reports),
    }


def _refused(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return classes and categories that are never used, with rows and reason, by role."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for report in reports:
        for name, count in report["refused_classes"].items():
            why = report.get("refused_reasons", {}).get(name, "it is never used")
            entry = {"role": report["role"], "class": name, "rows": 0, "why": why}
            found.setdefault((report["role"], name), entry)["rows"] += int(count)
    return sorted(found.values(), key=lambda one: (one["role"], -one["rows"], one["class"]))


def _flagged(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return how many rows of each class carry an arrest or officer-initiated flag."""
    found: dict[str, dict[str, Any]] = {}
    for report in reports:
        for name, (rows, flagged) in report["flagged_by_class"].items():
            entry = found.setdefault(name, {"class": name, "rows": 0, "flagged": 0})
            entry["rows"] += int(rows)
            entry["flagged"] += int(flagged)
    for entry in found.values():
        entry["share"] = round(entry["flagged"] / entry["rows"], 6) if entry["rows"] else None
        entry["is_modelled"] = entry["class"] in crime_types()
    return sorted(found.values(), key=lambda one: (-(one["share"] or 0), one["class"]))


def _by_count(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
