"""How a simulated city is put together, step by step."""

from __future__ import annotations

import datetime as dt

from evenbeat.core.errors import ConfigError
from evenbeat.core.progress import Progress, silent
from evenbeat.core.simulate.city import City
from evenbeat.core.simulate.conditions import (
    BURN_IN_DAYS,
    Hours,
    public_holidays,
    simulate_events,
    simulate_weather,
)
from evenbeat.core.simulate.frame import Frame
from evenbeat.core.simulate.geography import build_geography
from evenbeat.core.simulate.happenings import Happenings, draw_happenings
from evenbeat.core.simulate.patrol import simulate_fleet
from evenbeat.core.simulate.places import exposure, simulate_places, simulate_venues
from evenbeat.core.simulate.process import CrimeProcess, build_process, local_sources
from evenbeat.core.simulate.profiles import PROFILES

SIZE_LIMITS_KM = (2.0, 60.0)
DAY_LIMITS = (28, 3_660)


def simulate_city(
    *, seed: int, size_km: float = 20.0, start: dt.date = dt.date(2022, 1, 1), days: int = 1096,
    timezone: str = "America/Chicago", crs: str = "EPSG:26971", country: str = "US",
    subdivision: str | None = "IL", crime_scale: float = 1.0, horizon_days: int = 14,
    ping_days: int = 14, ping_seconds: int = 30, name: str = "Evenbeat City",
    crime_types: tuple[str, ...] = tuple(PROFILES), progress: Progress = silent,
) -> City:  # fmt: skip
    """Simulate a city with known truth; the same arguments give the same city.

    Parameters
    ----------
    seed
        Seed of everything random.
    size_km
        Longer side of the city's bounding box, 2 to 60 km.
    start, days
        First local date and number of days of history, 28 days to ten years.
    crs
        Projected CRS; the city lies in the middle of its area of use.
    crime_scale
        Factor on every rate; 1 gives about 40 Part 1 crimes per 1,000 residents a year.
    horizon_days
        Days after the history that are simulated too, to judge forecasts by.
    ping_days, ping_seconds
        Last days of the history with vehicle locations, and seconds between two fixes.
    crime_types
        Types to simulate, by default all modelled and refused ones.

    Raises
    ------
    ConfigError
        A number is out of its range, or a type is unknown.

    Examples
    --------
    >>> city = simulate_city(seed=1, size_km=2.0, days=28, ping_days=0)
    >>> city.forecast_date.isoformat(), len(city.districts)
    ('2022-01-29', 3)
    >>> expected = city.true_expected_count("burglary", city.forecast_date)
    >>> expected.dims
    ('shift', 'y', 'x')
    """
    _check(size_km, days, horizon_days, crime_scale, ping_days, ping_seconds, crime_types)
    frame = Frame.centred(crs)
    hours = Hours(
        timezone, start - dt.timedelta(days=BURN_IN_DAYS), BURN_IN_DAYS + days + horizon_days
    )
    progress("laying out the city", 0.0)
    ground = build_geography(seed, size_km)
    places = simulate_places(seed, ground, hours)
    weather = simulate_weather(seed, hours)
    events = simulate_events(
        seed, hours, simulate_venues(seed, ground), float(ground.addresses.residents.sum())
    )
    local = local_sources(ground, places, events, hours)
    attraction = exposure(ground, places, hours)
    closed = public_holidays(hours, country, subdivision)
    processes: dict[str, CrimeProcess] = {}
    happenings: dict[str, Happenings] = {}
    for number, crime_type in enumerate(crime_types):
        progress(f"simulating {crime_type}", 0.2 + 0.7 * number / len(crime_types))
        processes[crime_type] = build_process(
            seed, PROFILES[crime_type], ground=ground, exposure=attraction, hours=hours,
            weather=weather, holidays=closed, local=local, size_m=size_km * 1000.0,
            crime_scale=crime_scale,
        )  # fmt: skip
        happenings[crime_type] = draw_happenings(seed, processes[crime_type], ground)
    progress("sending out patrols", 0.9)
    fleet = simulate_fleet(
        seed, ground, hours, first_day=BURN_IN_DAYS + days - min(ping_days, days),
        n_days=min(ping_days, days), ping_seconds=ping_seconds,
    )  # fmt: skip
    progress("simulated", 1.0)
    return City(
        seed, name, start, days, horizon_days, size_km, crime_scale, country, subdivision, frame,
        hours, ground, places, events, weather, processes, happenings, fleet,
    )  # fmt: skip


def _check(
    size_km: float, days: int, horizon_days: int, crime_scale: float, ping_days: int,
    ping_seconds: int, crime_types: tuple[str, ...],
) -> None:  # fmt: skip
    """Refuse numbers out of range."""
    if not SIZE_LIMITS_KM[0] <= size_km <= SIZE_LIMITS_KM[1]:
        raise ConfigError(f"size_km must be 2 to 60 km, got {size_km}.")
    if not DAY_LIMITS[0] <= days <= DAY_LIMITS[1]:
        raise ConfigError(f"days must be 28 (a month) to 3660 (ten years), got {days}.")
    if not crime_scale > 0 or horizon_days < 1 or ping_days < 0 or ping_seconds < 1:
        raise ConfigError(
            "crime_scale, horizon_days and ping_seconds must be positive and ping_days not "
            f"negative, got {crime_scale}, {horizon_days}, {ping_seconds} and {ping_days}."
        )
    unknown = sorted(set(crime_types) - set(PROFILES))
    if unknown or not crime_types:
        raise ConfigError(f"crime_types {unknown} are not simulated; known are {list(PROFILES)}.")
