"""Weather of a day as it could be known at the cut-off."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.features.timeline import Timeline

if TYPE_CHECKING:
    from pandas import DataFrame, Series

Floats = npt.NDArray[np.float64]

COLUMNS = ("temperature_c", "precipitation_mm", "snow_mm", "wind_kmh")
FORECAST, OBSERVED = "forecast", "observed"
_PERSISTS = (True, False, True, False)
_PERSISTENCE_DAYS = 3
_SEASON_DAYS = 15


def announced_weather(
    weather: DataFrame | None, date: dt.date, cutoff: dt.datetime
) -> Series[Any] | None:
    """Return the newest forecast row of a date that was issued before a cut-off, or None.

    A forecast without a time of issue is taken to have been known, when nothing dated is at hand.

    Parameters
    ----------
    weather
        The WEATHER table.
    date
        Local date that the forecast is of.
    cutoff
        Aware UTC time.
    """
    if weather is None:
        return None
    known = weather["issued_at"].isna() | (weather["issued_at"] < cutoff)
    rows = weather[(weather["kind"] == FORECAST) & known & (weather["date"].dt.date == date)]
    if rows.empty:
        return None
    ordered = rows.sort_values(["issued_at", "source"], na_position="first", kind="stable")
    newest: Series[Any] = ordered.iloc[-1]
    return newest


def assume_issued(weather: DataFrame | None, cutoff: dt.datetime) -> bool:
    """Return whether any forecast of a day up to the cut-off's has no time of issue."""
    if weather is None:
        return False
    undated = (weather["kind"] == FORECAST) & weather["issued_at"].isna()
    return bool((undated & (weather["date"].dt.tz_localize("UTC") <= cutoff)).any())


def measure_weather(weather: DataFrame | None, timeline: Timeline) -> Floats:
    """Return the best knowledge of each day's weather.

    A forecast of the day, issued before the cut-off, comes first. Else temperature and snow are
    the mean of the three days before the cut-off, else what earlier years had within 15 days of the
    date. What cannot be known is NaN.

    Returns
    -------
    Array of shape ``(4, days)``: degrees Celsius, millimetres of rain and of snow, km/h of wind.
    """
    out = np.full((len(COLUMNS), timeline.n_days), np.nan)
    if weather is None or not len(weather):
        return out
    measured = weather[weather["kind"] == OBSERVED].sort_values(["date", "source"], kind="stable")
    forecasts = weather[weather["kind"] == FORECAST]
    announced_on = set(forecasts["date"].dt.date)
    dates = measured["date"].to_numpy(dtype="datetime64[D]")
    values = measured[list(COLUMNS)].to_numpy(dtype=float)
    zone = timeline.calendar.zone
    for day in range(timeline.n_days):
        today = np.datetime64(timeline.cutoff(day).astimezone(zone).date(), "D")
        target = np.datetime64(timeline.date(day), "D")
        out[:, day] = _estimate(dates, values, dates < today, today, target)
        if timeline.date(day) not in announced_on:
            continue
        row = announced_weather(forecasts, timeline.date(day), timeline.cutoff(day))
        if row is not None:
            announced = row[list(COLUMNS)].to_numpy(dtype=float)
            out[:, day] = np.where(np.isnan(announced), out[:, day], announced)
    return out


def _estimate(
    dates: npt.NDArray[np.datetime64],
    values: Floats,
    observed: npt.NDArray[np.bool_],
    today: np.datetime64,
    target: np.datetime64,
) -> Floats:
    """Return what the last days, or else earlier years, let one expect."""
    lately = observed & (dates >= today - np.timedelta64(_PERSISTENCE_DAYS, "D"))
    estimate = np.where(_PERSISTS, _mean(values[lately]), np.nan)
    if np.isnan(estimate[np.array(_PERSISTS)]).any():
        days = (_day_of_year(dates) - _day_of_year(np.array([target]))) % 365
        season = observed & ((days <= _SEASON_DAYS) | (days >= 365 - _SEASON_DAYS))
        normal = np.where(_PERSISTS, _mean(values[season]), np.nan)
        estimate = np.where(np.isnan(estimate), normal, estimate)
    return estimate


def _mean(values: Floats) -> Floats:
    """Return the mean by column of what is not missing; NaN where all is."""
    count = (~np.isnan(values)).sum(axis=0)
    total = np.nansum(values, axis=0)
    mean: Floats = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return mean


def _day_of_year(dates: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
    passed = dates - dates.astype("datetime64[Y]")
    return np.asarray(passed.astype("timedelta64[D]").astype(np.int64))
