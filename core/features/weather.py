"""Weather of a day as it could be known at the cut-off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.features.timeline import Timeline

if TYPE_CHECKING:
    from pandas import DataFrame

Floats = npt.NDArray[np.float64]

COLUMNS = ("temperature_c", "precipitation_mm", "snow_mm", "wind_kmh")
FORECAST = "forecast"
"""A row whose source has this word in it was issued before its day."""
_PERSISTS = (True, False, True, False)
_PERSISTENCE_DAYS = 3
_SEASON_DAYS = 15


def measure_weather(weather: DataFrame | None, timeline: Timeline) -> Floats:
    """Return the best knowledge of each day's weather.

    A forecast row of the day itself comes first. Else temperature and snow are the mean of the
    three days before the cut-off, else what earlier years had within 15 days of the date. What
    cannot be known is NaN.

    Returns
    -------
    Array of shape ``(4, days)``: degrees Celsius, millimetres of rain and of snow, km/h of wind.
    """
    out = np.full((len(COLUMNS), timeline.n_days), np.nan)
    if weather is None or not len(weather):
        return out
    ordered = weather.sort_values(["date", "source"], kind="stable")
    dates = ordered["date"].to_numpy(dtype="datetime64[D]")
    values = ordered[list(COLUMNS)].to_numpy(dtype=float)
    issued = ordered["source"].astype(str).str.casefold().str.contains(FORECAST).to_numpy()
    zone = timeline.calendar.zone
    for day in range(timeline.n_days):
        today = np.datetime64(timeline.cutoff(day).astimezone(zone).date(), "D")
        target = np.datetime64(timeline.date(day), "D")
        observed = ~issued & (dates < today)
        out[:, day] = _estimate(dates, values, observed, today, target)
        announced = values[issued & (dates == target)]
        if len(announced):
            out[:, day] = np.where(np.isnan(announced[-1]), out[:, day], announced[-1])
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
