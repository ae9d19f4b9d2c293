"""Time in a simulated city: hours, weather, public holidays and planned events."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.simulate.frame import Floats, random_stream

BURN_IN_DAYS = 28
HOUR_S = 3600


@dataclass(frozen=True)
class Hours:
    """Consecutive UTC hours from the local midnight that starts the burn-in.

    Parameters
    ----------
    timezone
        IANA name.
    first_date
        Local date of the first hour: 28 days before the history, so that what happened then can
        trigger what the history shows.
    n_days
        Number of local dates, the horizon after the history included.
    """

    timezone: str
    first_date: dt.date
    n_days: int

    @cached_property
    def dates(self) -> pd.DatetimeIndex:
        """Return the local dates as naive midnights."""
        return pd.date_range(self.first_date, periods=self.n_days, freq="D")

    @cached_property
    def midnights_s(self) -> npt.NDArray[np.int64]:
        """Return the UTC seconds of ``n_days + 1`` local midnights."""
        days = pd.date_range(self.first_date, periods=self.n_days + 1, freq="D")
        local = days.tz_localize(self.timezone, nonexistent="shift_forward", ambiguous=True)
        return seconds_of(pd.Series(local))

    @cached_property
    def starts_s(self) -> npt.NDArray[np.int64]:
        """Return the UTC second at which each hour starts."""
        return np.arange(self.midnights_s[0], self.midnights_s[-1], HOUR_S, dtype=np.int64)

    @cached_property
    def _local(self) -> pd.DatetimeIndex:
        stamps = pd.to_datetime(self.starts_s, unit="s", utc=True)
        return pd.DatetimeIndex(stamps).tz_convert(self.timezone)

    @cached_property
    def day(self) -> npt.NDArray[np.int64]:
        """Return the index of the local date of each hour."""
        return np.searchsorted(self.midnights_s, self.starts_s, side="right") - 1

    @cached_property
    def hour(self) -> npt.NDArray[np.int64]:
        """Return the local hour of the clock, 0 to 23."""
        return self._local.hour.to_numpy().astype(np.int64)

    @cached_property
    def weekday(self) -> npt.NDArray[np.int64]:
        """Return the local weekday, 0 for Monday."""
        return self._local.day_of_week.to_numpy().astype(np.int64)

    def __len__(self) -> int:
        return self.starts_s.size

    def day_of(self, date: dt.date) -> int:
        """Return the index of a local date."""
        return (date - self.first_date).days

    def overlap(self, start_s: float, end_s: float) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return the hours that an interval touches, and the share of each that it covers."""
        first = max(int((start_s - self.starts_s[0]) // HOUR_S), 0)
        last = min(int(-((self.starts_s[0] - end_s) // HOUR_S)), len(self))
        index = np.arange(first, max(last, first), dtype=np.int64)
        begin = self.starts_s[index]
        covered = np.minimum(begin + HOUR_S, end_s) - np.maximum(begin, start_s)
        return index, np.clip(covered / HOUR_S, 0.0, 1.0)


def seconds_of(stamps: pd.Series[pd.Timestamp]) -> npt.NDArray[np.int64]:
    """Return whole seconds since 1970 of aware UTC-convertible stamps."""
    utc = stamps.dt.tz_convert("UTC").dt.tz_localize(None)
    return utc.to_numpy().astype("datetime64[s]").astype(np.int64)


def stamps_of(seconds: npt.ArrayLike) -> pd.Series[pd.Timestamp]:
    """Return a series ``datetime64[us, UTC]`` of seconds since 1970."""
    values = np.asarray(seconds, dtype=np.int64).astype("datetime64[s]").astype("datetime64[us]")
    return pd.Series(values).dt.tz_localize("UTC")


def simulate_weather(seed: int, hours: Hours) -> pd.DataFrame:
    """Return the true daily weather: a continental climate with persistence.

    Returns
    -------
    Columns ``date, temperature_c, precipitation_mm, snow_mm, wind_kmh, anomaly_c``.
    """
    rng = random_stream(seed, "weather")
    day_of_year = hours.dates.day_of_year.to_numpy()
    normal = 10.5 - 14.0 * np.cos(2 * np.pi * (day_of_year - 18) / 365.25)
    shocks = rng.normal(0.0, 3.2, hours.n_days)
    anomaly = np.empty(hours.n_days)
    level = rng.normal(0.0, 4.5)
    for day, shock in enumerate(shocks):
        level = 0.7 * level + shock
        anomaly[day] = level
    temperature = normal + anomaly
    wet = rng.random(hours.n_days) < 0.32
    amount = np.where(wet, rng.gamma(0.7, 9.0, hours.n_days), 0.0)
    snow = np.where(temperature < 0.0, amount * 8.0, 0.0)
    wind = rng.gamma(6.0, 2.7, hours.n_days)
    return pd.DataFrame(
        {
            "date": hours.dates, "temperature_c": temperature.round(1),
            "precipitation_mm": amount.round(1), "snow_mm": snow.round(0),
            "wind_kmh": wind.round(1), "anomaly_c": anomaly,
        }
    )  # fmt: skip


def public_holidays(hours: Hours, country: str, subdivision: str | None) -> npt.NDArray[np.bool_]:
    """Return which local dates are public holidays."""
    import holidays

    known = holidays.country_holidays(
        country, subdiv=subdivision, years=range(hours.dates[0].year, hours.dates[-1].year + 1)
    )
    return np.array([date.date() in known for date in hours.dates])


@dataclass(frozen=True)
class Events:
    """Planned events: arrays of one length; times are UTC seconds, places local metres."""

    event_id: npt.NDArray[np.str_]
    category: npt.NDArray[np.str_]
    venue: npt.NDArray[np.int64]
    east_m: Floats
    north_m: Floats
    start_s: npt.NDArray[np.int64]
    end_s: npt.NDArray[np.int64]
    known_s: npt.NDArray[np.int64]
    attendance: Floats


# category: (events a year, typical attendance per resident, local start hour, hours, months)
_CALENDAR: dict[str, tuple[int, float, int, float, tuple[int, ...]]] = {
    "sports": (75, 0.03, 19, 3.0, (4, 5, 6, 7, 8, 9)),
    "concert": (90, 0.008, 20, 3.0, tuple(range(1, 13))),
    "festival": (16, 0.02, 12, 9.0, (5, 6, 7, 8, 9, 12)),
    "parade": (6, 0.03, 11, 4.0, (3, 5, 7, 9, 11)),
}


def simulate_events(
    seed: int, hours: Hours, venues: dict[str, Floats], n_residents: float
) -> Events:
    """Return the planned events of all local dates, in order of their start.

    Parameters
    ----------
    venues
        Category to the places of its venues, shape ``(n, 2)`` in local metres.
    """
    rng = random_stream(seed, "events")
    columns: dict[str, list[npt.NDArray[np.generic]]] = {
        name: [] for name in ("category", "venue", "point", "start", "end", "known", "attendance")
    }
    for category, (per_year, share, start_hour, length, months) in _CALENDAR.items():
        season = np.flatnonzero(np.isin(hours.dates.month, months))
        chance = per_year / 365.25 * 12 / len(months)
        days = season[rng.random(season.size) < min(chance, 0.9)]
        venue = rng.integers(0, len(venues[category]), days.size)
        hour = start_hour - rng.integers(0, 3, days.size)
        start = hours.midnights_s[days] + hour * HOUR_S
        typical = max(share * n_residents, 400.0)
        columns["category"].append(np.full(days.size, category))
        columns["venue"].append(venue)
        columns["point"].append(venues[category][venue])
        columns["start"].append(start)
        columns["end"].append(start + int(length * HOUR_S))
        columns["known"].append(start - rng.integers(1, 120, days.size) * 24 * HOUR_S)
        columns["attendance"].append((typical * rng.lognormal(0, 0.4, days.size)).round(-1))
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    order = np.lexsort((joined["category"], joined["start"]))
    joined = {name: values[order] for name, values in joined.items()}
    ids = np.array([f"E{number:05d}" for number in range(1, order.size + 1)], dtype=np.str_)
    points = joined["point"].reshape(-1, 2)
    return Events(
        ids, joined["category"], joined["venue"], points[:, 0], points[:, 1], joined["start"],
        joined["end"], joined["known"], joined["attendance"],
    )  # fmt: skip
