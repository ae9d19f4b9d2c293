"""Weather: what was observed or forecast, as one row a local day in metric units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evenbeat.core.errors import InputError
from evenbeat.core.ingest.layer_columns import (
    Flags,
    as_text,
    choose_columns,
    examples,
    start_report,
)
from evenbeat.core.ingest.times import read_times
from evenbeat.core.ingest.weather_units import (
    QUANTITIES,
    UNIT_NAMES,
    Floats,
    Measured,
    Quantity,
    bare_name,
    convert,
    find_quantity,
    is_yes_or_no,
    looks_like_fahrenheit,
    weather_columns,
)

if TYPE_CHECKING:
    from evenbeat.core.config import SourceSettings
    from evenbeat.core.ingest.formats import RawTable
    from evenbeat.core.ingest.tally import IngestReport

WEATHER_COLUMNS = ("temperature_c", "precipitation_mm", "snow_mm", "wind_kmh")
FORECAST, OBSERVED = "forecast", "observed"
"""Values of ``kind``: announced beforehand, or measured."""
_KEY = ("date", "kind", "issued_at", "source")
FULL_DAY_HOURS = 18
"""[choice] A day with fewer hourly rows is marked in the report."""


def read_weather(
    raw: RawTable, *, source: SourceSettings, timezone: str
) -> tuple[pd.DataFrame, IngestReport]:
    """Turn a raw table of daily or hourly weather into days.

    Units come from the mapping (``wind_mph``), else from the column's name (``Temp (F)``), else
    from the values: temperatures above 45 mean Fahrenheit, inches and miles per hour. What was
    assumed is noted. Of hourly rows, temperature and wind are averaged, rain and snow added.

    Parameters
    ----------
    raw
        The file; a column ``kind`` with the word ``forecast``, or else a time in ``issued_at``,
        tells forecasts from observations.
    source
        How to read it.
    timezone
        IANA zone: which day an hour belongs to.

    Returns
    -------
    The WEATHER table, sorted by date, observations before forecasts, older forecasts before newer
    ones. The account of every row; several rows of a day count as kept.

    Raises
    ------
    InputError
        The file has no date, or none of temperature, rain, snow and wind.
    PolicyError
        The mapping asks for something else.
    """
    report = start_report(raw, "weather")
    chosen = choose_columns(raw, source, weather_columns(source.columns), report)
    _leave_out_flags(chosen, report)
    if "date" not in chosen:
        raise InputError(
            f"{raw.name} has no column of dates; it has {', '.join(map(str, raw.rows.columns))}."
            " Map one as 'date' in evenbeat.toml."
        )
    times = read_times(chosen["date"], timezone=timezone, time_format=source.time_format)
    report.drop("missing_time", int(times.is_missing.sum()), examples(times.is_missing))
    unread = times.is_unparseable
    report.drop("unparseable_time", int(unread.sum()), examples(unread, chosen["date"]))
    kept = ~np.isnat(times.start)
    table = _measurements(chosen, kept, report)
    local = pd.Series(times.start).dt.tz_localize("UTC").dt.tz_convert(timezone)
    table["date"] = local.dt.tz_localize(None).dt.normalize().astype("datetime64[us]")
    names = as_text(chosen["source"]) if "source" in chosen else pd.Series([raw.name] * len(raw))
    table["source"] = names.astype("str")
    table["issued_at"] = _issued(chosen, source, timezone, report)
    table["kind"] = _kinds(chosen, table["issued_at"])
    table["issued_at"] = table["issued_at"].where(table["kind"] == FORECAST)
    days = _by_day(table[kept], bool((kept & ~times.is_date).any()), report)
    report.rows_kept = int(kept.sum())
    report.check_balance()
    return days, report


def _leave_out_flags(chosen: dict[str, pd.Series[Any]], report: IngestReport) -> None:
    """Do not take a column that says whether it rained for how much it rained."""
    for one in QUANTITIES:
        ours = bare_name(one)
        if ours in chosen and is_yes_or_no(chosen[ours]):
            column = report.columns.pop(ours)
            report.dropped_columns.append(column)
            report.note(f"{column} holds nothing but 0 and 1 and is not taken as an amount.")
            del chosen[ours]


def _issued(
    chosen: dict[str, pd.Series[Any]], source: SourceSettings, timezone: str, report: IngestReport
) -> pd.Series[Any]:
    """Return when each row was issued, NaT where unknown; a date was known at its end."""
    if "issued_at" not in chosen:
        return pd.Series(pd.NaT, index=range(report.rows_in), dtype="datetime64[us, UTC]")
    told = read_times(chosen["issued_at"], timezone=timezone, time_format=source.time_format)
    unread = told.is_unparseable
    report.repair("unreadable_issued_at", int(unread.sum()), examples(unread, chosen["issued_at"]))
    return pd.Series(told.last).astype("datetime64[us]").dt.tz_localize("UTC")


def _kinds(chosen: dict[str, pd.Series[Any]], issued: pd.Series[Any]) -> pd.Series[str]:
    if "kind" in chosen:
        is_forecast = as_text(chosen["kind"]).str.lower().str.contains(FORECAST)
    else:
        is_forecast = issued.notna()
    return pd.Series(np.where(is_forecast, FORECAST, OBSERVED)).astype("str")


def _measurements(
    chosen: dict[str, pd.Series[Any]], kept: Flags, report: IngestReport
) -> pd.DataFrame:
    """Return the stored quantities in metric units, NaN where they are missing or impossible."""
    found = {one.stored: find_quantity(one, chosen, report.columns) for one in QUANTITIES}
    if all(measured is None for measured in found.values()):
        raise InputError(
            f"{report.name} has neither temperature, rain, snow nor wind. Map them with their"
            " units, for example columns = { temperature_f = 'TAVG', wind_mph = 'AWND' }."
        )
    warmth = [one for name, one in found.items() if one and name.startswith("temperature")]
    is_imperial = any(
        one.unit == "f" or (one.unit is None and looks_like_fahrenheit(one.values[kept]))
        for one in warmth
    )
    columns = {
        one.stored: _metric(one, found[one.stored], is_imperial, kept, report) for one in QUANTITIES
    }
    table = pd.DataFrame(columns)
    middle = (table["temperature_max_c"] + table["temperature_min_c"]) / 2
    table["temperature_c"] = table["temperature_c"].fillna(middle)
    return table[list(WEATHER_COLUMNS)]


def _metric(
    quantity: Quantity, measured: Measured | None, is_imperial: bool, kept: Flags,
    report: IngestReport,
) -> Floats:  # fmt: skip
    """Return a quantity in its stored unit; a trace of rain or snow is 0."""
    if measured is None:
        return np.full(len(kept), np.nan)
    base, unit, unread = bare_name(quantity), measured.unit, measured.unread
    if unit is None:
        unit = quantity.imperial if is_imperial else next(iter(quantity.units))
        report.note(
            f"{base} is taken to be in {UNIT_NAMES[unit]}; if it is not, map it with its unit, as"
            f" one of {', '.join(f'{base}_{other}' for other in quantity.units)}."
        )
    values = convert(measured.values, quantity, unit)
    if unread.any():
        text = as_text(measured.given).str.upper()
        trace = unread & (text == "T").to_numpy()
        odd = kept & unread & ~trace & (text != "M").to_numpy()
        values = np.where(trace, 0.0, values)
        report.repair("trace_counts_as_zero", int((trace & kept).sum()), examples(trace & kept))
        report.repair(f"unreadable_{base}", int(odd.sum()), examples(odd, measured.given))
    beyond = kept & ((values < quantity.least) | (values > quantity.most))
    report.repair(f"impossible_{base}", int(beyond.sum()), examples(beyond, measured.given))
    return np.where(beyond, np.nan, values)


def _by_day(table: pd.DataFrame, has_clock: bool, report: IngestReport) -> pd.DataFrame:
    """Return one row a date, source, kind and time of issue."""
    grouped = table.groupby(list(_KEY), sort=True, dropna=False)
    sizes = grouped.size().reset_index(name="rows")
    is_hourly = has_clock and bool((sizes["rows"] > 1).any())
    odd = sizes[sizes["rows"] < FULL_DAY_HOURS] if is_hourly else sizes[sizes["rows"] > 1]
    first = [
        f"{date:%Y-%m-%d}: {rows} rows"
        for date, rows in zip(odd["date"][:3], odd["rows"][:3], strict=True)
    ]
    if is_hourly:
        report.note(f"{len(table):,} rows with clock times became {len(sizes):,} days.")
        report.repair(f"day_with_fewer_than_{FULL_DAY_HOURS}_rows", len(odd), first)
    else:
        again = int((odd["rows"] - 1).sum())
        report.repair("several_rows_of_a_day_averaged", again, first)
    days = grouped[list(WEATHER_COLUMNS)].mean()
    if is_hourly:
        for name in ("precipitation_mm", "snow_mm"):
            days[name] = grouped[name].sum(min_count=1)
    days = (
        days.round(2)
        .reset_index()
        .sort_values(
            list(_KEY), ascending=[True, False, True, True], na_position="first", ignore_index=True
        )
    )
    return days[["date", *WEATHER_COLUMNS, "source", "kind", "issued_at"]]
