"""What is the same everywhere: the clock, the calendar, holidays and the weather."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import AgencySettings
from evenbeat.core.errors import FeatureError
from evenbeat.core.features.catalogue import MOMENTS
from evenbeat.core.features.layers import Layers
from evenbeat.core.features.timeline import Timeline
from evenbeat.core.features.weather import measure_weather

_YEAR_DAYS = 365.2425


def find_holidays(agency: AgencySettings, first: dt.date, last: dt.date) -> set[dt.date]:
    """Return the public holidays of the agency's country and state.

    Raises
    ------
    FeatureError
        The country or its subdivision is unknown.
    """
    import holidays

    try:
        found = holidays.country_holidays(
            agency.country, subdiv=agency.subdivision, years=range(first.year, last.year + 1)
        )
    except NotImplementedError as error:
        raise FeatureError(
            f"No public holidays are known for agency.country = {agency.country!r} with "
            f"agency.subdivision = {agency.subdivision!r}. Give ISO codes such as 'US' and 'IL'."
        ) from error
    return {date for date in found if first <= date <= last}


def measure_moments(
    layers: Layers, agency: AgencySettings, timeline: Timeline
) -> npt.NDArray[np.float32]:
    """Return the features that only vary by shift.

    Returns
    -------
    Array of shape ``(features, days, shifts)``, in the order of `catalogue.MOMENTS`.
    """
    calendar = timeline.calendar
    n_days, n_shifts = timeline.n_days, len(calendar)
    dates = [timeline.date(day) for day in range(n_days)]
    free = find_holidays(agency, dates[0], dates[-1] + dt.timedelta(days=1))
    middle = [_middle_hour(calendar.starts, shift) for shift in range(n_shifts)]
    weather = measure_weather(layers.weather, timeline)
    out = np.empty((len(MOMENTS), n_days, n_shifts), dtype=np.float32)
    for day, date in enumerate(dates):
        angle = 2 * np.pi * date.timetuple().tm_yday / _YEAR_DAYS
        weekday = date.weekday()
        for shift in range(n_shifts):
            out[:, day, shift] = (
                shift, weekday * 24 + middle[shift], weekday, weekday >= 5,
                date in free, date + dt.timedelta(days=1) in free,
                np.cos(angle), np.sin(angle), *weather[:, day],
            )  # fmt: skip
    return out


def _middle_hour(starts: tuple[tuple[str, dt.time], ...], shift: int) -> float:
    """Return the hours from midnight of the service date to the middle of a shift."""
    hours = [start.hour + start.minute / 60 for _, start in starts]
    following = hours[shift + 1] if shift + 1 < len(hours) else hours[0] + 24
    return (hours[shift] + following) / 2
