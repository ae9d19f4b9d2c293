"""The true crime process: an inhomogeneous background, and crimes that trigger crimes nearby.

An incident of one type happens at an address in an hour. The background is a sum of separable
components (what attracts x when); places that open or close and planned events add their own. Each
incident triggers ``branching`` further ones on average, 1 to 28 local days later, at one of the
addresses nearby, at an hour drawn from the type's rhythm on that day. So the intensity of a local
day given all earlier days is known exactly, on any grid and for any interval.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.simulate.conditions import HOUR_S, Events, Hours
from evenbeat.core.simulate.frame import Floats, Indices, random_stream
from evenbeat.core.simulate.geography import Geography, smooth_field
from evenbeat.core.simulate.places import Places, neighbourhood
from evenbeat.core.simulate.profiles import CrimeProfile

_EVENT_REACH_M = 300.0
_DATED_PLACE_REACH_M = 120.0
_DATED_PLACE_FACTOR = 3.0
_BEFORE_EVENT_S, _AFTER_EVENT_S = HOUR_S, 2 * HOUR_S


@dataclass(frozen=True)
class LocalSources:
    """Causes bound to a spot and an interval: planned events, and places that open or close."""

    component: npt.NDArray[np.str_]
    address: Indices
    weight: Floats
    start_s: npt.NDArray[np.int64]
    end_s: npt.NDArray[np.int64]
    size: Floats

    def __len__(self) -> int:
        return self.component.size


def local_sources(ground: Geography, places: Places, events: Events, hours: Hours) -> LocalSources:
    """Gather everything that acts around one spot for part of the time.

    ``size`` is the attendance in thousands for events, and for places the share of their
    component that one of them adds.
    """
    dated = np.flatnonzero(~places.always(hours) & (places.component != ""))
    component = places.component[dated]
    always = places.always(hours)
    peers = np.array([np.sum(always & (places.component == name)) for name in component], float)
    near_places = neighbourhood(
        ground, places.east_m[dated], places.north_m[dated], _DATED_PLACE_REACH_M
    )
    near_events = neighbourhood(ground, events.east_m, events.north_m, _EVENT_REACH_M)
    first, last = hours.starts_s[0], hours.starts_s[-1] + HOUR_S
    return LocalSources(
        np.concatenate([component, np.full(events.start_s.size, "events")]),
        np.concatenate([near_places[0], near_events[0]]),
        np.concatenate([near_places[1], near_events[1]]),
        np.concatenate(
            [np.maximum(places.opened_s[dated], first), events.start_s - _BEFORE_EVENT_S]
        ),
        np.concatenate([np.minimum(places.closed_s[dated], last), events.end_s + _AFTER_EVENT_S]),
        np.concatenate([_DATED_PLACE_FACTOR / np.maximum(peers, 1.0), events.attendance / 1000.0]),
    )


@dataclass(frozen=True)
class CrimeProcess:
    """The true intensity of one crime type.

    Parameters
    ----------
    factor
        Attraction of each address beyond its exposure.
    hourly
        Component to expected background incidents in each hour.
    hour_share
        Share of a local day's triggered incidents in each of its hours; sums to 1 a day.
    """

    profile: CrimeProfile
    hours: Hours
    exposure: dict[str, Floats]
    factor: Floats
    hourly: dict[str, Floats]
    hour_share: Floats
    local: LocalSources

    def spatial(self, component: str) -> Floats:
        """Return the share of a component's incidents at each address."""
        weight = self.exposure[component] * self.factor
        return np.asarray(weight / weight.sum())

    def local_rates(
        self, start_s: float = -np.inf, end_s: float = np.inf
    ) -> Iterator[tuple[int, Indices, Floats]]:
        """Yield each local source at work in an interval: its hours and expected counts in each."""
        local = self.local
        active = (local.start_s < end_s) & (local.end_s > start_s)
        for source in np.flatnonzero(active):
            component = local.component[source]
            hour, share = self.hours.overlap(local.start_s[source], local.end_s[source])
            if not hour.size:
                continue
            if component == "events":
                expected = self.profile.per_1000_attendance * local.size[source]
                rate = share / max(share.sum(), 1e-9) * expected
            elif component in self.hourly:
                rate = share * self.hourly[component][hour] * local.size[source]
            else:
                continue
            if rate.sum() > 0.0:
                yield int(source), hour, rate


def build_process(
    seed: int, profile: CrimeProfile, *, ground: Geography, exposure: dict[str, Floats],
    hours: Hours, weather: pd.DataFrame, holidays: npt.NDArray[np.bool_], local: LocalSources,
    size_m: float, crime_scale: float,
) -> CrimeProcess:  # fmt: skip
    """Assemble the true intensity of one crime type in one city."""
    address = ground.addresses
    rng = random_stream(seed, f"process {profile.crime_type}")
    own = smooth_field(
        seed, profile.crime_type, size_m, (600.0, 2_000.0), address.east_m, address.north_m
    )
    spread = profile.address_spread
    factor = np.exp(
        profile.disadvantage * address.disadvantage + profile.own_field * own
        + spread * rng.standard_normal(len(address))
    )  # fmt: skip
    per_day = _day_factor(profile, hours, weather, holidays)
    annual = profile.per_1000_residents * address.residents.sum() / 1000.0 * crime_scale
    hourly_mean = annual * (1.0 - profile.branching) / 365.25 / 24.0
    week = _weekend_factor(profile, hours)
    hourly = {
        component: hourly_mean * load * per_day[hours.day] * week
        * profile.hour_shape(component)[hours.hour]
        for component, load in profile.loads.items()
    }  # fmt: skip
    rhythm = profile.hour_shape("")[hours.hour] * week
    share = rhythm / np.bincount(hours.day, rhythm)[hours.day]
    return CrimeProcess(profile, hours, exposure, factor, hourly, share, local)


def _day_factor(
    profile: CrimeProfile, hours: Hours, weather: pd.DataFrame, holidays: npt.NDArray[np.bool_]
) -> Floats:
    """Return how season, weather, holidays and trend change each local date; mean about 1."""
    season = np.cos(2 * np.pi * (hours.dates.day_of_year.to_numpy() - 205) / 365.25)
    years = np.arange(hours.n_days) / 365.25
    log_factor = (
        profile.season * season
        + profile.per_10_degrees * weather["anomaly_c"].to_numpy() / 10.0
        + profile.wet_day * (weather["precipitation_mm"].to_numpy() > 5.0)
        + profile.holiday * holidays
        + profile.trend_per_year * years
    )
    return np.asarray(np.exp(log_factor) / np.i0(profile.season))


def _weekend_factor(profile: CrimeProfile, hours: Hours) -> Floats:
    """Return the factor of each hour of the week; its mean over a week is 1."""
    hour, weekday = hours.hour, hours.weekday
    night = ((hour >= 20) & np.isin(weekday, (4, 5))) | ((hour < 4) & np.isin(weekday, (5, 6)))
    factor = np.where(night, profile.weekend_night, 1.0)
    factor = np.where(~night & (weekday >= 5), profile.weekend_day, factor)
    mean = (16 * profile.weekend_night + 32 * profile.weekend_day + 120) / 168
    return np.asarray(factor / mean)
